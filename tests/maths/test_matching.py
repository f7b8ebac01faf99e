"""Experts to single applications: compared with every filling there is, and with known traps."""

import hmac

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.matching import fair, total
from reviews.matching.exchange import improve
from reviews.matching.problem import Problem, Unfillable, violations
from tests.exhaustive import examples
from tests.maths.matchings import SEED, every_filling, pairs, problem, small_problems


def number(a, e):
    """The tie-break of one pair, by another implementation."""
    one, other = (
        int.from_bytes(hmac.digest(SEED, text.encode(), "sm3")[:8], "big") | 1
        for text in (f"application|a|{a}", f"expert|e|{e}")
    )
    return (one * other % 2**64) >> 32


def objective(of, chosen):
    worth = sum(int(of.affinity[a, e]) for a, e in chosen)
    return -worth, sum(number(of.applications[a], of.experts[e]) for a, e in chosen)


@settings(max_examples=examples(100), deadline=None)
@given(small_problems())
def test_the_total_is_the_greatest_and_ties_fall_to_the_keys(of):
    every = list(every_filling(of))
    if not every:
        with pytest.raises(Unfillable):
            total.assign(of, SEED)
        return
    found = total.assign(of, SEED)
    best = min(every, key=lambda chosen: objective(of, chosen))
    assert violations(of, found.pairs) == []
    chosen = list(zip(found.pairs.application.tolist(), found.pairs.expert.tolist(), strict=True))
    assert objective(of, chosen) == objective(of, best)
    assert found.total == -objective(of, best)[0]


@settings(max_examples=examples(100), deadline=None)
@given(small_problems())
def test_the_least_score_never_passes_the_bound_nor_the_best_there_is(of):
    every = list(every_filling(of))
    if not every:
        with pytest.raises(Unfillable):
            fair.assign(of)
        return
    found = fair.assign(of)
    assert violations(of, found.pairs) == []
    asked = of.wanted > 0

    def least(chosen):
        scores = pairs(chosen).scores(of)[asked]
        return int(scores.min()) if scores.size else 0

    best = max(map(least, every))
    assert found.least <= best <= found.bound
    assert found.least >= least(min(every, key=lambda chosen: objective(of, chosen)))


def test_the_least_score_is_nearly_always_the_best_there_is():
    """On two hundred small problems; what is missed is missed by little and never beyond."""
    rng = np.random.default_rng(5)
    reached = 0
    for _ in range(200):
        of = problem(rng.integers(0, 10, (4, 4)), 2, 2)
        best = max(int(pairs(chosen).scores(of).min()) for chosen in every_filling(of))
        found = fair.assign(of)
        assert found.least <= best
        reached += found.least == best
    assert reached >= 190


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_larger_problems_obey_every_rule_and_come_out_alike_twice(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    n, m = data.draw(st.integers(5, 60)), data.draw(st.integers(8, 40))
    wanted = data.draw(st.integers(1, 5))
    affinity = rng.integers(-1, data.draw(st.sampled_from([1, 4, 100])), (n, m))
    of = problem(affinity, wanted, -(-n * wanted // m) + data.draw(st.integers(0, 2)))
    try:
        first = total.assign(of, SEED)
    except Unfillable:
        return
    assert violations(of, first.pairs) == []
    assert total.assign(of, SEED).pairs.named(of) == first.pairs.named(of)
    even = fair.assign(of)
    assert violations(of, even.pairs) == []
    assert first.pairs.scores(of).min() <= even.least <= even.bound
    assert even.total <= first.total


def shuffled(of, rng):
    rows, columns = rng.permutation(len(of.applications)), rng.permutation(len(of.experts))
    return Problem(
        tuple(of.applications[i] for i in rows),
        tuple(of.experts[i] for i in columns),
        of.affinity[rows][:, columns],
        of.wanted[rows],
        of.load[columns],
    )


@pytest.mark.parametrize("high", [1, 2, 5, 50])
def test_the_order_in_which_things_are_listed_does_not_matter(high):
    rng = np.random.default_rng(high)
    of = problem(rng.integers(0, high, (40, 25)), 3, 6)
    named = total.assign(of, SEED).pairs.named(of)
    for _ in range(3):
        again = shuffled(of, rng)
        assert total.assign(again, SEED).pairs.named(again) == named
    assert total.assign(of, bytes(32)).pairs.named(of) != named or high == 50


def test_walking_down_the_list_would_strand_a_place():
    """E0 is the first choice of both, and the only one whom A1 may have."""
    of = problem([[9, 8], [9, -1]], 1, 1)
    assert total.assign(of, SEED).pairs.named(of) == [("A0", "E1"), ("A1", "E0")]


def test_a_chain_of_exchanges_is_found():
    """Each takes the next one's favourite; only the last expert is nobody's favourite."""
    rows = [[5, 4, -1, -1], [-1, 5, 4, -1], [-1, -1, 5, 4], [5, -1, -1, -1]]
    of = problem(rows, 1, 1)
    assert total.assign(of, SEED).pairs.named(of) == [
        ("A0", "E1"), ("A1", "E2"), ("A2", "E3"), ("A3", "E0"),
    ]  # fmt: skip


def test_what_cannot_be_filled_is_named_with_what_is_missing():
    of = problem([[1, 1], [1, -1], [-1, -1]], 1, 1)
    with pytest.raises(Unfillable, match="1 place stays empty: A2") as found:
        total.assign(of, SEED)
    assert found.value.short == {"A2": 1}
    with pytest.raises(Unfillable):
        fair.assign(of)
    crowded = problem([[1], [1], [1]], 1, 2)
    with pytest.raises(Unfillable) as found:
        total.assign(crowded, SEED)
    assert sum(found.value.short.values()) == 1


def test_the_fair_way_gives_up_total_for_the_one_who_came_off_badly():
    of = problem([[10, 9], [9, 1]], 1, 1)
    assert total.assign(of, SEED).total == 18
    rich = problem([[10, 4], [7, 0]], 1, 1)
    assert total.assign(rich, SEED).pairs.scores(rich).min() == 4
    poor = problem([[10, 3], [6, 0]], 1, 1)
    assert total.assign(poor, SEED).total == 10
    even = fair.assign(poor)
    assert (even.least, even.bound) == (3, 4)  # a fraction could reach 4.6


def test_a_whole_bound_may_be_out_of_reach_and_is_shown_all_the_same():
    """One good expert, two applications: half of the good one each, but nobody is divided."""
    of = problem([[4, 0], [4, 0]], 1, 1)
    found = fair.assign(of)
    assert (found.least, found.bound) == (0, 2)


def test_exchanges_lift_the_worst_and_let_nobody_fall_below_where_it_was():
    """Good experts go to the heavy applications first; the light ones get them back."""
    of = problem(np.outer(np.arange(1, 31), np.arange(1, 21)), 3, 5)
    before = total.assign(of, SEED).pairs
    after = improve(of, before, 10_000)
    assert violations(of, after) == []
    assert after.scores(of).min() > before.scores(of).min()
    found = fair.assign(of)
    assert after.scores(of).min() <= found.least <= found.bound


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"affinity": np.zeros((1, 1), dtype=float)}, "whole numbers"),
        ({"affinity": np.full((1, 1), -2)}, "between 0"),
        ({"affinity": np.zeros((2, 1), dtype=int)}, "must fit"),
        ({"wanted": np.array([-1])}, "less than nothing"),
        ({"applications": ("A0", "A0"), "affinity": np.zeros((2, 1), dtype=int),
          "wanted": np.array([1, 1])}, "once"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(change, words):
    given = {
        "applications": ("A0",),
        "experts": ("E0",),
        "affinity": np.zeros((1, 1), dtype=int),
        "wanted": np.array([1]),
        "load": np.array([1]),
    }
    with pytest.raises(ValueError, match=words):
        Problem(**{**given, **change})


def test_nobody_asked_is_nothing_done():
    of = problem([[1, 2]], 0, 1)
    assert total.assign(of, SEED).pairs.named(of) == []
    assert fair.assign(of).least == 0


def test_both_solvers_live_in_one_process():
    """OR-tools and scipy's own HiGHS, in either order."""
    from scipy.optimize import Bounds, milp

    of = problem([[1, 2], [2, 1]], 1, 1)
    for _ in range(2):
        assert total.assign(of, SEED).total == 4
        assert milp([1, 1], bounds=Bounds(1, 2), integrality=[1, 1]).fun == 2
