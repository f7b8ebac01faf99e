"""Acts of service by their pages, each where it costs most, within the statements of a post."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.urls import reverse

from accounts.models import User
from audit import clock
from secretaries.models import (
    AppointmentGap,
    OverdueInquiry,
    SecretaryAppraisal,
    ServiceAssignment,
    ServiceRequest,
)
from secretaries.selectors.appraising import quarter_of
from secretaries.services import appointments, backups, clocks, pauses, requests
from tests.secretaries.people import made_older
from tests.secretaries.test_requests import Served
from tests.signing import client_of

pytestmark = pytest.mark.django_db
TYPED = {
    "title": "用电接入",
    "category": "utilities",
    "level": "hard",
    "text": "需要10千伏用电接入，请协调供电公司。",
    "sent_form": "2026-11-26T09:00:00.000001+08:00",
}


@pytest.fixture
def cast() -> Served:
    """With somebody who stands in."""
    made = Served()
    backups.set_backup(assignment=made.assignment, backup=made.secretary("孙桂芳"), by=made.lead)
    return made


def sent(user: User, name: str, pk: int, typed: dict[str, Any]) -> None:
    answer = client_of(user).post(reverse(f"secretaries:{name}", args=[pk]), typed)
    assert answer.status_code == 302, answer.content.decode()


def act(user: User, row: ServiceRequest, name: str, **typed: Any) -> None:
    words = {"text": "已与供电公司核对并记录在案。", **typed}
    sent(user, "request", row.pk, {"act": name, **{f"{name}-{k}": v for k, v in words.items()}})


@pytest.mark.parametrize("who", ["firm", "secretary"])
def test_a_request_is_raised_by_either_side(cast: Served, who: str) -> None:
    by = {"firm": cast.owner, "secretary": cast.zhao.user}[who]
    sent(by, "request_new", cast.it.pk, TYPED)
    assert ServiceRequest.objects.get().raised_by == by


def test_a_request_where_nobody_serves_goes_to_the_leads(cast: Served) -> None:
    other = cast.project()
    sent(cast.owner, "request_new", other.pk, TYPED)
    assert ServiceRequest.objects.get().application == other


def test_a_request_on_its_way(cast: Served) -> None:
    own, row = cast.zhao.user, cast.ask()
    act(own, row, "reply")
    act(own, row, "pass", unit="四平供电公司")
    act(own, row, "sign", hold=row.holds.get(unit="四平供电公司").pk)
    act(own, row, "assist", unit="四平市发改委")
    act(own, row, "assisted", hold=row.holds.get(unit="四平市发改委").pk)
    act(own, row, "pass", unit="四平市住建局")
    act(own, row, "return", hold=row.holds.get(unit="四平市住建局").pk)
    act(own, row, "pause", reason="firm")
    act(own, row, "resume")
    act(cast.owner, row, "note")
    row.refresh_from_db()
    assert (row.status, row.actions.count()) == ("open", 11)


@pytest.mark.parametrize("decision", ["grant", "refuse"])
def test_more_time(cast: Served, decision: str) -> None:
    row = cast.ask(level="complex")
    act(cast.zhao.user, row, "extend", days=3)
    act(cast.lead, row, decision)
    row.extension.refresh_from_db()
    assert row.extension.granted == (decision == "grant")


def test_an_answer_to_what_stands_still_then_not_satisfied_twice(cast: Served) -> None:
    own, row = cast.zhao.user, cast.ask()
    pauses.pause_clock(request=row, reason="firm", evidence="等待企业补充资料。", by=own)
    act(own, row, "answer")
    act(cast.owner, row, "unsatisfied")
    act(own, row, "answer")
    act(cast.owner, row, "unsatisfied")
    act(cast.lead, row, "call_back")
    act(cast.lead, row, "decide")
    act(cast.owner, row, "rate", score="2")
    row.refresh_from_db()
    assert (row.status, row.closed_how, row.satisfaction.score) == ("closed", "lead", 2)


def test_satisfied(cast: Served) -> None:
    row = cast.answered()
    act(cast.owner, row, "satisfied")
    row.refresh_from_db()
    assert (row.status, row.closed_how) == ("closed", "confirmed")


def test_closed_after_silence(cast: Served) -> None:
    row = cast.answered()
    requests.record_call_back(request=row, text="企业电话表示满意。", by=cast.zhao.user)
    made_older(row, 20)
    ServiceRequest.objects.filter(pk=row.pk).update(answered_at=F("raised_at"))
    act(cast.zhao.user, row, "silent")
    row.refresh_from_db()
    assert (row.status, row.closed_how) == ("closed", "silent")


def test_an_inquiry(cast: Served) -> None:
    row = cast.ask()
    made_older(row, 40)
    clocks.watch_clocks()
    inquiry = OverdueInquiry.objects.get()
    sent(cast.zhao.user, "inquiry", inquiry.pk, {"act": "explain", "explain-text": "未及时转办。"})
    typed = {
        "cause": "unit",
        "responsible": "四平市工信局",
        "finding": "at_fault",
        "measures": "约谈并限期整改，每周通报一次。",
    }
    closing = {"act": "close", **{f"close-{name}": word for name, word in typed.items()}}
    sent(cast.lead, "inquiry", inquiry.pk, closing)
    inquiry.refresh_from_db()
    assert inquiry.closed_at is not None


def refused(user: User, name: str, pk: int, typed: dict[str, Any], *said: str) -> None:
    """Sent in vain: what is wrong stands in the summary that is read first."""
    answer = client_of(user).post(reverse(f"secretaries:{name}", args=[pk]), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "data-focus" in page
    for words in said:
        assert words in page


def test_what_an_inquiry_refuses_is_said_and_what_was_typed_is_kept(cast: Served) -> None:
    made_older(cast.ask(), 40)
    clocks.watch_clocks()
    pk = OverdueInquiry.objects.get().pk
    zhao, words = cast.zhao.user, {"act": "explain", "explain-text": "未及时转办，已整改。"}
    refused(zhao, "inquiry", pk, {"act": "explain", "explain-text": ""}, 'href="#id_explain-text"')
    sent(zhao, "inquiry", pk, words)
    refused(zhao, "inquiry", pk, words, "此前已提交说明。", "未及时转办，已整改。</textarea>")
    refused(cast.lead, "inquiry", pk, {"act": "close"}, 'href="#id_close-measures"')


def test_what_is_missing_is_called_in_the_summary_as_on_the_page(cast: Served) -> None:
    row = cast.ask()
    for act, words in (
        ("answer", "解决了什么、由谁办理、何时办完"),
        ("reply", "由谁办理、办什么、何时办结"),
    ):
        typed = {"act": act, f"{act}-text": ""}
        link = f'<a href="#id_{act}-text">{words}：'
        refused(cast.zhao.user, "request", row.pk, typed, link, f'for="id_{act}-text">{words}')


def test_an_act_that_somebody_else_was_first_with_says_so(cast: Served) -> None:
    row = cast.ask()
    words = {"act": "answer", "answer-text": "增容方案已批复，六月底送电。"}
    sent(cast.zhao.user, "request", row.pk, words)
    refused(cast.zhao.user, "request", row.pk, words, "请重新打开核对", "六月底送电。</textarea>")


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_gap_is_filled(cast: Served, by_hand: bool) -> None:
    type(cast.zhao).objects.update(max_load=1)
    waiting = cast.project()
    type(cast.zhao).objects.exclude(pk=cast.zhao.pk).update(active_to=date(2024, 1, 2))
    assert isinstance(appointments.appoint(application=waiting), AppointmentGap)
    free = [cast.secretary(name) for name in ("钱守义", "李守信")]
    chosen = {"secretary": free[0].pk, "reason": "就近安排，项目急需服务秘书。"}
    sent(cast.lead, "appoint", waiting.pk, chosen if by_hand else {"act": "rules"})
    made = ServiceAssignment.objects.get(application=waiting)
    assert (made.secretary in free, made.backup in free) == (True, not by_hand)
    assert not AppointmentGap.objects.filter(closed_at=None).exists()


def test_a_gap_is_found(cast: Served) -> None:
    type(cast.zhao).objects.update(active_to=date(2024, 1, 2))
    sent(cast.lead, "appoint", cast.project().pk, {"act": "rules"})
    assert AppointmentGap.objects.filter(closed_at=None).count() == 1


def test_a_project_is_handed_over_with_its_backup(cast: Served) -> None:
    to, backup = cast.secretary("钱守义"), cast.it.service_assignments.get().backup
    typed = {"secretary": to.pk, "reason": "原秘书岗位调整，移交全部材料。"}
    sent(cast.lead, "hand_over", cast.assignment.pk, typed)
    made = ServiceAssignment.objects.get(application=cast.it, valid_to=None)
    assert (made.secretary, made.backup) == (to, backup)


def test_a_quarter_is_appraised(cast: Served) -> None:
    row, last = cast.ask(), quarter_of(clock.today()).before
    back = (clock.today() - last.last).days + 30
    made_older(row, back)
    cast.it.service_assignments.update(valid_from=clock.now() - timedelta(days=back + 5))
    assert client_of(cast.lead).post(reverse("secretaries:quarter")).status_code == 302
    assert SecretaryAppraisal.objects.get().secretary == cast.zhao
