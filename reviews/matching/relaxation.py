"""The greatest least score as a linear program: its value bounds every filling from above."""

from dataclasses import dataclass

import numpy as np

from reviews.matching.problem import BARRED, Ints, Problem

SMALL = 40_000  # pairs up to which the program is solved; beyond it takes longer than it is worth
_WHOLE = 1_000_000  # a share of 1
_SLACK = 1e-6


@dataclass(frozen=True)
class Relaxed:
    """`shares` in millionths, applications × experts; `bound` the value, rounded down."""

    shares: Ints
    bound: int


def relax(problem: Problem) -> Relaxed:
    """Solve it over all pairs. The problem must have a filling."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack, vstack

    a, e = np.nonzero(problem.affinity != BARRED)
    n, m = problem.affinity.shape
    pairs, ones = np.arange(a.size), np.ones(a.size)
    asked = np.flatnonzero(problem.wanted > 0)
    shares = np.zeros((n, m), dtype=np.int64)
    if not asked.size:
        return Relaxed(shares, 0)
    worth = csr_array((problem.affinity[a, e].astype(float), (a, pairs)), shape=(n, a.size))
    least = hstack([-worth[asked], csr_array(np.ones((asked.size, 1)))])
    loads = hstack([csr_array((ones, (e, pairs)), shape=(m, a.size)), csr_array((m, 1))])
    wanted = hstack([csr_array((ones, (a, pairs)), shape=(n, a.size)), csr_array((n, 1))])
    found = linprog(
        np.r_[np.zeros(a.size), -1.0],
        A_ub=vstack([least, loads], format="csr"),
        b_ub=np.r_[np.zeros(asked.size), problem.load],
        A_eq=wanted.tocsr(),
        b_eq=problem.wanted,
        bounds=[(0, 1)] * a.size + [(0, None)],
        method="highs",
    )
    if found.status != 0:
        raise RuntimeError(f"the relaxation was not solved: {found.message}")
    shares[a, e] = np.round(found.x[:-1] * _WHOLE).astype(np.int64)
    return Relaxed(shares, int(np.floor(-found.fun + _SLACK)))
