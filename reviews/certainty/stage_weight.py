"""What the weight of the hearing against the paper review decides, at every whole per cent.

The rules know whole per cent only, so that all weights there could have been are these: at each the
totals are added up and rounded, ties are broken and the line is drawn as the call does it. 0 is the
paper review alone among those heard, 100 the hearing alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Final

import numpy as np

from reviews.certainty.agreement import concordance
from reviews.certainty.line import Mode, fund
from reviews.certainty.quotas import FEN, NO_QUOTAS, Groups, Quotas
from reviews.certainty.table import Indexes, ScoreTable
from reviews.scoring import Points

SHIFTS: Final = (-10, -5, 5, 10)  # percentage points of the weight
WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project that was heard: points of each stage, two decimals, net new jobs, what it asks for
    in yuan, and the groups that quotas count it by.
    """

    id: str
    paper: Points
    hearing: Points
    jobs: Decimal
    cost: Decimal
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is frozen: the hearing's weight in per cent, tie keys, floor in points, money in yuan,
    mode.
    """

    percent: int
    ties: tuple[str, ...]
    floor: Decimal
    budget: Decimal
    mode: Mode
    quotas: Quotas = NO_QUOTAS


@dataclass(frozen=True, slots=True)
class Change:
    """At a weight in per cent: who gets more and who less, and how many change their place."""

    percent: int
    up: tuple[str, ...]
    down: tuple[str, ...]
    moved: int


@dataclass(frozen=True, slots=True)
class StageReport:
    """`low` to `high`, per cent: the weights around the frozen one at which the same are funded.
    `breaks`: where it changes, going up, against one per cent less. `shifts`: other weights against
    the frozen one, both ends included. `correlation`: Spearman's, of the two stages' totals; None
    with fewer than three projects or where a stage tells none apart.
    """

    percent: int
    low: int
    high: int
    breaks: tuple[Change, ...]
    shifts: tuple[Change, ...]
    correlation: float | None


def weigh_stages(candidates: Sequence[Candidate], rules: Rules) -> StageReport:
    """What the weight decides; what all keys leave equal goes in the order given."""
    course = _Course(candidates, rules)
    seen = [course.at(percent) for percent in range(WHOLE + 1)]
    low = high = rules.percent
    while low > 0 and seen[low - 1].fates == seen[rules.percent].fates:
        low -= 1
    while high < WHOLE and seen[high + 1].fates == seen[rules.percent].fates:
        high += 1
    near = {min(max(rules.percent + points, 0), WHOLE) for points in SHIFTS}
    return StageReport(
        rules.percent,
        low,
        high,
        tuple(
            course.change(n, seen[n - 1], seen[n])
            for n in range(1, WHOLE + 1)
            if seen[n - 1].fates != seen[n].fates
        ),
        tuple(course.change(n, seen[rules.percent], seen[n]) for n in sorted({0, *near, WHOLE})),
        _correlation(candidates),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What each candidate gets at a weight, and the place of each."""

    fates: bytes
    places: tuple[int, ...]


class _Course:
    """The candidates as whole numbers: points in hundredths, money in one unit."""

    def __init__(self, candidates: Sequence[Candidate], rules: Rules) -> None:
        self.candidates, self.rules = candidates, rules
        self.totals = [_hundredths([getattr(c, s).total for c in candidates]) for s in _STAGES]
        self.parts = [_hundredths([getattr(c, s).employment for c in candidates]) for s in _STAGES]
        self.jobs = _hundredths([c.jobs for c in candidates])
        sums = [Fraction(c.cost) for c in candidates]
        unit = lcm(FEN, *(value.denominator for value in (*sums, Fraction(rules.budget))))
        self.costs = [int(value * unit) for value in sums]
        self.budget = int(Fraction(rules.budget) * unit)
        quotas, groups = rules.quotas, [c.groups for c in candidates]
        self.groups = Groups.of(quotas, groups, self.budget) if quotas else None

    def at(self, percent: int) -> _Seen:
        """The line with the hearing at this weight."""
        total, employment = (_weighed(percent, *both) for both in (self.totals, self.parts))
        keys = {
            "employment": employment,
            "net_new_jobs": self.jobs,
            "quality": total - employment,
        }
        by = [total, *(keys[name] for name in self.rules.ties)]
        order = np.lexsort([-key for key in reversed(by)]).tolist()
        floor = int(self.rules.floor * 100)
        above = [n for n in order if total[n] >= floor]
        line = fund(above, self.costs, self.budget, self.rules.mode, self.groups)
        places = [0] * len(order)
        for place, n in enumerate(order):
            places[n] = place
        return _Seen(line.fates(len(order)), tuple(places))

    def change(self, percent: int, before: _Seen, after: _Seen) -> Change:
        names = [c.id for c in self.candidates]
        both = list(zip(names, before.fates, after.fates, strict=True))
        return Change(
            percent,
            tuple(sorted(name for name, old, new in both if new > old)),
            tuple(sorted(name for name, old, new in both if new < old)),
            sum(a != b for a, b in zip(before.places, after.places, strict=True)),
        )


_STAGES: Final = ("paper", "hearing")


def _hundredths(values: Sequence[Decimal]) -> Indexes:
    return np.array([int(value * 100) for value in values], dtype=np.int64)


def _weighed(percent: int, paper: Indexes, hearing: Indexes) -> Indexes:
    """Half up to hundredths, as `reviews.scoring.weigh`."""
    weighed: Indexes = (2 * (paper * (WHOLE - percent) + hearing * percent) + WHOLE) // (2 * WHOLE)
    return weighed


def _correlation(candidates: Sequence[Candidate]) -> float | None:
    table = ScoreTable.of(
        (c.id, stage, getattr(c, stage).total) for c in candidates for stage in _STAGES
    )
    return concordance(table).spearman
