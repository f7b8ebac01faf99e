"""What the weight of quality against employment decides, exactly.

At weight w a project's share of all points is w·Q/maxQ + (1 − w)·J/maxJ; at the frozen weight
maxQ/(maxQ + maxJ) that is its total. The funded set is followed over every w from 0 to 1: it can
change only where two lines cross, or one crosses the floor, and the line is drawn anew only where
lines of different fate meet. Every weight reported is an exact fraction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import Final

import numpy as np

from reviews.certainty.line import Line, Mode, first_in_line, fund
from reviews.certainty.quotas import FEN, NO_QUOTAS, Groups, Quotas
from reviews.certainty.sweep import Crossing, Lines, crossings
from reviews.certainty.table import Indexes

SHIFTS: Final = (-10, -5, 5, 10)  # percentage points of the weight
_FIRST, _FLOOR = 254, 255  # marks beside the fates of a line


@dataclass(frozen=True, slots=True)
class Project:
    """A project's points of the two dimensions, two decimals, what it asks for in yuan, and the
    groups that quotas count it by.
    """

    id: str
    quality: Decimal
    employment: Decimal
    cost: Decimal
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is frozen: most points of each dimension, floor in points of their sum, money, mode."""

    max_quality: Decimal
    max_employment: Decimal
    floor: Decimal
    budget: Decimal
    mode: Mode
    quotas: Quotas = NO_QUOTAS

    @property
    def weight(self) -> Fraction:
        """The frozen weight of quality."""
        return Fraction(self.max_quality) / Fraction(self.max_quality + self.max_employment)


@dataclass(frozen=True, slots=True)
class End:
    """One end of an interval of weights; whether it belongs to it."""

    weight: Fraction
    included: bool


@dataclass(frozen=True, slots=True)
class Break:
    """Where the funded set changes, going up from 0.

    `up`: projects that get more than before, `down`: less. `at`: whether the new set already holds
    at the weight itself, where equal totals go by the tie keys.
    """

    weight: Fraction
    at: bool
    up: tuple[str, ...]
    down: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """The weight moved by so many percentage points, at most to 0 or 1.

    `moved`: id, place before and after, of every project whose place changes.
    """

    points: int
    weight: Fraction
    up: tuple[str, ...]
    down: tuple[str, ...]
    moved: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The weights nearest to the frozen one at which a project without money would get some, and
    would be first in line: the first without money that the budget could pay for. None: at no
    weight. The weight itself may be the open end of the interval where it is so.
    """

    id: str
    funded: Fraction | None
    first: Fraction | None


@dataclass(frozen=True, slots=True)
class WeightReport:
    """Everything about the weight; ids of `funded` in their order at the frozen weight."""

    frozen: Fraction
    funded: tuple[str, ...]
    partial: str | None
    low: End
    high: End
    breaks: tuple[Break, ...]
    shifts: tuple[Shift, ...]
    nearest: tuple[Nearest, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """From `weight` on, itself included if `at`: what each project gets, who is first in line."""

    weight: Fraction
    at: bool
    fate: bytes
    first: int | None


def weigh(projects: Sequence[Project], setting: Setting) -> WeightReport:
    """What the weight decides. Equal totals go by the order in which `projects` are given.

    Raises ValueError for a project given twice.
    """
    if len({project.id for project in projects}) < len(projects):
        raise ValueError("a project is given twice")
    lines = _lines(projects, setting)
    course = _Course(lines, projects, setting)
    pieces = course.pieces()
    frozen = setting.weight
    here = max(
        n for n, p in enumerate(pieces) if p.weight < frozen or (p.weight == frozen and p.at)
    )
    low, high = _interval(pieces, here)
    order = lines.order(frozen)
    line = course.line(order)
    return WeightReport(
        frozen=frozen,
        funded=tuple(projects[n].id for n in line.funded),
        partial=None if line.partial is None else projects[line.partial].id,
        low=low,
        high=high,
        breaks=_breaks(pieces, projects),
        shifts=tuple(_shift(points, lines, course, projects, frozen) for points in SHIFTS),
        nearest=_nearest(pieces, here, projects, frozen),
    )


def _lines(projects: Sequence[Project], setting: Setting) -> Lines:
    """The projects as whole-numbered lines, and last, so that who reaches it is above it, the
    floor.
    """
    most_q, most_j = Fraction(setting.max_quality), Fraction(setting.max_employment)
    q = [Fraction(project.quality) / most_q for project in projects]
    j = [Fraction(project.employment) / most_j for project in projects]
    level = Fraction(setting.floor) / (most_q + most_j)
    values = [*q, *j, level]
    unit = lcm(*(value.denominator for value in values))
    whole = [int(value * unit) for value in values]
    common = gcd(*whole) or 1
    whole = [value // common for value in whole]
    count = len(projects)
    return Lines((*whole[:count], whole[-1]), (*whole[count:-1], whole[-1]))


class _Course:
    """The funded set followed over the weight. Project numbers; the floor is the number after."""

    def __init__(self, lines: Lines, projects: Sequence[Project], setting: Setting) -> None:
        wanted = [Fraction(project.cost) for project in projects]
        unit = lcm(FEN, *(sum_.denominator for sum_ in (*wanted, Fraction(setting.budget))))
        self.lines, self.floor, self.mode = lines, len(projects), setting.mode
        self.costs = [int(sum_ * unit) for sum_ in wanted]
        self.budget = int(Fraction(setting.budget) * unit)
        quotas, groups = setting.quotas, [project.groups for project in projects]
        self.groups = Groups.of(quotas, groups, self.budget) if quotas else None
        self.found: list[_Piece] = []
        self.marks = [0] * (len(projects) + 1)

    def line(self, order: Sequence[int]) -> Line:
        """The line down an order of all projects and the floor."""
        above = order[: order.index(self.floor)]
        return fund(above, self.costs, self.budget, self.mode, self.groups)

    def pieces(self) -> list[_Piece]:
        """The funded set from 0 to 1, one piece for each change of it or of who is first."""
        self.found = []
        self._see(Fraction(0), self.lines.order(Fraction(0)), at=True)
        self._see(Fraction(0), self.lines.order_after(Fraction(0)), at=False)
        for order, crossing in crossings(self.lines, self.marks):
            self._pass(order, crossing)
        self._see(Fraction(1), self.lines.order(Fraction(1)), at=True)
        return self.found

    def _pass(self, order: Sequence[int], crossing: Crossing) -> None:
        """Look at the weight of a crossing, and just beyond it."""
        at, after = list(order), list(order)
        for start, tied, swapped in crossing.moves:
            at[start : start + len(tied)] = tied
            after[start : start + len(tied)] = swapped
        self._see(crossing.weight, at, at=True)
        self._see(crossing.weight, after, at=False)

    def _see(self, weight: Fraction, order: Sequence[int], *, at: bool) -> None:
        line = self.line(order)
        fate = line.fates(self.floor)
        above = order[: order.index(self.floor)]
        first = first_in_line(above, line, self.costs, self.budget)
        if not self.found or (self.found[-1].fate, self.found[-1].first) != (fate, first):
            self.found.append(_Piece(weight, at, fate, first))
            self._mark(fate, first)

    def _mark(self, fate: bytes, first: int | None) -> None:
        """Alike is who may change places without changing the line: of one fate, but for the first
        in line. Under quotas a place may open or close a group, so that nobody is like another.
        """
        if self.groups is not None:
            self.marks[:] = range(len(fate) + 1)
            return
        self.marks[:] = [*fate, _FLOOR]
        if first is not None:
            self.marks[first] = _FIRST


def _interval(pieces: Sequence[_Piece], here: int) -> tuple[End, End]:
    """How far the funded set of a piece reaches."""
    start = end = here
    while start and pieces[start - 1].fate == pieces[here].fate:
        start -= 1
    while end + 1 < len(pieces) and pieces[end + 1].fate == pieces[here].fate:
        end += 1
    low = End(pieces[start].weight, pieces[start].at)
    if end + 1 == len(pieces):
        return low, End(Fraction(1), included=True)
    return low, End(pieces[end + 1].weight, not pieces[end + 1].at)


def _changes(
    before: bytes, after: bytes, projects: Sequence[Project]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who gets more and who gets less, sorted."""
    up = sorted(p.id for n, p in enumerate(projects) if after[n] > before[n])
    down = sorted(p.id for n, p in enumerate(projects) if after[n] < before[n])
    return tuple(up), tuple(down)


def _breaks(pieces: Sequence[_Piece], projects: Sequence[Project]) -> tuple[Break, ...]:
    found = []
    for before, after in pairwise(pieces):
        if before.fate != after.fate:
            up, down = _changes(before.fate, after.fate, projects)
            found.append(Break(after.weight, after.at, up, down))
    return tuple(found)


def _shift(
    points: int, lines: Lines, course: _Course, projects: Sequence[Project], frozen: Fraction
) -> Shift:
    weight = min(max(frozen + Fraction(points, 100), Fraction(0)), Fraction(1))
    before, after = lines.order(frozen), lines.order(weight)
    first, second = (course.line(order).fates(course.floor) for order in (before, after))
    up, down = _changes(first, second, projects)
    places = []
    for order in (before, after):
        ranked = (line for line in order if line != course.floor)
        places.append({line: n for n, line in enumerate(ranked, 1)})
    moved = tuple(
        (project.id, places[0][n], places[1][n])
        for n, project in enumerate(projects)
        if places[0][n] != places[1][n]
    )
    return Shift(points, weight, up, down, moved)


def _nearest(
    pieces: Sequence[_Piece], here: int, projects: Sequence[Project], frozen: Fraction
) -> tuple[Nearest, ...]:
    gets = np.array([np.frombuffer(piece.fate, dtype=np.uint8) for piece in pieces]) > 0
    first = np.zeros_like(gets)
    for n, piece in enumerate(pieces):
        if piece.first is not None:
            first[n, piece.first] = True
    return tuple(
        Nearest(
            project.id,
            _closest(np.flatnonzero(gets[:, n]), pieces, here, frozen),
            _closest(np.flatnonzero(first[:, n]), pieces, here, frozen),
        )
        for n, project in enumerate(projects)
        if not gets[here, n]
    )


def _closest(
    where: Indexes, pieces: Sequence[_Piece], here: int, frozen: Fraction
) -> Fraction | None:
    """The weight nearest to the frozen one in any of these pieces."""
    candidates = []
    if (before := where[where < here]).size:
        candidates.append(pieces[int(before[-1]) + 1].weight)
    if (after := where[where > here]).size:
        candidates.append(pieces[int(after[0])].weight)
    if (where == here).any():
        candidates.append(frozen)
    return min(candidates, key=lambda weight: (abs(weight - frozen), weight), default=None)
