"""Small matchings for tests, and the same matching done by trying everything."""

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from reviews.matching.problem import BARRED, Pairs, Problem

SEED = bytes(range(32))


def problem(affinity, wanted, load):
    """`affinity` as rows; `wanted` and `load` as one number or a list."""
    table = np.array(affinity, dtype=np.int64)
    n, m = table.shape
    return Problem(
        tuple(f"A{i}" for i in range(n)),
        tuple(f"E{i}" for i in range(m)),
        table,
        np.broadcast_to(np.array(wanted), (n,)).astype(np.int64),
        np.broadcast_to(np.array(load), (m,)).astype(np.int64),
    )


def every_filling(given):
    """All fillings, each as a list of (application, expert)."""

    def rest(a, load):
        if a == len(given.applications):
            yield []
            return
        able = [e for e in range(len(load)) if load[e] and given.affinity[a, e] != BARRED]
        for some in combinations(able, int(given.wanted[a])):
            left = [free - (e in some) for e, free in enumerate(load)]
            for more in rest(a + 1, left):
                yield [*((a, e) for e in some), *more]

    yield from rest(0, given.load.tolist())


def pairs(chosen):
    table = np.array(sorted(chosen), dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1])


@st.composite
def small_problems(draw):
    """So small that everything can be tried, so tight that walking down lists strands places."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    value = st.sampled_from(draw(st.sampled_from([(0, 1), (-1, 0, 1, 2), (-1, 0, 3, 7, 10)])))
    rows = draw(st.lists(st.lists(value, min_size=m, max_size=m), min_size=n, max_size=n))
    wanted = draw(st.lists(st.integers(0, min(2, m)), min_size=n, max_size=n))
    load = draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))
    return problem(rows, wanted, load)
