"""All orders of projects while one weight runs from 0 to 1, exactly.

A project is the line j + w·(q − j) over the weight w, with whole numbers q and j; the floor is a
level line. Between two crossings the order stands still, and at a crossing the lines that meet
change places; so the order is carried along instead of being sorted anew (a kinetic list).

A crossing is at w = p/r with whole p ≤ r. Where r < 2²⁶, two different crossings lie more than 2⁻⁵²
apart, while rounding moves each by at most 2⁻⁵⁴: as floats they keep their order and stay apart,
and equal ones are equal because division is rounded correctly. Points with two decimals stay far
below (r ≤ 24 000 with 60 points against 40); beyond it crossings are compared as fractions, which
is slower and just as exact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, groupby, pairwise
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np

from reviews.certainty.table import Indexes, Numbers

LARGEST: Final = 2**25  # of q and j, from 0 up: slopes then differ by less than 2²⁶
_ROWS: Final = 256  # lines whose crossings are found at once


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over the weight, in the order that decides ties: `q` at weight 1, `j` at weight 0."""

    q: tuple[int, ...]
    j: tuple[int, ...]

    @property
    def coarse(self) -> bool:
        """Whether floats tell all crossings apart."""
        return all(0 <= value < LARGEST for value in (*self.q, *self.j))

    def order(self, weight: Fraction) -> list[int]:
        """The lines best first at a weight; equals in their own order."""
        p, r = weight.numerator, weight.denominator
        value = [(r - p) * j + p * q for q, j in zip(self.q, self.j, strict=True)]
        return sorted(range(len(value)), key=lambda n: -value[n])

    def order_after(self, weight: Fraction) -> list[int]:
        """The lines best first just beyond a weight."""
        p, r = weight.numerator, weight.denominator
        value = [((r - p) * j + p * q, q - j) for q, j in zip(self.q, self.j, strict=True)]
        return sorted(range(len(value)), key=lambda n: (-value[n][0], -value[n][1]))


class Move(NamedTuple):
    """Neighbours that change places: the place of the first, their order at the weight itself,
    where ties decide, and just beyond it.
    """

    start: int
    at: list[int]
    after: list[int]


class Crossing(NamedTuple):
    """The lines that change places at the weight `part`/`whole`."""

    part: int
    whole: int
    moves: list[Move]

    @property
    def weight(self) -> Fraction:
        return Fraction(self.part, self.whole)


def crossings(lines: Lines, marks: Sequence[int]) -> Iterator[tuple[list[int], Crossing]]:
    """The order just before each crossing inside 0 < w < 1, and the crossing, in their order; only
    crossings where lines with different `marks` meet.

    The list is the sweep's own: it changes once the next crossing is asked for. The caller may
    change the marks meanwhile.
    """
    order = lines.order_after(Fraction(0))
    place = [0] * len(order)
    for n, line in enumerate(order):
        place[line] = n
    for pairs in _meetings(lines):
        if len(pairs) == 1:
            a, b = pairs[0]
            if marks[a] == marks[b]:  # nearly always: kept short
                here, there = place[a], place[b]
                order[here], order[there] = b, a
                place[a], place[b] = there, here
                continue
        crossing = _crossing(lines, order, place, pairs)
        if any(marks[line] != marks[move.at[0]] for move in crossing.moves for line in move.at):
            yield order, crossing
        for start, _, after in crossing.moves:
            order[start : start + len(after)] = after
            for n, line in enumerate(after, start):
                place[line] = n


def _meetings(lines: Lines) -> Iterator[Sequence[tuple[int, int]]]:
    """Pairs of lines that cross, those at one weight together, by weight."""
    if not lines.coarse:
        yield from _meetings_of_fractions(lines)
        return
    first, second, weight = _all_pairs(lines)
    by_weight = np.argsort(weight, kind="stable")
    first, second, weight = first[by_weight], second[by_weight], weight[by_weight]
    starts = np.flatnonzero(np.diff(weight, prepend=-1.0)).tolist()
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    for start, end in pairwise([*starts, len(pairs)]):
        yield pairs[start:end]


def _meetings_of_fractions(lines: Lines) -> Iterator[Sequence[tuple[int, int]]]:
    """The same by comparing fractions."""
    met = []
    for a, b in combinations(range(len(lines.q)), 2):
        rise = (lines.q[a] - lines.j[a]) - (lines.q[b] - lines.j[b])
        if rise and 0 < (weight := Fraction(lines.j[b] - lines.j[a], rise)) < 1:
            met.append((weight, (a, b)))
    met.sort()
    for _, together in groupby(met, key=itemgetter(0)):
        yield [pair for _, pair in together]


def _all_pairs(lines: Lines) -> tuple[Indexes, Indexes, Numbers]:
    """Every pair of lines that crosses strictly inside 0 and 1, and where, as floats."""
    q, j = np.array(lines.q, dtype=np.int64), np.array(lines.j, dtype=np.int64)
    slope = q - j
    found = []
    for start in range(0, q.size, _ROWS):
        rows = np.arange(start, min(start + _ROWS, q.size))
        rise = slope[rows, np.newaxis] - slope
        drop = j - j[rows, np.newaxis]
        inside = (drop * np.sign(rise) > 0) & (np.abs(drop) < np.abs(rise))
        inside &= np.arange(q.size) > rows[:, np.newaxis]
        row, column = np.nonzero(inside)
        found.append((rows[row], column, drop[row, column] / rise[row, column]))
    if not found:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, np.zeros(0)
    first, second, weight = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return first, second, weight


def _crossing(
    lines: Lines, order: list[int], place: list[int], pairs: Sequence[tuple[int, int]]
) -> Crossing:
    """What a set of pairs that meet at one weight does to the order."""
    q, j = lines.q, lines.j
    a, b = pairs[0]
    p, r = j[b] - j[a], (q[a] - j[a]) - (q[b] - j[b])
    if len(pairs) == 1:
        start = min(place[a], place[b])
        upper, lower = order[start], order[start + 1]
        at = [upper, lower] if upper < lower else [lower, upper]
        return Crossing(p, r, [Move(start, at, [lower, upper])])
    met: dict[int, list[int]] = {}
    for line in sorted({line for pair in pairs for line in pair}):
        met.setdefault((r - p) * j[line] + p * q[line], []).append(line)
    moves = []
    for at in met.values():
        start = min(place[line] for line in at)
        moves.append(Move(start, at, sorted(at, key=lambda line: j[line] - q[line])))
    return Crossing(p, r, moves)
