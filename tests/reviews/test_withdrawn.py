"""A firm may withdraw until the review opens: nothing of that dossier is judged, ranked or asked
for.
"""

import pytest

from applications.services import dossiers
from audit.models import Event
from audit.refusals import Refused
from awards.services import funding
from reviews.models import Assignment
from reviews.selectors.draws import build_input
from reviews.services import declarations, panels, ranking, scoring, seats, voiding
from tests.awards import ledger, meeting
from tests.reviews import round, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def withdrawn(call, owner):
    """The first dossier of the call, taken back by its firm."""
    return dossiers.withdraw(
        application=round.dossiers(call)[0], reason="项目另有安排，不再申报", by=owner
    )


def states_of(dossier) -> set[str]:
    return set(Assignment.objects.filter(application=dossier).values_list("state", flat=True))


def test_the_rest_is_scored_ranked_and_decided(draw, officer, approver, applicant):
    round.seat_all(draw)
    dossier = withdrawn(draw.call, applicant)
    call = round.open_review(draw.call, officer)
    for seat in draw.seats.select_related("panel", "expert__user"):
        for row in seat.assignments.exclude(application=dossier).select_related(
            "panel__call", "expert__user"
        ):
            table.finished(row)
        round.signing.sign(panel=seat.panel, by=seat.expert.user)
    ranking.close_scoring(call=call, by=officer)
    made = ranking.compute_ranking(call=call, by=officer)
    assert made.entries.count() == 7
    order = list(made.entries.values_list("application_id", flat=True))
    decision = ranking.propose_joint_decision(
        call=call, order=order, minutes_no="纪要1号", reason="经联席会议研究确定先后", by=officer
    )
    ranking.confirm_joint_decision(decision=decision, by=approver)
    ranking.compute_ranking(call=call, by=officer)
    listed = funding.draw_funding_list(call=call, by=officer)
    funding.submit_list(funding_list=listed, by=officer)
    ledger.grant(call, call.envelope, officer, approver)
    kept = meeting.minutes(call, officer)
    funding.approve_list(funding_list=listed, minutes=kept, note="", by=approver)
    assert dossier.pk not in listed.items.values_list("application_id", flat=True)


def test_opening_takes_it_from_the_experts_and_says_so(draw, officer, applicant):
    [first, *_] = round.seat_all(draw)
    dossier = withdrawn(draw.call, applicant)
    round.open_review(draw.call, officer)
    assert states_of(dossier) == {"void"}
    row = Assignment.objects.get(seat=first, application=dossier)
    with pytest.raises(Refused):
        scoring.save_marks(assignment=row, entries=table.entries(row), by=first.expert.user)
    [event] = Event.objects.filter(action="panels.withdrawn")
    assert event.after == {"dossiers": [dossier.number], "assignments": 5}


@pytest.mark.usefixtures("pool")
def test_it_does_not_count_among_what_an_expert_is_barred_from(
    officer, supervisor, firm, applicant
):
    call = round.eligible(officer, firm, {"equipment": 8}, max_single_recusals_percent=30)
    panels.form_panels(call=call, by=officer)
    draw = round.drawn(call, officer, supervisor)
    [seat, *_] = round.seat_all(draw)
    for dossier in round.dossiers(call)[:3]:
        dossiers.withdraw(application=dossier, reason="项目另有安排，不再申报", by=applicant)
    round.open_review(call, officer)
    declarations.step_aside(
        assignment=seat.assignments.filter(state="open").first(),
        ground="conflict",
        reason="本单位与其有合作",
        by=seat.expert.user,
    )
    seat.refresh_from_db()
    assert seat.state == "accepted"  # one of five, not four of eight


def test_whoever_follows_in_a_seat_is_not_asked_about_it(draw, officer, applicant):
    dossier = withdrawn(draw.call, applicant)
    [first, *_] = round.invited(draw)
    follower = seats.decline(seat=first, reason="出差在外", by=first.expert.user)
    assert follower.assignments.count() == 7
    assert not follower.assignments.filter(application=dossier).exists()


def test_a_new_draw_leaves_it_out(draw, supervisor, applicant):
    voiding.void_draw(draw=draw, reason="专家库数据有误，重新抽取", by=supervisor)
    dossier = withdrawn(draw.call, applicant)
    panel = build_input(draw.call, "2026-X-D2", "0" * 64)["panels"][0]
    assert dossier.number not in panel["applications"]
    assert len(panel["applications"]) == 7
