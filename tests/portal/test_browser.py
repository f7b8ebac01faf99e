"""The portal's pages in a real browser: open to all, nothing sideways, and what the buttons do."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications.sheet import default_sheet
from audit.models import Event
from notifications import services
from notifications.models import Job, Message
from portal import tasks
from portal.services.verification import TASK
from tests import making
from tests.look.test_browser import WIDTHS, barriers, too_wide
from tests.portal import published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def notice(officer, approver):
    making.call(officer, sheet=default_sheet(), name_zh="正在受理的批次", guide_zh="一、支持方向")
    return published.noticed_call(officer, approver, 4)


def check(page, path):
    assert page.goto(path).status == 200
    assert barriers(page) == {}
    assert {w: over for w in WIDTHS if (over := too_wide(page, w))} == {}
    page.set_viewport_size({"width": 390, "height": 844})
    assert barriers(page) == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_public_pages_are_open_to_all(context_of, notice, language):
    page = context_of(language=language).new_page()
    opened = notice.call.scheme.calls.get(name_zh="正在受理的批次")
    for path in (
        "/",
        "/open/",
        reverse("portal:public_call", args=[opened.number]),
        "/notices/",
        reverse("portal:public_notice", args=[notice.number]),
        "/results/",
        "/verify/",
        "/accessibility/",
        "/privacy/",
    ):
        check(page, path)


@pytest.mark.exhaustive
def test_own_pages_are_open_to_all(
    context_of, notice, supervisor, applicant, sysadmin, finance, officer, secretary
):
    event = reverse("portal:event", args=[Event.objects.order_by("id").first().pk])
    for person, paths in (
        (supervisor, ("/workbench/", "/trail/", event, "/trail/verification/")),
        (applicant, ("/workbench/", "/inbox/", "/search/?q=批次")),
        (sysadmin, ("/workbench/", "/outbox/")),
        (finance, ("/workbench/",)),
        (officer, ("/workbench/",)),
        (secretary, ("/workbench/",)),
    ):
        page = context_of(person).new_page()
        for path in paths:
            check(page, path)


def test_a_visitor_checks_a_notice(page, notice):
    page.goto(reverse("portal:public_notice", args=[notice.number]))
    page.get_by_role("link", name="查验").last.click()
    page.get_by_label("编号").fill(notice.number)
    page.get_by_label("摘要").fill(notice.digest.upper())
    page.get_by_role("button", name="比对").click()
    assert page.get_by_role("status").inner_text().startswith("一致")


def test_the_supervisor_verifies_with_one_press(context_of, supervisor):
    page = context_of(supervisor).new_page()
    page.goto("/trail/verification/")
    page.get_by_role("button", name="开始校验").click()
    expect(page.get_by_role("status")).to_contain_text("正在校验")
    tasks.verify(Job.objects.get(task=TASK).pk)
    expect(page.get_by_text("最近一次校验全部一致")).to_be_visible()  # without loading again


def test_a_message_is_opened_without_script(context_of, applicant):
    services.notify(
        kind="reminder.due",
        recipients=[applicant],
        key="k",
        context={"title": "提交申报", "why": "还差一项", "due": "今天", "left": ""},
        url="/workbench/",
    )
    page = context_of(applicant, java_script_enabled=False).new_page()
    page.goto("/inbox/")
    page.get_by_role("button", name="提交申报").click()
    assert page.url.endswith("/workbench/")
    assert Message.objects.get().read_at is not None
