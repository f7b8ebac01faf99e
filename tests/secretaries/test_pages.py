"""The secretaries' pages: who sees what, what each may do, how many queries."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Level, Membership
from accounts.roles import Role
from audit import clock
from calendars.selectors import working_days
from calendars.wording import day_of, day_text
from secretaries.models import (
    Leave,
    OverdueInquiry,
    ServiceAssignment,
    ServiceRequest,
    ServiceSecretary,
    Visit,
)
from secretaries.selectors.board import Clocks
from secretaries.selectors.clocks import clock_of
from secretaries.services import (
    appointments,
    clocks,
    extensions,
    inquiries,
    requests,
    visits,
)
from secretaries.waiting import waiting_for
from tests import making
from tests.secretaries.people import made_older
from tests.secretaries.test_requests import Served
from tests.signing import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Served:
    return Served()


def url(name: str, *args: object) -> str:
    return reverse(f"secretaries:{name}", args=args)


def visit(cast: Served) -> Visit:
    return visits.record_visit(
        assignment=cast.assignment,
        on=clock.today(),
        kind="site",
        people="张蕙兰",
        summary="基础完成八成",
        by=cast.zhao.user,
    )


def test_each_page_for_each_person(cast: Served) -> None:
    row = cast.ask()
    people = {
        "lead": cast.lead,
        "own": cast.zhao.user,
        "other": cast.secretary("孙桂芳").user,
        "firm": cast.owner,
        "stranger": cast.stranger,
        "officer": cast.officer,
        "expert": making.person("专家", Role.EXPERT),
    }
    pages = {
        "board": url("board"),
        "mine": url("my_projects"),
        "project": url("project", cast.it.pk),
        "request": url("request", row.pk),
        "profile": url("profile", cast.zhao.pk),
        "new": url("request_new", cast.it.pk),
    }
    seen = {
        name: tuple(client_of(user).get(path).status_code for path in pages.values())
        for name, user in people.items()
    }
    assert seen == {
        "lead": (200, 403, 200, 200, 200, 403),
        "own": (403, 200, 200, 200, 200, 200),
        "other": (403, 200, 404, 404, 404, 404),
        "firm": (403, 403, 200, 200, 404, 200),
        "stranger": (403, 403, 404, 404, 404, 404),
        "officer": (403, 403, 200, 200, 404, 403),
        "expert": (403, 403, 404, 404, 404, 404),
    }
    for path in pages.values():
        assert Client().get(path).status_code == 302


def test_a_dossier_links_to_the_service_record_only_for_whom_it_opens(cast: Served) -> None:
    region = making.person("县市", Role.REGIONAL_OFFICER, region=cast.it.region)
    dossier = reverse("applications:dossier", args=[cast.it.pk])
    told = {
        name: url("project", cast.it.pk) in client_of(user).get(dossier).content.decode()
        for name, user in {"region": region, "firm": cast.owner, "officer": cast.officer}.items()
    }
    assert told == {"region": False, "firm": True, "officer": True}


def test_a_viewer_of_the_firm_reads_and_does_nothing(cast: Served) -> None:
    """The project, its milestones and its requests; not what only the office sees."""
    row = cast.ask()
    viewer = making.person("看同事")
    Membership.objects.create(
        user=viewer, organisation=cast.firm, level=Level.VIEWER, since=clock.now()
    )
    client, pk = client_of(viewer), cast.it.pk
    paths = {name: url(name, pk) for name in ("project", "milestones", "handover", "request_new")}
    paths["request"] = url("request", row.pk)
    pages = {name: client.get(path) for name, path in paths.items()}
    assert {name: page.status_code for name, page in pages.items()} == {
        "project": 200, "milestones": 200, "request": 200, "handover": 403, "request_new": 403,
    }  # fmt: skip
    read = "".join(pages[name].content.decode() for name in ("project", "milestones", "request"))
    assert [paths[name] in read for name in ("handover", "request_new")] == [False, False]
    assert client.post(paths["request"], {"act": "note", "note-text": "请加快"}).status_code == 403


def test_a_firm_raises_a_request_from_the_list(cast: Served) -> None:
    """Its own served projects only; the lead and secretaries have none of their own to raise."""
    other = cast.project(status="eligible")
    page = client_of(cast.owner).get(url("requests")).content.decode()
    assert url("request_new", cast.it.pk) in page
    assert url("request_new", other.pk) not in page
    for user in (cast.lead, cast.zhao.user, cast.stranger):
        text = client_of(user).get(url("requests")).content.decode()
        assert url("request_new", cast.it.pk) not in text


def test_the_list_of_requests_is_refused_to_whom_none_can_concern(cast: Served) -> None:
    """A firm and a secretary find their own; whoever just registered finds an empty list."""
    may = {"lead": cast.lead, "own": cast.zhao.user, "firm": cast.owner, "rival": cast.stranger}
    may["newcomer"] = making.person("新注册")
    refused = {role: making.person("他人", role) for role in (Role.EXPERT, Role.SYSTEM_ADMIN)}
    refused["officer"] = cast.officer
    for people, status in ((may, 200), (refused, 403)):
        got = {who: client_of(p).get(url("requests")).status_code for who, p in people.items()}
        assert got == dict.fromkeys(people, status)


def test_a_project_before_its_award_has_no_service_page(cast: Served) -> None:
    early = cast.project(status="eligible")
    assert client_of(cast.owner).get(url("project", early.pk)).status_code == 404
    assert client_of(cast.lead).get(url("appoint", early.pk)).status_code == 404


def test_queries_do_not_grow(cast: Served, django_assert_max_num_queries: Any) -> None:
    pages = (
        ("board", cast.lead),
        ("my_projects", cast.zhao.user),
        ("requests", cast.lead),
        ("requests", cast.owner),
    )
    counts = []
    for size in (3, 57):
        for n in range(size):
            ServiceSecretary.objects.filter(pk=cast.zhao.pk).update(max_load=200)
            project = cast.project()
            made = appointments.appoint(application=project)
            assert isinstance(made, ServiceAssignment)
            if n % 3 == 0:
                cast.ask(application=project)
        cast.secretary(f"新{size}")
        counts.append([])
        for name, person in pages:
            client = client_of(person)
            client.get(url(name))
            with django_assert_max_num_queries(12) as captured:
                assert client.get(url(name)).status_code == 200
            counts[-1].append(len(captured))
    assert counts[0] == counts[1]


def test_project_and_request_pages_stay_within_their_queries(
    cast: Served, django_assert_max_num_queries: Any
) -> None:
    row = cast.answered()
    visit(cast)
    for user in (cast.zhao.user, cast.owner, cast.lead):
        client = client_of(user)
        for path in (url("project", cast.it.pk), url("request", row.pk)):
            client.get(path)
            with django_assert_max_num_queries(15):
                client.get(path)


def test_the_board_counts_coverage_clocks_and_load(cast: Served) -> None:
    first, _second = cast.ask(), cast.ask()
    made_older(first, 40)
    cast.zhao.regions.set([making.region("220581")])
    gap = cast.project("无人可派")
    appointments.appoint(application=gap)
    page = client_of(cast.lead).get(url("board"))
    board = page.context["board"]
    assert {c.place: (c.served, c.total) for c in board.coverage} == {
        "四平市": (1, 2),
        "辽源市": (0, 0),
        "通化市": (0, 0),
        "梅河口市": (0, 0),
    }
    assert board.clocks == Clocks(fine=1, near=0, over=1, paused=0)
    assert (board.served, board.projects) == (1, 2)
    assert [t.row for t in board.urgent] == [first]
    assert board.urgent[0].clock.over > 20
    (load,) = board.loads
    assert (load.projects, load.clocks) == (1, Clocks(fine=1, over=1))
    assert [item.url for item in page.context["todo"]] == [url("appoint", gap.pk)]


def test_the_lead_appoints_and_hands_over_on_the_page(cast: Served) -> None:
    sun = cast.secretary("孙桂芳", max_load=1)
    client = client_of(cast.lead)
    path = url("hand_over", cast.assignment.pk)
    assert client.get(path).status_code == 200
    assert client.post(path, {"secretary": sun.pk, "reason": "短"}).status_code == 422
    note = "用电接入在办，供电公司已受理。"
    assert client.post(path, {"secretary": sun.pk, "reason": note}).status_code == 302
    assert cast.it.service_assignments.get(valid_to__isnull=True).secretary == sun
    other = cast.project()
    path = url("appoint", other.pk)
    page = client.post(path, {"secretary": sun.pk, "reason": "熟悉该企业情况，先行对接"})
    assert page.status_code == 422
    assert client.post(path, {"act": "rules"}).status_code == 302
    assert other.service_assignments.get().secretary == cast.zhao
    assert client.get(path).status_code == 302


def test_a_visit_from_the_phone_and_the_firm_s_word(cast: Served) -> None:
    client = client_of(cast.zhao.user)
    typed = {
        "on": clock.today().isoformat(),
        "kind": "site",
        "people": "张蕙兰",
        "summary": "",
        "next_action": "",
    }
    page = client.post(url("record_visit", cast.it.pk), typed)
    assert page.status_code == 422
    assert "张蕙兰" in page.content.decode()
    page = client.post(url("record_visit", cast.it.pk), {**typed, "summary": "基础完成八成"})
    assert page.status_code == 302
    row = Visit.objects.get()
    assert client_of(cast.stranger).post(url("confirm_visit", row.pk)).status_code == 404
    assert client_of(cast.owner).post(url("confirm_visit", row.pk)).status_code == 302
    assert client_of(cast.owner).post(url("confirm_visit", row.pk)).status_code == 409
    assert client.post(url("accept", cast.it.pk)).status_code == 302
    cast.assignment.refresh_from_db()
    assert cast.assignment.accepted_at is not None


def test_a_request_from_both_sides(cast: Served) -> None:
    firm, own = client_of(cast.owner), client_of(cast.zhao.user)
    typed = {"title": "用电接入", "category": "utilities", "level": "general", "text": "短"}
    assert firm.post(url("request_new", cast.it.pk), typed).status_code == 422
    typed["text"] = "需要10千伏用电接入，请协调供电公司。"
    assert firm.post(url("request_new", cast.it.pk), typed).status_code == 302
    row = ServiceRequest.objects.get()
    opened = firm.get(url("request_new", cast.it.pk)).context["form"]["sent_form"].value()
    for _click in range(2):
        page = firm.post(url("request_new", cast.it.pk), {**typed, "sent_form": opened})
        assert page.url == url("request", row.pk + 1)
    path = url("request", row.pk)
    assert firm.post(path, {"act": "answer", "answer-text": "自己答复自己"}).status_code == 403
    assert own.post(path, {"act": "pass", "pass-unit": "四平供电公司"}).status_code == 302
    assert own.post(path, {"act": "answer", "answer-text": ""}).status_code == 422
    assert (
        own.post(path, {"act": "answer", "answer-text": "已受理，五日内装表。"}).status_code == 302
    )
    assert own.post(path, {"act": "silent"}).status_code == 422
    assert own.post(path, {"act": "satisfied"}).status_code == 404
    assert own.post(path, {"act": "anything"}).status_code == 422
    assert firm.post(path, {"act": "unsatisfied", "unsatisfied-text": ""}).status_code == 422
    assert firm.post(path, {"act": "satisfied"}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.closed_how) == ("closed", "confirmed")
    assert firm.post(path, {"act": "satisfied"}).status_code == 422
    assert firm.get(path).status_code == 200


def test_profile_and_leave_on_the_page(cast: Served) -> None:
    lead, own = client_of(cast.lead), client_of(cast.zhao.user)
    new = making.person("新秘书", Role.SECRETARY)
    typed = {
        "user": new.pk,
        "unit": cast.unit.pk,
        "regions": [cast.siping.pk],
        "max_load": 3,
        "active_from": "2026-01-01",
        "active_to": "",
        "phone": "0434-5550101",
    }
    assert lead.get(url("profile_new")).status_code == 200
    assert lead.post(url("profile_new"), {**typed, "max_load": 0}).status_code == 422
    assert lead.post(url("profile_new"), typed).status_code == 302
    made = ServiceSecretary.objects.get(user=new)
    assert lead.post(url("profile", made.pk), {**typed, "max_load": 2}).status_code == 302
    made.refresh_from_db()
    assert made.max_load == 2
    day = clock.today()
    days = {"leave-first_day": day.isoformat(), "leave-last_day": day.isoformat()}
    assert own.post(url("leave", made.pk), days).status_code == 404
    assert own.post(url("leave", cast.zhao.pk), days).status_code == 302
    assert own.post(url("leave", cast.zhao.pk), days).status_code == 422
    assert lead.get(url("board")).status_code == 200
    assert own.post(url("cancel_leave", Leave.objects.get().pk)).status_code == 302


def test_what_waits_for_each(cast: Served) -> None:
    now = clock.now()
    assert [i.url for i in waiting_for(cast.zhao.user, now)] == [url("project", cast.it.pk)]
    row = cast.answered()
    seen = visit(cast)
    waiting = waiting_for(cast.owner, now)
    assert [i.url for i in waiting] == [
        url("request", row.pk),
        url("project", cast.it.pk) + "#visits",
    ]
    assert day_text(seen.on, "zh-hans", year_now=None) in waiting[1].title
    requests.confirm(request=row, satisfied=False, text="没有解决问题", by=cast.owner)
    assert url("request", row.pk) in [i.url for i in waiting_for(cast.zhao.user, now)]
    requests.answer(request=row, text="再次协调，已出意见。", by=cast.zhao.user)
    requests.confirm(request=row, satisfied=False, text="还是没有解决", by=cast.owner)
    assert [i.url for i in waiting_for(cast.lead, now)] == [url("request", row.pk)]


def test_what_waits_for_the_lead_is_what_runs_over(cast: Served) -> None:
    """An overdue request, a first reply overdue, more time asked for, an inquiry; on the overview
    the first stands with its clock beside them."""
    late, unanswered, asked, calm = (cast.ask(level="hard") for _n in range(4))
    for row in (late, asked, calm):
        requests.reply(request=row, text="已转办，三日内反馈。", by=cast.zhao.user)
    made_older(unanswered, 10)
    extensions.ask_extension(request=asked, days=3, reason="需省级协调", by=cast.zhao.user)
    made_older(late, 90)
    clocks.watch_clocks()
    inquiry = OverdueInquiry.objects.get()
    items = waiting_for(cast.lead, clock.now())
    assert [(item.url, item.late) for item in items] == [
        (url("inquiry", inquiry.pk), False),
        (url("request", late.pk), True),
        (url("request", asked.pk), False),
        (url("request", unanswered.pk), True),
    ]
    page = client_of(cast.lead).get(url("board")).context
    todo = [item.url for item in page["todo"]]
    assert todo == [item.url for item in items if item.url != url("request", late.pk)]
    assert [item.row for item in page["board"].urgent] == [late]
    assert url("inquiry", inquiry.pk) in [i.url for i in waiting_for(cast.zhao.user, clock.now())]
    inquiries.explain(inquiry=inquiry, text="未及时转办，已整改。", by=cast.zhao.user)
    mine = [item.url for item in waiting_for(cast.zhao.user, clock.now())]
    assert url("inquiry", inquiry.pk) not in mine
    assert url("request", calm.pk) in mine


def test_an_overdue_request_is_counted_in_working_days_wherever_it_stands(cast: Served) -> None:
    """On the workbench and the project the same; the weekend counts nowhere."""
    row = cast.ask()
    requests.reply(request=row, text="已转办理。", by=cast.zhao.user)
    made_older(row, 20)
    over = clock_of(ServiceRequest.objects.get(pk=row.pk), clock.now(), working_days()).over
    item = next(i for i in waiting_for(cast.zhao.user, clock.now()) if i.due and i.late)
    assert 0 < over < (clock.today() - day_of(item.due)).days
    shown = f"超 {over} 个工作日"
    bench, project = reverse("portal:workbench"), url("project", row.application_id)
    for user, path in product((cast.zhao.user, cast.lead), (bench, project, url("requests"))):
        assert shown in client_of(user).get(path).content.decode()
    assert shown in client_of(cast.lead).get(url("board")).content.decode()


def test_a_handover_page_says_what_its_figures_count(cast: Served) -> None:
    page = client_of(cast.lead).get(url("handover", cast.it.pk)).content.decode()
    assert "<dd>280 <small>人</small></dd>" in page


def test_a_handover_page_shows_the_step_that_is_open(cast: Served) -> None:
    """The last one agreed; those before were looked at on the visits after them."""
    ServiceAssignment.objects.update(valid_from=clock.now() - timedelta(days=10))
    for days, step in ((9, "核对用电负荷"), (6, "月底前报送增容方案"), (2, "")):
        visits.record_visit(
            assignment=cast.assignment,
            on=clock.today() - timedelta(days=days),
            kind="phone",
            people="张蕙兰",
            summary="了解设备安装与用工情况。",
            next_action=step,
            by=cast.zhao.user,
        )
    page = client_of(cast.lead).get(url("handover", cast.it.pk))
    assert (page.context["agreed"].next_action, page.context["since"]) == ("月底前报送增容方案", 1)
    shown = page.content.decode()
    assert "核对用电负荷" not in shown and "此后走访 1 次，未另行约定" in shown
    assert "核对用电负荷" in client_of(cast.lead).get(url("project", cast.it.pk)).content.decode()
