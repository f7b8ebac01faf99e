from decimal import Decimal as D
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.certainty.table import ScoreTable, by_panel
from tests.maths.scores import matrices, rows_of, table_of

ROWS = [("b", "y", D("2.5")), ("a", "x", D(1)), ("a", "y", None), ("c", "z", None)]


def test_a_gap_is_no_number_and_an_item_without_scores_stays():
    table = ScoreTable.of(ROWS)
    assert (table.items, table.experts) == (("a", "b", "c"), ("x", "y", "z"))
    assert table.scores == (Fraction(1), Fraction(5, 2))
    matrix = table.matrix()
    assert matrix[0, 0] == 1 and matrix[1, 1] == 2.5
    assert np.isnan(matrix).sum() == 7
    assert table.per_item.tolist() == [1, 1, 0] and table.per_expert.tolist() == [1, 1, 0]


@pytest.mark.parametrize("again", [D(3), None])
def test_two_scores_of_one_expert_for_one_item_are_refused(again):
    with pytest.raises(ValueError, match="expert x scored item a twice"):
        ScoreTable.of([*ROWS, ("a", "x", again)])


@given(matrices(), st.randoms())
def test_the_order_of_the_rows_changes_nothing(matrix, dice):
    rows = rows_of(matrix)
    shuffled = list(rows)
    dice.shuffle(shuffled)
    one, other = ScoreTable.of(rows), ScoreTable.of(shuffled)
    assert list(one.rows()) == list(other.rows())
    assert one.digest() == other.digest()


def test_the_digest_follows_the_content_and_not_how_it_is_written():
    first = ScoreTable.of([("a", "x", D("2.50")), ("b", "x", D(1))])
    assert first.digest() == ScoreTable.of([("b", "x", 1), ("a", "x", Fraction(5, 2))]).digest()
    for rows, order in (
        ([("a", "x", D("2.51")), ("b", "x", D(1))], "desc"),
        ([("a", "x", D("2.50")), ("b", "x", D(1)), ("b", "y", None)], "desc"),
        ([("a", "x", D("2.50")), ("b", "x", D(1))], "asc"),
    ):
        assert ScoreTable.of(rows, order).digest() != first.digest()


def test_items_that_share_experts_by_way_of_others_are_one_group():
    table = table_of([[1, 1, None, None], [None, 1, None, None], [None, None, 1, 1], [None] * 4])
    assert table.components() == {"i00": "i00", "i01": "i00", "i02": "i02", "i03": "i03"}
    assert by_panel({"b": "q", "a": "q", "c": "p"}) == {"p": ["c"], "q": ["a", "b"]}


def test_a_part_of_a_table_keeps_only_its_own_experts():
    table = table_of([[1, 2, None], [None, 3, 4], [5, None, None]])
    part = table.only(["i01"])
    assert list(part.rows()) == [("i01", "e01", 3), ("i01", "e02", 4)]
    assert part.experts == ("e01", "e02")
