"""How sure a ranking is: asked for with it, computed by jobs, kept once, never altered."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import Event
from awards.services.line import compute_line
from notifications.models import Job
from reviews import tasks, witnessing
from reviews.models import PARTS, Analysis, AnalysisPart, Ranking
from reviews.selectors.certainty import progress_of, ranked_of
from reviews.services import analyses, ranking, signing
from tests.racing import race
from tests.reviews import table
from tests.reviews.round import go_on_with_too_few

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def judged(call) -> None:
    """Five experts of different minds about eight dossiers."""
    seats = call.draws.get().seats.select_related("panel", "expert__user").order_by("pk")
    for n, seat in enumerate(seats):
        rows = seat.assignments.select_related("panel__call", "expert__user").order_by("pk")
        for m, row in enumerate(rows):
            table.finished(row, (m + n * m) % 3)
        signing.sign(panel=seat.panel, by=seat.expert.user)


@pytest.fixture
def ranked(reviewed, officer) -> Ranking:
    judged(reviewed)
    ranking.close_scoring(call=reviewed, by=officer)
    with connection.cursor() as cursor:  # enough for five of eight; frozen since the call opened
        cursor.execute("SET LOCAL session_replication_role = replica")
        type(reviewed).objects.filter(pk=reviewed.pk).update(envelope=Decimal("130000000"))
        cursor.execute("SET LOCAL session_replication_role = origin")
    return ranking.compute_ranking(call=reviewed, by=officer)


def jobs(row: Ranking):
    return Job.objects.filter(task=analyses.TASK, payload__ranking=row.pk).order_by("pk")


def run(row: Ranking) -> None:
    for job in jobs(row):
        tasks.analyse(job.pk)


def test_each_part_is_a_job_and_the_last_makes_the_analysis(ranked):
    assert [job.payload["part"] for job in jobs(ranked)] == list(PARTS)
    assert progress_of(ranked).done == 0
    for n, job in enumerate(jobs(ranked), start=1):
        tasks.analyse(job.pk)
        assert progress_of(ranked).done == n
        assert (progress_of(ranked).analysis is not None) == (n == len(PARTS))
    made = Analysis.objects.get(ranking=ranked)
    assert set(made.data) == set(PARTS)
    assert all(made.data.values())
    assert made.digest == analyses.digest_of(made.data)
    event = Event.objects.get(action="analysis.compute")
    assert event.after == {"digest": made.digest, "ranking": ranked.digest}


def test_what_is_there_is_not_computed_again_and_only_a_new_ranking_is(
    ranked, officer, approver, monkeypatch
):
    run(ranked)
    for part in PARTS:
        monkeypatch.setattr("reviews.services.analyses.ranked_of", None)  # would raise if asked
        analyses.compute_part(ranking=ranked, part=part)
        analyses.keep_part(ranking=ranked, part=part, data={"other": 1})
    assert Analysis.objects.count() == 1
    assert not AnalysisPart.objects.filter(data__has_key="other").exists()
    assert ranking.compute_ranking(call=ranked.call, by=officer).pk == ranked.pk
    assert Job.objects.filter(task=analyses.TASK).count() == len(PARTS)
    tied = list(ranked.entries.filter(tied=True).values_list("application_id", flat=True))
    assert tied
    decision = ranking.propose_joint_decision(
        call=ranked.call,
        order=tied,
        minutes_no="纪要1",
        reason="经联席会议研究确定先后",
        by=officer,
    )
    ranking.confirm_joint_decision(decision=decision, by=approver)
    second = ranking.compute_ranking(call=ranked.call, by=officer)
    assert second.version == 2
    assert [job.payload["part"] for job in jobs(second)] == list(PARTS)


def test_a_part_that_fails_is_tried_again_and_loses_no_other(ranked, monkeypatch):
    first, *others = jobs(ranked)
    tasks.analyse(first.pk)
    with monkeypatch.context() as broken:
        broken.setattr("reviews.services.analyses.ranked_of", lambda row: 1 / 0)
        for job in others:
            tasks.analyse(job.pk)
    assert set(jobs(ranked).values_list("state", flat=True)) == {"done", "pending"}
    assert progress_of(ranked).done == 1
    Job.objects.filter(pk=others[0].pk).update(state="dead")
    assert progress_of(ranked).stuck
    Job.objects.filter(pk=others[0].pk).update(state="pending")
    run(ranked)
    assert progress_of(ranked).analysis is not None


def test_the_line_of_the_analysis_is_the_calls_own(ranked):
    run(ranked)
    data = Analysis.objects.get(ranking=ranked).data
    call = ranked.call
    call.refresh_from_db()
    line = compute_line(ranked, call.envelope, call.rule_set.cut_off, [])
    numbers = dict(call.applications.values_list("pk", "number"))
    funded = {numbers[int(i.id)] for i in line.items if i.outcome == "funded"}
    assert len(funded) == 5
    assert {row["item"] for row in data["people"]["bootstrap"] if row["funded"]} == funded
    weights = data["weights"]
    assert weights["frozen"] == "7/10"
    low, high = Fraction(weights["low"]["weight"]), Fraction(weights["high"]["weight"])
    assert low <= Fraction(7, 10) <= high
    # whoever has no money at the frozen weight, and nobody else, has a nearest weight
    assert {row["item"] for row in weights["nearest"]} == set(numbers.values()) - funded
    panel = data["agreement"]["panels"][0]
    assert (panel["items"], panel["experts"], panel["gaps"]) == (8, 5, 0)
    sums = [
        Decimal(row["total"])
        for entry in ranked.entries.all()
        for row in entry.details["experts"].values()
    ]
    assert panel["mean"] == round(float(sum(sums) / len(sums)), 6)
    seats = call.draws.get().seats.values_list("expert__pseudonym", flat=True)
    assert {row["expert"] for row in data["agreement"]["by_expert"]} == set(seats)
    assert {row["item"] for row in data["ranks"]["ranks"]} == set(numbers.values())


def test_equal_totals_go_by_the_tie_keys_of_the_call(ranked):
    items = ranked_of(ranked).items
    keys = [(-item.employment, -item.quality) for item in items]
    assert keys == sorted(keys)


def test_a_ranking_without_scores_has_an_empty_analysis(reviewed, officer, approver):
    type(reviewed).objects.filter(pk=reviewed.pk).update(scoring_due_at=reviewed.opens_at)
    go_on_with_too_few(reviewed, officer, approver)
    ranking.close_scoring(call=reviewed, by=officer)
    row = ranking.compute_ranking(call=reviewed, by=officer)
    run(row)
    assert Analysis.objects.get(ranking=row).data == {part: {} for part in PARTS}


def test_no_path_alters_it_and_the_witness_would_name_it(ranked):
    run(ranked)
    for change in (
        lambda: Analysis.objects.update(digest="0" * 64),
        lambda: AnalysisPart.objects.update(data={}),
        lambda: Analysis.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert list(witnessing.analyses()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Analysis.objects.update(data={"agreement": {}})
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert ["was altered" in line for line in witnessing.analyses()] == [True]


@pytest.mark.django_db(transaction=True)
def test_two_last_parts_at_once_make_one_analysis(scored, officer):
    ranking.close_scoring(call=scored, by=officer)
    row = ranking.compute_ranking(call=scored, by=officer)
    first, second, *rest = jobs(row)
    for job in rest:
        tasks.analyse(job.pk)
    race([lambda: tasks.analyse(first.pk), lambda: tasks.analyse(second.pk)])
    assert Analysis.objects.filter(ranking=row).count() == 1
