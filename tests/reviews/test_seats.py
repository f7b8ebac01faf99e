"""Invitations: whoever declines or keeps silent is followed by the next in the drawn order."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from calendars.instants import end_of_day
from calendars.selectors import working_days
from notifications.models import Message
from reviews.models import Assignment
from reviews.selectors import certificates
from reviews.selectors import following as reading
from reviews.services import draws, opening, panels, seats
from reviews.waiting import waiting_for
from tests.reviews import round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def finance_seat(draw):
    return draw.seats.select_related("expert__user", "panel").get(code__startswith="finance")


def test_the_next_in_the_drawn_order_follows_and_the_draw_still_holds(draw):
    seat = finance_seat(draw)
    standby = reading.standby_of(draw, reading.replacements_of(draw))["1", "finance"]
    new = seats.decline(seat=seat, reason="评审期间出差", by=seat.expert.user)
    assert new is not None
    assert new.expert.pseudonym == standby[0].expert
    assert (new.code, new.follows_id, new.rank) == (seat.code, seat.pk, standby[0].rank)
    assert draws.reproduce(draw) == []
    [step] = certificates.certificate_of(draw)["replacements"]
    assert (step["expert"], step["replaced_by"]) == (seat.expert.pseudonym, new.expert.pseudonym)
    assert "出差" not in str(step)


def test_an_invited_expert_is_told_until_when_to_answer(draw, client_of):
    seat = finance_seat(draw)
    person = User.objects.get(pk=seat.expert.user_id)
    [item] = waiting_for(person, clock.now())
    due = end_of_day(seats.answer_due(seat, working_days()).day)
    assert (item.due, item.late) == (due, False)
    [round_] = client_of(person).get(reverse("reviews:my_reviews")).context["rounds"]
    assert round_["answer_by"] == due
    [item] = waiting_for(person, due + timedelta(seconds=1))
    assert item.late
    seats.accept(seat=seat, by=person)
    [round_] = client_of(person).get(reverse("reviews:my_reviews")).context["rounds"]
    assert round_["answer_by"] is None


def test_two_invitations_ask_the_database_no_more_than_one(
    draw, officer, supervisor, firm, client_of
):
    call = round.eligible(officer, firm, {"equipment": 5, "ev_parts": 3})
    panels.form_panels(call=call, by=officer)
    second = round.drawn(call, officer, supervisor)  # five of nine again: one sits in both at least
    asked = {1: set(), 2: set()}  # by chance all may sit in both
    for person in User.objects.filter(expert__seats__draw__in=(draw, second)).distinct():
        page, client = reverse("reviews:my_reviews"), client_of(person)
        client.get(page)
        with CaptureQueriesContext(connection) as seen:
            invitations = len(client.get(page).context["rounds"])
            items = waiting_for(person, clock.now())
        assert len(items) == invitations
        asked[invitations].add(len(seen))
    assert len(asked[2]) == 1
    assert asked[1] <= asked[2]


def test_a_forged_replacement_is_found(draw):
    seat = finance_seat(draw)
    seats.decline(seat=seat, reason="评审期间出差", by=seat.expert.user)
    certificate = certificates.certificate_of(draw)
    certificate["replacements"][0]["replaced_by"] = draw.result[0]["expert"]
    assert "replacement 1" in draws.certificate.reproduce(certificate)[0]


def test_nobody_left_leaves_the_seat_vacant_and_tells_the_officers(draw, officer):
    seat = finance_seat(draw)
    second = seats.decline(seat=seat, reason="评审期间出差", by=seat.expert.user)
    assert seats.decline(seat=second, reason="正在住院治疗", by=second.expert.user) is None
    assert list(Message.objects.filter(kind="seat.vacant").values_list("recipient", flat=True)) == [
        officer.pk
    ]


def test_a_foreign_invitation_does_not_exist(draw, pool):
    seat = finance_seat(draw)
    other = next(e for e in pool if e.pk != seat.expert_id)
    with pytest.raises(Exception, match="no such page"):
        seats.accept(seat=seat, by=other.user)


def test_the_office_waits_two_working_days_before_it_asks_the_next(
    moving_clock, draw, officer, supervisor
):
    seat = finance_seat(draw)
    with pytest.raises(WrongState, match="working days"):
        seats.pass_over(seat=seat, reason="电话未接通", by=officer)
    clock.travel_by(timedelta(days=12))
    with pytest.raises(NotPermitted):
        seats.pass_over(seat=seat, reason="电话未接通", by=supervisor)
    with pytest.raises(Invalid):
        seats.pass_over(seat=seat, reason="", by=officer)
    new = seats.pass_over(seat=seat, reason="电话三次未接通", by=officer)
    seat.refresh_from_db()
    assert (seat.state, new.state) == ("replaced", "invited")
    assert {a.state for a in Assignment.objects.filter(seat=seat)} == {"void"}
    assert draws.reproduce(draw) == []
    with pytest.raises(WrongState, match="answered"):
        seats.pass_over(seat=seat, reason="电话三次未接通", by=officer)


def test_scoring_opens_when_every_invitation_is_answered(draw, officer, supervisor):
    soon = clock.now() + timedelta(days=5)
    with pytest.raises(WrongState, match="not answered"):
        opening.open_scoring(call=draw.call, due_at=soon, by=officer)
    round.seat_all(draw)
    with pytest.raises(Invalid) as refused:
        opening.open_scoring(call=draw.call, due_at=clock.now(), by=officer)
    assert refused.value.field == "due_at"
    with pytest.raises(NotPermitted):
        opening.open_scoring(call=draw.call, due_at=soon, by=supervisor)
    call = opening.open_scoring(call=draw.call, due_at=soon, by=officer)
    assert (call.status, call.scoring_due_at) == ("in_review", soon)
    assert {a.status for a in call.applications.all()} == {"under_review"}
    assert Message.objects.filter(kind="scoring.opened").count() == 5


def test_a_panel_with_too_few_experts_does_not_open(draw, officer):
    leaving = [s for s in round.invited(draw) if s.code.split(".")[0] in ("finance", "employment")]
    for seat in leaving:
        new = seats.decline(seat=seat, reason="评审期间出差", by=seat.expert.user)
        seats.decline(seat=new, reason="评审期间出差", by=new.expert.user)
    technology = next(s for s in round.invited(draw) if s.code.startswith("technology"))
    new = seats.decline(seat=technology, reason="评审期间出差", by=technology.expert.user)
    assert new is not None
    seats.decline(seat=new, reason="评审期间出差", by=new.expert.user)
    round.seat_all(draw)
    with pytest.raises(WrongState, match="2 experts; every dossier needs 3"):
        opening.open_scoring(call=draw.call, due_at=clock.now() + timedelta(days=5), by=officer)


def test_more_time_never_less_and_with_a_reason(reviewed, officer):
    later = reviewed.scoring_due_at + timedelta(days=3)
    for due, reason, field in (
        (reviewed.scoring_due_at - timedelta(days=1), "专家反映材料较多", "due_at"),
        (later, "多", "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            opening.extend_scoring(call=reviewed, due_at=due, reason=reason * 2, by=officer)
        assert refused.value.field == field
    call = opening.extend_scoring(
        call=reviewed, due_at=later, reason="专家反映申报材料较多", by=officer
    )
    assert call.scoring_due_at == later
    assert Message.objects.filter(kind="scoring.extended").count() == 5
