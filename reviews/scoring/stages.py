"""Paper review and hearing in one: each stage's points by its weight, rounded half up once.

Both come as they are printed, with two decimals, so that anybody can do the sum by hand. Employment
is rounded by itself, because it decides ties; quality is total less employment and carries the
residue, at most 0.01, as within one stage.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from reviews.scoring.aggregation import Score
from reviews.scoring.rounding import half_up


@dataclass(frozen=True, slots=True)
class Points:
    """quality + employment == total, two decimals."""

    quality: Decimal
    employment: Decimal

    @property
    def total(self) -> Decimal:
        return self.quality + self.employment


def points_of(score: Score) -> Points | None:
    """One stage's; None without any complete set of marks."""
    if score.quality is None or score.employment is None:
        return None
    return Points(score.quality, score.employment)


def weigh(paper: Points | None, hearing: Points | None, percent: int) -> Points | None:
    """Both stages, the hearing with `percent` of the weight; None while one of them is missing."""
    if paper is None or hearing is None:
        return None
    employment = _weighted(paper.employment, hearing.employment, percent)
    return Points(_weighted(paper.total, hearing.total, percent) - employment, employment)


def _weighted(paper: Decimal, hearing: Decimal, percent: int) -> Decimal:
    return half_up((Fraction(paper) * (100 - percent) + Fraction(hearing) * percent) / 100)
