import random
import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from reviews.certainty.knapsack import knapsack
from tests.exhaustive import examples

projects = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 12)), max_size=9)


# as many points for the money, yet not as much with the places: the bound needs the latter
@example([(9, 3), (3, 1), (1, 1), (7, 2)], 3)
@settings(max_examples=examples(300), deadline=None)
@given(projects, st.integers(0, 40))
def test_no_other_set_has_more_points_or_as_many_and_better_places(pool, budget):
    points, costs = [p for p, _ in pool], [c for _, c in pool]
    packed = knapsack(points, costs, budget, [])
    assert sum(costs[n] for n in packed.chosen) <= budget

    def worth(chosen):
        return sum(points[n] for n in chosen), sum(len(pool) - n for n in chosen)

    sets = [s for size in range(len(pool) + 1) for s in combinations(range(len(pool)), size)]
    best = max(worth(s) for s in sets if sum(costs[n] for n in s) <= budget)
    assert worth(packed.chosen) == best
    last = max(packed.chosen, default=-1)
    assert packed.passed_over == sum(n not in packed.chosen for n in range(last + 1))


def test_by_hand():
    # the first costs all the money; the two behind it have more points together
    packed = knapsack([90, 80, 70, 60], [10, 5, 5, 6], 10, [0])
    assert (packed.chosen, packed.passed_over, packed.gained) == ((1, 2), 1, 60)


def test_nothing_to_choose():
    assert knapsack([], [], 5, []).chosen == ()
    assert knapsack([10], [6], 5, []).chosen == ()
    assert knapsack([0, 5], [1, 1], 5, []).chosen == (1,)


def test_points_too_fine_to_add_up_are_refused():
    with pytest.raises(ValueError, match="too fine"):
        knapsack([2**61, 5], [1, 1], 5, [])


def test_as_good_as_branch_and_cut_on_two_thousand_and_within_seconds():
    dice = random.Random(7)
    points = sorted((dice.randint(6000, 9500) for _ in range(2000)), reverse=True)
    costs = [dice.randint(1_000_000, 30_000_000) for _ in points]
    began = time.process_time()
    packed = knapsack(points, costs, 3_000_000_000, [])
    assert time.process_time() - began < 10
    solved = milp(
        -np.array(points),
        constraints=LinearConstraint(np.array(costs) / 1e6, ub=3000),
        integrality=1,
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0},
    )
    assert sum(points[n] for n in packed.chosen) == round(-solved.fun)
    assert sum(costs[n] for n in packed.chosen) <= 3_000_000_000
