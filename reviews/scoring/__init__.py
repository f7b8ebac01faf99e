"""Points of a dossier: formula leaves from its figures, expert leaves from marks, and their
aggregate.

Plain Python on Decimal and Fraction: exact, rounded half up once per leaf and once per aggregate.
"""

from applications.figures import Figures, FiguresError
from reviews.scoring.aggregation import (
    METHODS,
    ExpertSum,
    Given,
    Method,
    Score,
    aggregate,
    centre,
    combine,
    shares,
    sums,
)
from reviews.scoring.computing import (
    NOTE_KEYS,
    VETO_KEYS,
    Computed,
    Input,
    compute,
    subtotal,
    vetoes,
)
from reviews.scoring.marks import (
    MARK_PROBLEM_KEYS,
    MIN_COMMENT,
    asks_grounds,
    check_mark,
    comment_length,
    tier_of,
)
from reviews.scoring.rounding import half_up
from reviews.scoring.stages import Points, points_of, weigh

__all__ = [
    "MARK_PROBLEM_KEYS",
    "METHODS",
    "MIN_COMMENT",
    "NOTE_KEYS",
    "VETO_KEYS",
    "Computed",
    "ExpertSum",
    "Figures",
    "FiguresError",
    "Given",
    "Input",
    "Method",
    "Points",
    "Score",
    "aggregate",
    "asks_grounds",
    "centre",
    "check_mark",
    "combine",
    "comment_length",
    "compute",
    "half_up",
    "points_of",
    "shares",
    "subtotal",
    "sums",
    "tier_of",
    "vetoes",
    "weigh",
]
