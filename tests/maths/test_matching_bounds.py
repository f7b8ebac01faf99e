"""Ours beside what MinMax and FairFlow of openreview-matcher could reach at most: computed here by
another solver, from the published objectives alone.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from bench import bounds
from reviews.matching import duality, fair, total
from reviews.matching.problem import BARRED, Unfillable
from tests.exhaustive import examples
from tests.maths.matchings import SEED, problem, small_problems


def rows(of):
    """The pairs that may be, and the rows that every filling obeys: (matrix, lower, upper)."""
    a, e = np.nonzero(of.affinity != BARRED)
    wanted = (np.arange(of.wanted.size)[:, None] == a).astype(float)
    load = (np.arange(of.load.size)[:, None] == e).astype(float)
    lower = np.r_[of.wanted, np.zeros(of.load.size)]
    return a, e, np.vstack([wanted, load]), lower, np.r_[of.wanted, of.load]


def greatest_total(of) -> float:
    """MinMax's objective without least loads: a transport problem, by linear programming."""
    a, e, matrix, lower, upper = rows(of)
    n = of.wanted.size
    found = linprog(-of.affinity[a, e], matrix[n:], upper[n:], matrix[:n], lower[:n], bounds=(0, 1))
    assert found.status == 0
    return -found.fun


def greatest_least(of, *, whole: bool) -> float:
    """The max-min objective of the fair matchers: exactly, or with pairs that may be divided."""
    a, e, matrix, lower, upper = rows(of)
    asked = np.flatnonzero(of.wanted)
    worth = (asked[:, None] == a) * of.affinity[a, e]
    matrix = np.block([[matrix, np.zeros((matrix.shape[0], 1))],
                       [worth, -np.ones((asked.size, 1))]])  # fmt: skip
    rules = LinearConstraint(
        matrix, np.r_[lower, np.zeros(asked.size)], np.r_[upper, np.full(asked.size, np.inf)]
    )
    found = milp(
        np.r_[np.zeros(a.size), -1.0],
        integrality=np.r_[np.full(a.size, int(whole)), 0],
        bounds=Bounds(0, np.r_[np.ones(a.size), np.inf]),
        constraints=rules,
        options={"mip_rel_gap": 0},
    )
    assert found.status == 0
    return -found.fun


@settings(max_examples=examples(60), deadline=None)
@given(small_problems(), st.data())
def test_no_total_passes_the_bound_and_ours_reaches_it(of, data):
    try:
        ours = total.assign(of, SEED).total
    except Unfillable:
        return
    if (of.affinity != BARRED).any():
        assert ours == pytest.approx(greatest_total(of), abs=1e-6)
    assert ours == duality.most(of, duality.prices(of))
    some = data.draw(st.lists(st.integers(0, 12), min_size=of.load.size, max_size=of.load.size))
    assert duality.most(of, np.array(some)) >= ours


@pytest.mark.parametrize("high", [2, 4, 101])
def test_the_total_is_not_below_the_optimum_that_minmax_cannot_pass(high):
    rng = np.random.default_rng(high)
    of = problem(rng.integers(-1, high, (40, 25)), 3, 6)
    assert total.assign(of, SEED).total == pytest.approx(greatest_total(of), abs=1e-6)


@pytest.mark.parametrize(("high", "seed"), [(h, s) for h in (4, 10, 101) for s in range(4)])
def test_the_least_score_is_not_below_what_is_guaranteed(high, seed):
    """FairFlow guarantees nothing; FairIR, its sibling, one greatest affinity below the optimum of
    the relaxation. Nothing passes the exact optimum, from which ours is at most a hundredth of the
    relaxation away here, and mostly not at all.
    """
    rng = np.random.default_rng(seed)
    of = problem(rng.integers(0, high, (12, 10)), 3, 4)
    found = fair.assign(of)
    relaxed, exact = greatest_least(of, whole=False), greatest_least(of, whole=True)
    assert bounds.fairir(of, int(np.ceil(relaxed - 1e-6))) <= found.least
    assert found.least <= round(exact) <= found.bound
    assert found.bound >= np.floor(relaxed + 1e-6)
    assert found.least >= round(exact) - max(1, round(relaxed / 100))
