"""The path that `script/bench ranking` measures, at a size that can be followed by hand."""

import random
from decimal import Decimal as D

import pytest
from django.db import connection

from applications.sheet import parse
from audit.digests import canonical, sm3
from bench import review_rows
from reviews import witnessing
from reviews.scoring import sums
from reviews.selectors.recomputed import SUBSTANCE, digest_of
from reviews.selectors.scores import locked_marks
from reviews.selectors.sums import expert_sums
from reviews.services.ranking import compute_ranking
from tests.reviews.test_rank_command import said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def scatter(seed: int) -> None:
    """New marks on every sheet, some left out, some sheets no longer locked."""
    dice = random.Random(seed)
    with review_rows.behind_the_triggers(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM reviews_mark ORDER BY id")
        for (mark,) in cursor.fetchall():
            score = None if dice.random() < 0.02 else D(dice.randrange(501)) / 100
            cursor.execute("UPDATE reviews_mark SET score = %s WHERE id = %s", [score, mark])
        cursor.execute("DELETE FROM reviews_mark WHERE id %% 97 = %s", [seed % 97])
        cursor.execute("UPDATE reviews_assignment SET state = 'void' WHERE id %% 13 = 0", [])


def by_application(call, sheet):
    return {pk: sums(sheet, given) for pk, given in locked_marks(call).items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_database_adds_up_what_plain_python_adds_up(seed):
    call, _officer = review_rows.write(23, 3, 10)
    scatter(seed)
    sheet = parse(call.sheet)
    added = {
        pk: sorted(given, key=lambda row: row.expert)
        for pk, given in expert_sums(call, sheet).items()
    }
    assert added == by_application(call, sheet)
    assert {row.complete for given in added.values() for row in given} == {True, False}


def test_the_ranking_of_the_bench_is_the_one_that_is_worked_out_by_hand():
    call, officer = review_rows.write(25, 7, 20)
    made = compute_ranking(call=call, by=officer)
    marks = locked_marks(call)
    totals = {}
    for pk, given in marks.items():
        whole = sorted(sum(leaves.values()) for leaves in given.values())
        assert (len(whole), {len(leaves) for leaves in given.values()}) == (7, {20})
        totals[pk] = (sum(whole[1:-1]) / 5).quantize(D("0.01"), "ROUND_HALF_UP")
    entries = {entry.application_id: entry for entry in made.entries.all()}
    assert {pk: entry.total for pk, entry in entries.items()} == totals
    assert len(totals) == 25
    for pk, entry in entries.items():
        assert entry.rank >= 1 + sum(other > totals[pk] for other in totals.values())
        own = [e for e in entries.values() if e.panel == entry.panel]
        assert entry.panel_rank == 1 + sum(e.rank < entry.rank for e in own)
    assert {entry.panel for entry in entries.values()} == {1, 2}
    assert said(call.number)[0] == 0


def test_what_is_read_back_gives_the_digest_that_was_written():
    call, officer = review_rows.write(3, 5, 20)
    made = compute_ranking(call=call, by=officer)
    assert digest_of(list(made.entries.select_related("application"))) == made.digest
    assert list(witnessing.rankings()) == []


def test_the_digest_is_of_every_entry_in_the_one_canonical_form():
    call, officer = review_rows.write(25, 3, 10)
    made = compute_ranking(call=call, by=officer)
    by_rank = made.entries.select_related("application").order_by("rank", "application__number")
    told = [
        {
            "application": entry.application.number,
            **{name: getattr(entry, name) for name in SUBSTANCE},
        }
        for entry in by_rank
    ]
    assert sm3(canonical(told)) == made.digest
