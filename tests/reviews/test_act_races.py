"""Two people of a review at the same instant: the second decides on what stands then."""

from datetime import timedelta

import pytest

from applications.models import Call
from audit import clock
from audit.refusals import Refused
from reviews.models import Assignment, Draw, Seat
from reviews.services import ranking, seats, signing, voiding
from tests.racing import overtaken, race
from tests.reviews import round, table

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "专家库数据有误，重新抽取"


def finished(seat: Seat) -> Seat:
    """Every dossier of the seat marked, nothing signed."""
    for row in seat.assignments.select_related("panel__call", "expert__user").order_by("pk"):
        table.finished(row)
    return seat


def declined(seat: Seat):
    return lambda: seats.decline(seat=seat, reason="出差在外", by=seat.expert.user)


def test_a_review_does_not_open_on_a_draw_voided_meanwhile(draw, officer, supervisor):
    round.seat_all(draw)
    got = overtaken(
        lambda: voiding.void_draw(draw=draw, reason=WHY, by=supervisor),
        lambda: round.open_review(draw.call, officer),
    )
    assert isinstance(got, Refused), got
    assert Call.objects.get(pk=draw.call_id).status == "screened"


def test_a_draw_is_not_voided_under_a_review_that_opened_meanwhile(draw, officer, supervisor):
    round.seat_all(draw)
    got = overtaken(
        lambda: round.open_review(draw.call, officer),
        lambda: voiding.void_draw(draw=draw, reason=WHY, by=supervisor),
    )
    assert isinstance(got, Refused), got
    assert Draw.objects.get(pk=draw.pk).status == "drawn"


def test_declining_while_the_draw_is_voided_ends_in_a_refusal(draw, supervisor):
    acts = [declined(seat) for seat in round.invited(draw)]
    acts.append(lambda: voiding.void_draw(draw=draw, reason=WHY, by=supervisor))
    results = race(acts)
    failures = [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)]
    assert failures == []
    assert not Seat.objects.filter(draw=draw, state="invited").exists()


def test_a_seat_whose_sheet_was_signed_meanwhile_is_not_given_back(reviewed):
    seat = finished(Seat.objects.select_related("panel", "expert__user").first())
    got = overtaken(lambda: signing.sign(panel=seat.panel, by=seat.expert.user), declined(seat))
    assert isinstance(got, Refused), got
    assert Seat.objects.filter(follows=seat).count() == 0


def test_nothing_is_signed_in_a_seat_given_back_meanwhile(reviewed):
    seat = finished(Seat.objects.select_related("panel", "expert__user").first())
    got = overtaken(declined(seat), lambda: signing.sign(panel=seat.panel, by=seat.expert.user))
    assert isinstance(got, Refused), got
    assert not Assignment.objects.filter(seat=seat, state="locked").exists()


def test_a_seat_is_not_given_back_once_the_scoring_is_closed(reviewed, officer):
    first, *rest = Seat.objects.select_related("panel", "expert__user").order_by("pk")
    for seat in rest:
        round.score(seat)
    late = clock.now() - timedelta(hours=1)
    Call.objects.filter(pk=reviewed.pk).update(scoring_due_at=late)
    ranking.close_scoring(call=reviewed, by=officer)
    with pytest.raises(Refused):
        declined(first)()
    assert Seat.objects.filter(follows=first).count() == 0


def test_a_conflict_recorded_while_the_ranking_is_computed_is_in_it_or_refused(scored, officer):
    ranking.close_scoring(call=scored, by=officer)
    row = Assignment.objects.select_related("expert", "application").filter(state="locked").first()
    got = overtaken(
        lambda: ranking.compute_ranking(call=scored, by=officer),
        lambda: table.conflict(
            expert=row.expert,
            application=row.application,
            reason="事后查明其为该企业顾问",
            by=officer,
        ),
    )
    assert isinstance(got, Refused), got
    row.refresh_from_db()
    assert row.state == "locked"
