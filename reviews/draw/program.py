"""An exact minimiser of whole-number costs over yes-or-no columns, for very many columns.

The linear relaxation is solved over a few columns at first; columns that would still lower its
value are added until none is left, so its value bounds every choice from below although most
columns never entered. A column whose reduced cost exceeds the gap between that bound and the best
choice cannot be part of any best choice; what remains is small and is solved exactly by branch and
cut (HiGHS). scipy is imported where it is used: it takes half a second, which only a draw needs.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Indexes = NDArray[np.int64]

_LOWERS = 1e-7  # a reduced cost below minus this would lower the relaxation
_SLACK = 1e-5  # room for rounding wherever a column or a bound is let in rather than kept out


class NoChoice(ValueError):
    """No choice of columns satisfies the rows."""


@dataclass(frozen=True, slots=True)
class Program:
    """Choose columns so that for every row: lower ≤ sum of the chosen entries ≤ upper.

    `matrix` is a scipy CSC array, rows × columns.
    """

    matrix: Any
    lower: Numbers
    upper: Numbers

    @classmethod
    def of(cls, row: Indexes, column: Indexes, width: int, lower: Numbers, upper: Numbers) -> Self:
        """A program whose entries are 1 at each (row, column) and 0 elsewhere."""
        from scipy.sparse import csc_array

        entries = np.ones(row.size), (row, column)
        return cls(csc_array(entries, shape=(lower.size, width)), lower, upper)

    def only(self, columns: Indexes) -> "Program":
        """The program on these columns alone, without the rows that can no longer fail."""
        matrix = self.matrix[:, columns]
        filled = np.diff(matrix.tocsr().indptr) > 0
        rows = filled | (self.lower > 0) | (self.upper < 0)
        return Program(matrix[rows], self.lower[rows], self.upper[rows])

    def with_row(self, entries: Numbers, upper: float) -> "Program":
        """The program with one more row: the chosen entries total at most `upper`."""
        from scipy.sparse import csc_array, vstack

        matrix = vstack([self.matrix, csc_array(entries[np.newaxis, :])], format="csc")
        return Program(matrix, np.append(self.lower, -np.inf), np.append(self.upper, upper))

    def with_columns(self, row: Indexes) -> "Program":
        """The program with more columns, each of them a single 1 in the row given for it."""
        from scipy.sparse import csc_array, hstack

        entries = np.ones(row.size), (row, np.arange(row.size))
        added = csc_array(entries, shape=(self.lower.size, row.size))
        return replace(self, matrix=hstack([self.matrix, added], format="csc"))


@dataclass(frozen=True, slots=True)
class Best:
    """A best choice: its cost, its columns, and every column that any best choice could contain."""

    cost: int
    chosen: Indexes
    contenders: Indexes


@dataclass(frozen=True, slots=True)
class _Relaxed:
    """The relaxation: its value over all columns, what each would add to it, which ones it used."""

    value: float
    reduced: Numbers
    used: Indexes

    def within(self, gap: float) -> Indexes:
        """The columns that a choice no further than `gap` above the value may contain."""
        return np.flatnonzero(self.reduced <= gap + _SLACK)


def minimise(program: Program, costs: Numbers, start: Indexes) -> Best:
    """The cheapest choice. `costs` are whole; the columns in `start` must allow some choice.

    Raises NoChoice when they do not, or when no whole choice exists.
    """
    relaxed = _relax(program, costs, start)
    least = float(np.ceil(relaxed.value - _SLACK))  # costs are whole
    columns, gap = relaxed.used, least - relaxed.value
    covered = -1.0  # no column that could come this close to the value has been left out
    while True:
        picked = choose(program.only(columns), costs[columns])
        if picked is None and columns.size == costs.size:
            raise NoChoice("the rows contradict each other")
        if picked is None:
            gap = max(gap, 2 * covered + 1)
        else:
            chosen = columns[picked]
            cost = int(costs[chosen].sum())
            gap = cost - relaxed.value
            if cost <= least or gap <= covered + _SLACK:
                return Best(cost, chosen, relaxed.within(gap))
        columns, covered = relaxed.within(gap), gap


def _relax(program: Program, costs: Numbers, start: Indexes) -> _Relaxed:
    """Solve over the columns in `start`, then over more, until no column would lower the value."""
    active = np.zeros(costs.size, dtype=bool)
    active[start] = True
    while True:
        used = np.flatnonzero(active)
        value, prices = _solve_relaxation(program, costs, used)
        reduced = costs - program.matrix.T @ prices
        lowering = (reduced < -_LOWERS) & ~active
        if not lowering.any():
            return _Relaxed(value, reduced, used)
        active |= lowering


def _solve_relaxation(program: Program, costs: Numbers, columns: Indexes) -> tuple[float, Numbers]:
    """Value and row prices of the relaxation on some columns; untouched rows are priced 0."""
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    prices = np.zeros(program.lower.size)
    if not columns.size:
        if (program.lower > 0).any():
            raise NoChoice("there are no columns to start with")
        return 0.0, prices
    matrix = program.matrix[:, columns].tocsr()
    needed = (np.diff(matrix.indptr) > 0) | (program.lower > 0)
    equal = needed & (program.lower == program.upper)
    above = needed & ~equal & np.isfinite(program.upper)
    below = needed & ~equal & np.isfinite(program.lower)
    result = linprog(
        costs[columns],
        A_ub=vstack([matrix[above], -matrix[below]]),
        b_ub=np.concatenate([program.upper[above], -program.lower[below]]),
        A_eq=matrix[equal],
        b_eq=program.lower[equal],
        bounds=(0, 1),
        method="highs",
    )
    if result.status == 2:
        raise NoChoice("the columns to start with allow none")
    if result.status != 0:
        raise RuntimeError(f"the relaxation was not solved: {result.message}")
    prices[equal] = result.eqlin.marginals
    prices[above] += result.ineqlin.marginals[: above.sum()]
    prices[below] -= result.ineqlin.marginals[above.sum() :]
    return float(result.fun), prices


def choose(program: Program, costs: Numbers) -> Indexes | None:
    """The columns of a cheapest choice, no gap tolerated; None when there is no choice."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not costs.size:
        fails = (program.lower > 0).any() or (program.upper < 0).any()
        return None if fails else np.zeros(0, dtype=np.int64)
    result = milp(
        costs,
        integrality=np.ones(costs.size),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(program.matrix, program.lower, program.upper),
        options={"mip_rel_gap": 0},
    )
    if result.status == 2:
        return None
    if result.status != 0:
        raise RuntimeError(f"the choice was not solved: {result.message}")
    return np.flatnonzero(np.round(result.x) == 1)
