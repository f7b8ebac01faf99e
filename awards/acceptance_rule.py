"""Which grade (优良中差) points of a performance evaluation give. Plain Python."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum


class Grade(StrEnum):
    """Grades from best to worst; a poor project is not accepted."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


def grade_of(points: Decimal, bounds: Sequence[int]) -> Grade:
    """The grade of points from 0 to 100; `bounds` are where excellent, good and fair begin.

    A bound itself reaches its grade. Raises ValueError for other points or unordered bounds.
    """
    if not 0 <= points <= 100:
        raise ValueError("points are from 0 to 100")
    if len(bounds) != 3 or list(bounds) != sorted(bounds, reverse=True):
        raise ValueError("three falling bounds")
    for grade, bound in zip(Grade, bounds, strict=False):
        if points >= bound:
            return grade
    return Grade.POOR
