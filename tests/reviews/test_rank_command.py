"""`manage.py rank`: the stored ranking recomputed, and every way in which it may not hold."""

import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from applications.models import Call
from reviews.models import Mark, Ranking, RankingEntry
from reviews.services import ranking
from tests.reviews import round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def said(number: str) -> tuple[int, list[str]]:
    """Exit code and printed lines."""
    out = io.StringIO()
    try:
        call_command("rank", number, stdout=out, stderr=io.StringIO())
    except SystemExit as end:
        return int(end.code), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def behind_the_triggers(change):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        change()
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def ranked(scored, officer) -> Ranking:
    ranking.close_scoring(call=scored, by=officer)
    return ranking.compute_ranking(call=scored, by=officer)


@pytest.fixture
def first(ranked):
    return round.dossiers(ranked.call)[0]


def test_equal_is_one_line_and_nothing_is_written(ranked, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as asked:
        code, [line] = said(ranked.call.number)
    assert (code, line) == (
        0,
        f"{ranked.call.number}, version 1: 8 dossiers, recomputed the same, {ranked.digest}",
    )
    assert {query["sql"].split()[0] for query in asked.captured_queries} == {"SELECT"}


def test_refused_before_the_scoring_is_closed_and_before_there_is_a_ranking(scored, officer):
    for closed, words in ((False, "not closed yet"), (True, "not been computed")):
        if closed:
            ranking.close_scoring(call=scored, by=officer)
        with pytest.raises(CommandError, match=words) as refused:
            said(scored.number)
        assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="no call 2099-9"):
        said("2099-9")


def test_an_altered_place_is_named_with_both_values(ranked, first):
    total = ranked.entries.get(application=first).total
    behind_the_triggers(
        lambda: RankingEntry.objects.filter(application=first).update(
            rank=None, state="vetoed", quality=Decimal(1), employment=Decimal(2), total=Decimal(3)
        )
    )
    stored, now = "stored no rank, total 3.00, vetoed", f"recomputed rank 1, total {total}, ranked"
    assert said(ranked.call.number) == (1, [f"{first.number}: {stored}; {now}"])


def test_an_altered_mark_moves_the_dossier(ranked, first):
    total = ranked.entries.get(application=first).total
    behind_the_triggers(
        lambda: Mark.objects.filter(assignment__application=first, leaf="Q1.2").update(score=5)
    )
    code, lines = said(ranked.call.number)
    assert code == 1
    assert lines[0] == (
        f"{first.number}: stored rank 1, total {total}, ranked; "
        f"recomputed rank 8, total {total - 1}, ranked"
    )
    # the others no longer share their rank with it
    assert len(lines) == 8
    assert all(line.endswith("the same place, but not the same details") for line in lines[1:])


def test_a_lost_entry_an_altered_ground_the_rules_and_the_digest_are_named(ranked, first):
    entry = ranked.entries.get(application=first)
    behind_the_triggers(
        lambda: RankingEntry.objects.filter(pk=entry.pk).update(
            details={**entry.details, "vetoes": ["restricted_industry"]}
        )
    )
    assert said(ranked.call.number)[1] == [
        f"{first.number}: the same place, but not the same details"
    ]
    behind_the_triggers(lambda: RankingEntry.objects.filter(pk=entry.pk)._raw_delete("default"))
    assert said(ranked.call.number)[1] == [
        f"{first.number}: stored not at all; recomputed rank 1, total {entry.total}, ranked"
    ]
    behind_the_triggers(lambda: RankingEntry.objects.bulk_create([entry]))
    behind_the_triggers(lambda: Ranking.objects.update(digest="0" * 64))
    assert said(ranked.call.number)[1] == [f"the digest is not that of the entries: {'0' * 64}"]
    rules = {**ranked.call.rules, "floor": "21.00"}
    behind_the_triggers(lambda: Call.objects.update(rules=rules))
    assert "the rules kept with the ranking" in said(ranked.call.number)[1][-1]


def test_a_decision_confirmed_later_differs_until_it_is_computed_again(ranked, officer, approver):
    order = [entry.application_id for entry in ranked.entries.order_by("-application_id")]
    decision = ranking.propose_joint_decision(
        call=ranked.call,
        order=order,
        minutes_no="联席纪要〔2026〕2号",
        reason="经联席会议研究确定先后",
        by=officer,
    )
    assert said(ranked.call.number)[0] == 0
    ranking.confirm_joint_decision(decision=decision, by=approver)
    assert said(ranked.call.number)[0] == 1
    ranking.compute_ranking(call=ranked.call, by=officer)
    assert said(ranked.call.number)[0] == 0
