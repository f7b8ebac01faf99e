from decimal import Decimal as D
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awards.funding import Candidate, draw_line
from reviews.certainty import people
from reviews.certainty.standing import Frozen, Standing, centres
from reviews.certainty.table import ScoreTable
from reviews.scoring import METHODS, aggregate, centre
from tests.exhaustive import examples
from tests.maths.scores import matrices, panelled, rows_of

methods = st.sampled_from(METHODS)


def standing_of(rows, order="desc", budget=10, cost=5, **frozen):
    table = ScoreTable.of(rows, order)
    costs = {item: D(cost) for item in table.items}
    return Standing.of(table, Frozen(costs=costs, budget=D(budget), **frozen))


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 3)), min_size=1, max_size=8),
    methods,
    st.integers(3, 6),
)
def test_marks_that_count_often_are_marks_given_often(given_marks, method, trim_from):
    given_marks.sort()
    marks = np.array([[mark for mark, _ in given_marks]], dtype=np.int64)
    counts = np.array([[count for _, count in given_marks]], dtype=np.int64)
    above, below = centres(marks, counts, method, trim_from)
    spread = [Fraction(mark) for mark, count in given_marks for _ in range(count)]
    expected = centre(spread, method, trim_from)
    assert (Fraction(int(above[0]), int(below[0])) if below[0] else None) == expected


def reference(rows, frozen, order="desc"):
    """Fates by the call's own aggregation and line."""
    marks = {}
    for item, _, score in rows:
        marks.setdefault(item, []).append(None if score is None else Fraction(score))
    totals = {}
    for item, given_marks in marks.items():
        real = [mark for mark in given_marks if mark is not None]
        found = centre(real, frozen.method, frozen.trim_from)
        if found is not None and frozen.places is not None:
            decimals = [D(mark.numerator) / mark.denominator for mark in real]
            found = Fraction(aggregate(decimals, frozen.method, frozen.trim_from, frozen.places))
        if found is not None:
            totals[item] = found + Fraction(frozen.base.get(item, 0))
    if frozen.floor is not None:
        totals = {item: total for item, total in totals.items() if total >= frozen.floor}
    sign = 1 if order == "desc" else -1
    ordered = sorted(totals, key=lambda item: (-sign * totals[item], item))
    candidates = [Candidate(i, n, D(100), frozen.costs[i]) for n, i in enumerate(ordered)]
    drawn = draw_line(candidates, frozen.budget, frozen.mode, D(0))
    fates = dict.fromkeys(marks, 0)
    return fates | {i.id: {"funded": 2, "partial": 1}.get(i.outcome, 0) for i in drawn.items}


@settings(max_examples=examples(150), deadline=None)
@given(
    matrices(items=(2, 6), experts=(2, 6)),
    methods,
    st.sampled_from([None, 0, 1, 2]),
    st.sampled_from([None, D("2.5")]),
    st.sampled_from(["strict", "skip", "partial"]),
    st.sampled_from(["asc", "desc"]),
    st.lists(st.integers(1, 9), min_size=6, max_size=6),
)
def test_leaving_an_expert_out_is_the_call_without_that_expert(
    matrix, method, places, floor, mode, order, asked
):
    rows = rows_of(matrix)
    table = ScoreTable.of(rows, order)
    frozen = Frozen(
        costs={item: D(asked[n]) for n, item in enumerate(table.items)},
        budget=D(12),
        mode=mode,
        method=method,
        floor=floor,
        places=places,
        base={"i00": D("0.75")},
    )
    before = reference(rows, frozen, order)
    for one in people.leave_one_out(Standing.of(table, frozen)):
        gaps = [(i, e, None if e == one.expert else score) for i, e, score in rows]
        after = reference(gaps, frozen, order)
        assert one.up == tuple(sorted(i for i in before if after[i] > before[i]))
        assert one.down == tuple(sorted(i for i in before if after[i] < before[i]))


@settings(max_examples=examples(30), deadline=None)
@given(matrices(items=(2, 5), experts=(2, 4)), methods, st.randoms())
def test_shares_follow_from_the_data_and_not_from_their_order(matrix, method, dice):
    rows = rows_of(matrix)
    panels = {item: "all" for item, _, _ in rows}
    first = people.bootstrap(standing_of(rows, method=method), panels, 50)
    dice.shuffle(rows)
    assert people.bootstrap(standing_of(rows, method=method), panels, 50) == first
    assert all(0 <= one.share <= 1 for one in first)


def test_where_all_experts_agree_nothing_is_grey():
    rows = [(f"i{n}", f"e{e}", 50 + n) for n in range(5) for e in range(4)]
    found = people.bootstrap(standing_of(rows), dict.fromkeys([f"i{n}" for n in range(5)], "P"))
    assert [(one.share, one.funded, one.grey) for one in found] == [
        (0, False, False), (0, False, False), (0, False, False), (1, True, False), (1, True, False),
    ]  # fmt: skip


def test_two_experts_who_differ_by_hand():
    # money for one: A wins unless both seats go to y, a quarter of all draws
    rows = [("A", "x", 90), ("A", "y", 70), ("B", "x", 60), ("B", "y", 80)]
    found = people.bootstrap(standing_of(rows, budget=5), {"A": "P", "B": "P"}, 20_000)
    assert [one.funded for one in found] == [True, False]
    assert found[0].share == pytest.approx(0.75, abs=0.02) and found[0].grey and found[1].grey
    # equal totals go by the order of ties
    tied = standing_of([*rows, ("C", "z", 80)], budget=5, ties=("C", "B", "A"))
    assert tied.items == ("C", "B", "A")
    assert tied.order(tied.points(tied.there)) == [0, 2, 1]  # 80 and 80, then 70


def test_experts_are_drawn_for_each_panel_by_itself():
    # one expert alone on each panel: nothing can change, although both panels know the expert x
    rows = [("A", "x", 90), ("B", "x", 60), ("C", "y", 75)]
    panels = {"A": "P", "B": "Q", "C": "Q"}
    found = people.bootstrap(standing_of(rows, budget=5), panels, 500)
    assert [one.share for one in found] == [1, 0, 0]


def test_an_item_none_of_whose_experts_is_drawn_keeps_its_marks():
    rows = [("A", "x", 90), ("B", "y", 60), ("C", "z", 10)]
    found = people.bootstrap(standing_of(rows, budget=5), dict.fromkeys("ABC", "P"), 300)
    assert [one.share for one in found] == [1, 0, 0]


def test_an_item_without_scores_is_never_funded():
    rows = [("A", "x", 90), ("B", "x", None)]
    standing = standing_of(rows, budget=100)
    assert [one.share for one in people.bootstrap(standing, {"A": "P", "B": "P"}, 50)] == [1, 0]
    assert people.leave_one_out(standing)[0].down == ("A",)


@pytest.mark.parametrize("cost", [D(0), D(-1), None])
def test_costs_must_be_there(cost):
    table = ScoreTable.of([("A", "x", 1)])
    costs = {} if cost is None else {"A": cost}
    with pytest.raises(ValueError, match="item A needs a cost above 0"):
        Standing.of(table, Frozen(costs=costs, budget=D(1)))


def test_real_panels_at_the_line():
    rows, panels = panelled(100)
    standing = standing_of(rows, budget=100, places=2, method="trimmed", floor=D(60))
    found = people.bootstrap(standing, panels, 400)
    grey = [one for one in found if one.grey]
    assert 2 <= len(grey) <= 40
    assert sum(one.share for one in found) == pytest.approx(20)
