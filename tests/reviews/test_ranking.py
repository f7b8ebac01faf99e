"""Closing the scoring, the ranking by frozen rules, ties by two people."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from reviews.models import JointDecision, Ranking, RankingEntry
from reviews.selectors import recomputed, scores
from reviews.services import ranking
from tests.racing import race
from tests.reviews import round, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def ranked(scored, officer):
    """All eight dossiers have the same figures and the same marks: one tie of eight."""
    ranking.close_scoring(call=scored, by=officer)
    return ranking.compute_ranking(call=scored, by=officer)


def test_not_before_everybody_has_signed(reviewed, officer, supervisor):
    with pytest.raises(WrongState, match="not signed"):
        ranking.close_scoring(call=reviewed, by=officer)
    with pytest.raises(NotPermitted):
        ranking.close_scoring(call=reviewed, by=supervisor)
    with pytest.raises(WrongState, match="Close the scoring"):
        ranking.compute_ranking(call=reviewed, by=officer)


def test_after_the_deadline_what_is_not_signed_is_void_and_too_few_needs_two_people(
    draw, officer, approver
):
    round.seat_all(draw)
    call = round.open_review(draw.call, officer)
    first, second, *_rest = draw.seats.select_related("panel", "expert__user").order_by("pk")
    round.score(first)
    table.finished(second.assignments.select_related("panel__call", "expert__user").first())
    type(call).objects.filter(pk=call.pk).update(scoring_due_at=clock.now() - timedelta(hours=1))
    with pytest.raises(WrongState, match="8 dossiers have too few"):
        ranking.close_scoring(call=call, by=officer)
    round.go_on_with_too_few(call, officer, approver)
    ranking.close_scoring(call=call, by=officer)
    event = Event.objects.get(action="scoring.close")
    assert (event.after["unsigned"], len(event.after["too_few"])) == (32, 8)
    made = ranking.compute_ranking(call=call, by=officer)
    assert set(made.entries.values_list("rank", "state", "total", "scores")) == {
        (None, "too_few", None, 1)
    }


def test_the_ranking_is_the_same_whoever_computes_it(ranked, officer2, scored):
    again = ranking.compute_ranking(call=scored, by=officer2)
    assert again.pk == ranked.pk
    assert Ranking.objects.count() == 1
    assert recomputed.digest_of(recomputed.rank_call(scored)) == ranked.digest


def test_points_come_from_the_formulas_and_the_trimmed_sums(ranked, scored):
    entry = ranked.entries.first()
    [row] = [r for r in scores.score_all(scored) if r.application.pk == entry.application_id]
    # every expert gave full marks, 24; the formula part is what the dossier's figures give
    assert (row.score.expert_total, row.score.n) == (Decimal("24.00"), 5)
    assert entry.total == row.score.formula_total + Decimal("24.00")
    assert entry.quality + entry.employment == entry.total
    assert entry.net_new_jobs == Decimal(168)
    # five equal sums: one highest and one lowest are left out in equal parts of all
    assert {e["share"] for e in entry.details["experts"].values()} == {"3/5"}


def test_dossiers_that_every_rule_leaves_equal_share_their_rank(ranked):
    rows = ranked.entries.values_list("rank", "tied")
    assert set(rows) == {(1, True)}
    assert all(len(e.details["tied_with"]) == 7 for e in ranked.entries.all())


def order_of(ranked):
    return list(ranked.entries.order_by("-application_id").values_list("application_id", flat=True))


def propose(
    ranked, officer, order=None, minutes_no="联席纪要〔2026〕2号", reason="经联席会议研究确定先后"
):
    return ranking.propose_joint_decision(
        call=ranked.call,
        order=order_of(ranked) if order is None else order,
        minutes_no=minutes_no,
        reason=reason,
        by=officer,
    )


def test_a_joint_decision_by_two_people_settles_the_order(ranked, officer, approver):
    order = order_of(ranked)
    decision = propose(ranked, officer)
    with pytest.raises(NotPermitted, match="may not confirm"):
        ranking.confirm_joint_decision(decision=decision, by=officer)
    ranking.confirm_joint_decision(decision=decision, by=approver)
    with pytest.raises(WrongState):
        ranking.confirm_joint_decision(decision=decision, by=approver)
    made = ranking.compute_ranking(call=ranked.call, by=officer)
    assert made.version == 2
    ranks = dict(made.entries.values_list("application_id", "rank"))
    assert ranks == {pk: n for n, pk in enumerate(order, start=1)}
    assert set(made.entries.values_list("tied", "details__decided_by")) == {(False, "joint")}


def test_a_decision_names_whole_groups_with_minutes_and_reason(ranked, officer):
    order = order_of(ranked)
    for wrong in ([], order[:3], [*order, order[0]], [*order, 10**9]):
        with pytest.raises(Invalid) as refused:
            propose(ranked, officer, order=wrong)
        assert refused.value.field == "order"
    for field, more in (("minutes_no", {"minutes_no": " "}), ("reason", {"reason": "同分"})):
        with pytest.raises(Invalid) as refused:
            propose(ranked, officer, **more)
        assert refused.value.field == field
    propose(ranked, officer)
    with pytest.raises(WrongState, match="already waits"):
        propose(ranked, officer)


def test_no_path_edits_a_ranking_or_confirms_alone(ranked, officer):
    for change in (
        lambda: RankingEntry.objects.update(total=99),
        lambda: Ranking.objects.update(digest="0" * 64),
        lambda: RankingEntry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    decision = propose(ranked, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        JointDecision.objects.filter(pk=decision.pk).update(
            confirmed_by=officer, confirmed_at=clock.now()
        )


@pytest.mark.django_db(transaction=True)
def test_two_officers_compute_at_once_and_one_ranking_stands(scored, officer, officer2):
    ranking.close_scoring(call=scored, by=officer)
    made = race(
        [
            lambda: ranking.compute_ranking(call=scored, by=officer),
            lambda: ranking.compute_ranking(call=scored, by=officer2),
        ]
    )
    assert len({r.pk for r in made}) == 1
    assert Ranking.objects.count() == 1
    assert RankingEntry.objects.count() == 8
