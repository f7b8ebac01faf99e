"""The quarterly appraisal of a secretary as plain formulas. No Django.

Each indicator is a share of its weight; where there was nothing to judge (no request fell due, no
firm gave a mark), it is left out and the others are scaled up to 100. Half cents go up.
"""

from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

HUNDREDTH = Decimal("0.01")
INDICATORS = ("on_time", "satisfaction", "visits", "milestones", "data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a quarter was: requests answered or fallen due and those in time; the firms' marks
    (1-5) and their sum; visits due and made (at most those due); milestones planned and reached in
    time; records looked at and those that were whole and entered in time."""

    due: int = 0
    in_time: int = 0
    marks: int = 0
    marks_sum: int = 0
    visits_due: int = 0
    visits_made: int = 0
    planned: int = 0
    reached: int = 0
    records: int = 0
    whole: int = 0

    def to_data(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Appraised:
    """Points by indicator (None: nothing to judge) and the score of 100 (None: nothing at all)."""

    points: dict[str, Decimal | None]
    score: Decimal | None


def shares(counts: Counts) -> dict[str, Decimal | None]:
    """How much of its weight each indicator earns, from 0 to 1. Marks: (mean - 1) / 4."""
    return {
        "on_time": _share(counts.in_time, counts.due),
        "satisfaction": _share(counts.marks_sum - counts.marks, 4 * counts.marks),
        "visits": _share(min(counts.visits_made, counts.visits_due), counts.visits_due),
        "milestones": _share(counts.reached, counts.planned),
        "data": _share(counts.whole, counts.records),
    }


def appraise(counts: Counts, weights: dict[str, int]) -> Appraised:
    """Points = weight x share; score = 100 x points / weights of what could be judged."""
    earned = shares(counts)
    exact = {
        name: None if share is None else share * weights[name] for name, share in earned.items()
    }
    judged = sum(weights[name] for name, share in earned.items() if share is not None)
    total = sum((value for value in exact.values() if value is not None), Decimal(0))
    return Appraised(
        {name: None if value is None else _cents(value) for name, value in exact.items()},
        _cents(total * 100 / judged) if judged else None,
    )


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None


def _cents(value: Decimal) -> Decimal:
    return value.quantize(HUNDREDTH, ROUND_HALF_UP)
