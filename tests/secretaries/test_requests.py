"""Requests and visits: who may, the clocks, and how a request may end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from applications.models import Application
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from calendars.selectors import working_days
from calendars.wording import day_of
from notifications.models import Message
from secretaries.models import (
    RequestAction,
    RequestStatus,
    ServiceAssignment,
    ServiceRequest,
    ServiceSecretary,
)
from secretaries.selectors.clocks import clock_of
from secretaries.services import appointments, holds, requests, visits
from tests.racing import race
from tests.secretaries.people import Cast

pytestmark = pytest.mark.django_db


class Served(Cast):
    """The cast with one project served by 赵立新."""

    def __init__(self) -> None:
        super().__init__()
        self.zhao: ServiceSecretary = self.secretary("赵立新")
        self.it: Application = self.project("换热机组")
        made = appointments.appoint(application=self.it)
        assert isinstance(made, ServiceAssignment)
        self.assignment = made

    def ask(self, **more: Any) -> ServiceRequest:
        values: dict[str, Any] = {
            "application": self.it,
            "category": "permits",
            "level": "general",
            "title": "建设工程规划许可",
            "text": "规划许可图审意见未回复，请协调。",
            "by": self.owner,
            **more,
        }
        return requests.raise_request(**values)

    def answered(self, **more: Any) -> ServiceRequest:
        row = self.ask(**more)
        return requests.answer(
            request=row, text="已协调自然资源局，三日内出图审意见。", by=self.zhao.user
        )


@pytest.fixture
def cast() -> Served:
    return Served()


def test_a_request_is_numbered_due_in_working_days_and_told(cast: Served) -> None:
    rows = [cast.ask(), cast.ask(level="complex"), cast.ask(level="hard")]
    year = day_of(clock.now()).year
    assert [r.number for r in rows] == [f"SQ-{year}-000{n}" for n in (1, 2, 3)]
    assert [r.finish.days for r in rows] == [5, 15, 30]
    table = working_days()
    for row in rows:
        due = clock_of(row, row.finish.due_at, table)
        assert (due.used, due.over) == (row.finish.days, 0)
    assert set(
        Message.objects.filter(kind="request.raised").values_list("recipient", flat=True)
    ) == {cast.zhao.user_id}


def test_who_may_raise_what_and_when(cast: Served) -> None:
    assert cast.ask(by=cast.zhao.user).raised_side == "office"
    for by in (cast.stranger, cast.lead, cast.officer):
        with pytest.raises(NotVisible):
            cast.ask(by=by)
    for wrong in ({"level": "easy"}, {"category": "x"}, {"title": "x"}, {"text": "短"}):
        with pytest.raises(Invalid):
            cast.ask(**wrong)
    draft = cast.project(status="submitted")
    with pytest.raises(WrongState):
        cast.ask(application=draft)
    assert ServiceRequest.objects.count() == 1


def test_one_form_is_one_request(cast: Served) -> None:
    """Sent twice it is kept once; another text from a form that was sent is refused."""
    first = cast.ask(sent_form="2026-11-26T09:00:00.000001+08:00")
    assert cast.ask(sent_form=first.sent_form) == first
    with pytest.raises(WrongState):
        cast.ask(sent_form=first.sent_form, title="另一件事")
    assert cast.ask(sent_form=first.sent_form, by=cast.zhao.user) != first
    assert (cast.ask() == cast.ask(), ServiceRequest.objects.count()) == (False, 4)
    assert RequestAction.objects.filter(kind="raise").count() == 4


def test_answered_and_confirmed_closes(cast: Served) -> None:
    row = cast.answered()
    with pytest.raises(NotVisible):
        requests.confirm(request=row, satisfied=True, by=cast.zhao.user)
    done = requests.confirm(request=row, satisfied=True, by=cast.owner)
    assert (done.status, done.closed_how, done.satisfied) == ("closed", "confirmed", True)
    kinds = RequestAction.objects.values_list("kind", flat=True)
    assert list(kinds) == ["raise", "answer", "close"]
    with pytest.raises(WrongState):
        requests.confirm(request=row, satisfied=True, by=cast.owner)


def test_not_satisfied_reopens_once_then_the_lead_decides(cast: Served) -> None:
    row = cast.answered()
    with pytest.raises(WrongState):
        requests.close_by_lead(request=row, text="已两次答复，予以办结。", by=cast.lead)
    again = requests.confirm(request=row, satisfied=False, text="仍未出具意见", by=cast.owner)
    assert (again.status, again.reopened) == (RequestStatus.OPEN, True)
    assert again.finish.started_at > again.raised_at
    assert again.finish.previous == row.finish
    requests.answer(request=row, text="意见已出具，附件已发企业。", by=cast.zhao.user)
    still = requests.confirm(request=row, satisfied=False, text="内容不完整啊", by=cast.owner)
    assert still.status == RequestStatus.ANSWERED
    assert Message.objects.get(kind="request.unsatisfied").recipient == cast.lead
    done = requests.close_by_lead(request=row, text="已核实，意见完整，予以办结。", by=cast.lead)
    assert (done.closed_how, done.satisfied) == ("lead", False)


def test_silence_closes_only_with_a_call_back_after_five_working_days(cast: Served) -> None:
    row = cast.answered()
    with pytest.raises(WrongState):
        requests.close_silent(request=row, by=cast.zhao.user)
    requests.record_call_back(request=row, text="电话回访，企业未接。", by=cast.zhao.user)
    with pytest.raises(WrongState):
        requests.close_silent(request=row, by=cast.zhao.user)
    ServiceRequest.objects.filter(pk=row.pk).update(
        answered_at=row.answered_at - timedelta(days=20)
    )
    done = requests.close_silent(request=row, by=cast.zhao.user)
    assert (done.closed_how, done.closed_by) == ("silent", cast.zhao.user)


def test_who_said_no_twice_is_not_silent(cast: Served) -> None:
    row = cast.answered()
    requests.confirm(request=row, satisfied=False, text="仍未出具意见", by=cast.owner)
    row = requests.answer(request=row, text="意见已出具，附件已发企业。", by=cast.zhao.user)
    requests.record_call_back(request=row, text="电话回访，企业未接。", by=cast.zhao.user)
    requests.confirm(request=row, satisfied=False, text="内容不完整啊", by=cast.owner)
    assert row.answered_at is not None
    ServiceRequest.objects.filter(pk=row.pk).update(
        answered_at=row.answered_at - timedelta(days=20)
    )
    for by in (cast.zhao.user, cast.lead):
        with pytest.raises(WrongState):
            requests.close_silent(request=row, by=by)


def test_the_maker_does_not_close_alone(cast: Served) -> None:
    row = cast.answered(by=cast.zhao.user)
    requests.record_call_back(request=row, text="电话回访，企业未接。", by=cast.zhao.user)
    ServiceRequest.objects.filter(pk=row.pk).update(
        answered_at=row.answered_at - timedelta(days=20)
    )
    with pytest.raises(NotPermitted):
        requests.close_silent(request=row, by=cast.zhao.user)
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceRequest.objects.filter(pk=row.pk).update(
            status="closed",
            closed_by=cast.zhao.user,
            closed_at=clock.now(),
            closed_how="silent",
        )
    assert requests.close_silent(request=row, by=cast.lead).status == "closed"


def test_only_the_project_s_own_secretary_acts(cast: Served) -> None:
    other = cast.secretary("孙桂芳")
    row = cast.ask()
    with pytest.raises(NotVisible):
        requests.answer(request=row, text="我来答复这件事。", by=other.user)
    with pytest.raises(NotPermitted):
        requests.answer(request=row, text="我来答复这件事。", by=cast.owner)
    passed = holds.pass_on(request=row, unit="四平市自然资源局", text="", by=cast.zhao.user)
    assert passed.with_unit == "四平市自然资源局"


def test_acts_are_never_rewritten(cast: Served) -> None:
    cast.ask()
    act = RequestAction.objects.get()
    act.text = "改写"
    with pytest.raises(DatabaseError), transaction.atomic():
        act.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        act.delete()


def test_a_visit_is_confirmed_by_the_firm_and_then_stands(cast: Served) -> None:
    kwargs: dict[str, Any] = {
        "assignment": cast.assignment,
        "on": clock.today(),
        "kind": "site",
        "people": "张蕙兰、赵立新",
        "summary": "查看厂房施工进度，基础完成八成。",
    }
    for by in (cast.owner, cast.lead, cast.secretary("孙").user):
        with pytest.raises(NotPermitted):
            visits.record_visit(**kwargs, by=by)
    for wrong in (
        {"on": clock.today() + timedelta(days=1)},
        {"on": clock.today() - timedelta(days=1)},
        {"kind": "letter"},
        {"summary": " "},
    ):
        with pytest.raises(Invalid):
            visits.record_visit(**{**kwargs, **wrong}, by=cast.zhao.user)
    visit = visits.record_visit(**kwargs, by=cast.zhao.user)
    assert visits.record_visit(**kwargs, by=cast.zhao.user).pk == visit.pk  # the form sent twice
    with pytest.raises(NotVisible):
        visits.confirm_visit(visit=visit, by=cast.stranger)
    visits.confirm_visit(visit=visit, by=cast.owner)
    with pytest.raises(WrongState):
        visits.confirm_visit(visit=visit, by=cast.owner)
    visit.refresh_from_db()
    visit.summary = "改写"
    with pytest.raises(DatabaseError), transaction.atomic():
        visit.save()


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_and_no_twins_with_16_threads() -> None:
    cast = Served()
    results = race([cast.ask] * 16)
    assert not [r for r in results if isinstance(r, Exception)]
    numbers = sorted(ServiceRequest.objects.values_list("number", flat=True))
    year = day_of(clock.now()).year
    assert numbers == [f"SQ-{year}-{n:04d}" for n in range(1, 17)]


@pytest.mark.django_db(transaction=True)
def test_confirm_and_close_at_one_instant_one_stands() -> None:
    cast = Served()
    row = cast.answered()
    results = race(
        [
            lambda: requests.confirm(request=row, satisfied=True, by=cast.owner),
            lambda: requests.confirm(
                request=row, satisfied=False, text="未解决问题", by=cast.owner
            ),
        ]
    )
    assert sum(isinstance(r, WrongState) for r in results) == 1
