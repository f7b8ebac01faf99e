"""The ranking and its line, recomputed many times with some experts counting more than once or not
at all. Exact in whole numbers, the same aggregation as the call's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import lcm

import numpy as np
from numpy.typing import NDArray

from reviews.certainty.line import Line, Mode, fund
from reviews.certainty.quotas import FEN, NO_QUOTAS, Groups, Quotas
from reviews.certainty.table import Indexes, Numbers, ScoreTable
from reviews.scoring import Method

Whole = Indexes
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Frozen:
    """What a call has frozen beside the scores.

    `costs`, `budget` in yuan. `base`: points an item has without experts (formula leaves), 0 where
    missing. `floor` in points of the total; None: no floor. `places`: decimals that the aggregate
    is rounded to, half up; None: not rounded. `ties`: items in the order in which equal totals go.
    `members`: the groups of each item that `quotas` count by.
    """

    costs: Mapping[str, Decimal]
    budget: Decimal
    mode: Mode = "strict"
    method: Method = "mean"
    trim_from: int = 5
    floor: Decimal | None = None
    places: int | None = None
    base: Mapping[str, Decimal] = field(default_factory=dict)
    ties: tuple[str, ...] = ()
    quotas: Quotas = NO_QUOTAS
    members: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A table with what is frozen, as arrays.

    `items` in the order of ties. `marks`: items × most scores of an item, whole numbers of
    1/`unit`, ascending along a row; `seats`: whose they are, the place in `table.experts`; `there`:
    which cells hold a mark.
    """

    table: ScoreTable
    frozen: Frozen
    items: tuple[str, ...]
    marks: Whole
    seats: Whole
    there: Whole
    unit: int

    @classmethod
    def of(cls, table: ScoreTable, frozen: Frozen) -> "Standing":
        """Raises ValueError for an item without cost or a cost that is not above 0."""
        for item in table.items:
            if frozen.costs.get(item, Decimal(0)) <= 0:
                raise ValueError(f"item {item} needs a cost above 0")
        order = {item: n for n, item in enumerate(frozen.ties)}
        items = sorted(table.items, key=lambda item: (order.get(item, len(order)), item))
        unit = lcm(*(score.denominator for score in table.scores)) if table.scores else 1
        given: dict[str, list[tuple[int, int]]] = {item: [] for item in items}
        for index, score in enumerate(table.scores):
            item = table.items[table.item[index]]
            given[item].append((int(score * unit), int(table.expert[index])))
        width = max((len(marks) for marks in given.values()), default=0) or 1
        marks, seats, there = (np.zeros((len(items), width), dtype=np.int64) for _ in range(3))
        for row, item in enumerate(items):
            for column, (mark, seat) in enumerate(sorted(given[item])):
                marks[row, column], seats[row, column], there[row, column] = mark, seat, 1
        return cls(table, frozen, tuple(items), marks, seats, there, unit)

    @property
    def seed(self) -> str:
        """What random draws are seeded with: SM3 of all scores, hex."""
        return self.table.digest()

    def kept(self, counts: Whole) -> Whole:
        """The counts, but an item left without any of its experts keeps its own marks."""
        nobody = counts.sum(axis=-1, keepdims=True) == 0
        return np.where(nobody, self.there, counts)

    @cached_property
    def costs(self) -> tuple[list[int], int]:
        """Costs and budget in one whole unit."""
        sums = [Fraction(self.frozen.costs[item]) for item in self.items]
        budget = Fraction(self.frozen.budget)
        unit = lcm(FEN, *(value.denominator for value in (*sums, budget)))
        return [int(value * unit) for value in sums], int(budget * unit)

    @cached_property
    def bases(self) -> tuple[Whole, int]:
        """What items have without experts, in one whole unit, and that unit."""
        base = [Fraction(self.frozen.base.get(item, Decimal(0))) for item in self.items]
        fine = lcm(*(value.denominator for value in base)) if base else 1
        return np.array([int(value * fine) for value in base], dtype=np.int64), fine

    def points(self, counts: Whole) -> Numbers:
        """Totals, … × items, with each mark counted so often (… × items × marks); NaN: no score.

        As floats that are equal where the exact totals are and in their order: whole numbers,
        divided once.
        """
        above, below, scored = self.aggregated(self.marks, counts)
        whole, fine = self.bases
        total = (above * fine + whole * below) / (below * fine)
        return np.where(scored, total, np.nan)

    def aggregated(self, marks: Whole, counts: Whole) -> tuple[Whole, Whole, Flags]:
        """What the experts give, … × items, as numerator and denominator, and whether any did."""
        above, below = centres(marks, counts, self.frozen.method, self.frozen.trim_from)
        scored = below > 0
        below = np.where(scored, below, 1) * self.unit
        places = self.frozen.places
        if places is not None:
            ten: int = 10**places
            doubled = 2 * np.abs(above) * ten + below
            above, below = np.sign(above) * (doubled // (2 * below)), np.full_like(below, ten)
        return above, below, scored

    def merits(self) -> Numbers:
        """What a sum of points adds up, per item, never below 0: the total; where less is better,
        what it stays below the worst score; where scores lie below 0, what it exceeds the least.
        """
        points = self.points(self.there)
        scores = [float(score) for score in self.table.scores]
        if self.table.order == "asc":
            return max(scores, default=0.0) - points
        return points - min(0.0, *scores, 0.0)

    def order(self, points: Numbers) -> list[int]:
        """The items that are ranked, as their places in `items`, best first."""
        towards = points * self.table.sign
        ranked = ~np.isnan(points)
        if self.frozen.floor is not None:
            ranked &= points >= float(self.frozen.floor)
        by_points = np.argsort(-np.where(ranked, towards, -np.inf), kind="stable")
        found: list[int] = by_points[: int(ranked.sum())].tolist()
        return found

    def line(self, order: Sequence[int]) -> Line:
        """The line down an order of places in `items`."""
        costs, budget = self.costs
        return fund(order, costs, budget, self.frozen.mode, self._groups)

    @cached_property
    def _groups(self) -> Groups | None:
        members = [self.frozen.members.get(item, {}) for item in self.items]
        quotas = self.frozen.quotas
        return Groups.of(quotas, members, self.costs[1]) if quotas else None


def centres(marks: Whole, counts: Whole, method: Method, trim_from: int) -> tuple[Whole, Whole]:
    """Mean, trimmed mean or median along the last axis as numerator and denominator; 0 / 0 of none.

    `marks` ascend along the last axis; each counts as often as `counts` says. Trimming leaves out
    one highest and one lowest from `trim_from` marks on.
    """
    many = counts.sum(axis=-1)
    if method == "median":
        passed = counts.cumsum(axis=-1)
        middle = (_at(marks, passed, (many - 1) // 2), _at(marks, passed, many // 2))
        return np.where(many > 0, middle[0] + middle[1], 0), np.where(many > 0, 2, 0)
    total = (counts * marks).sum(axis=-1)
    if method == "mean":
        return total, many
    trims = many >= max(trim_from, 3)
    passed = counts.cumsum(axis=-1)
    ends = _at(marks, passed, np.zeros_like(many)) + _at(marks, passed, many - 1)
    return np.where(trims, total - ends, total), np.where(trims, many - 2, many)


def _at(marks: Whole, passed: Whole, place: Whole) -> Whole:
    """The mark at a place, counted from 0, when each stands there as often as it counts."""
    column = (passed <= place[..., np.newaxis]).sum(axis=-1)
    column = np.clip(column, 0, max(marks.shape[-1] - 1, 0))
    rows = np.broadcast_to(np.arange(marks.shape[0]), column.shape)
    found: Whole = marks[rows, column]
    return found
