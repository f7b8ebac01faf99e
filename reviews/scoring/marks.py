"""What an expert's mark on one leaf must satisfy."""

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from applications.sheet import Leaf, Problem

MIN_COMMENT: Final = 20  # characters, where the call says nothing else

MARK_PROBLEMS = MappingProxyType(
    {
        "score_missing": "give a score",
        "score_unreadable": "give the score as a number",
        "score_decimals": "give the score with at most two decimals",
        "score_range": "the score must lie between 0 and {max}",
        "tier_missing": "choose a tier",
        "tier_unknown": "there is no such tier",
        "tier_range": "this tier runs from {low} to {high}",
        "comment_short": "the score differs from the tier's {base}: give the reason in at least"
        " {needed} characters, {more} more to go",
    }
)
MARK_PROBLEM_KEYS: Final = tuple(MARK_PROBLEMS)


def comment_length(comment: str) -> int:
    """Characters of a comment that count: all but white space."""
    return len("".join(comment.split()))


def check_mark(
    leaf: Leaf,
    tier_index: int | None,
    score: Decimal | None,
    comment: str,
    min_comment: int = MIN_COMMENT,
) -> list[Problem]:
    """What is wrong with a mark on an expert leaf, empty when it may be signed.

    A score has at most two decimals and lies within its tier; away from the tier's base it needs a
    comment, so that an unusual mark can be understood later (domain rule: opinion compulsory).
    """
    problems = _score_problems(leaf, score)
    if tier_index is None:
        return [*problems, Problem(leaf.code, "tier_missing")]
    if not 0 <= tier_index < len(leaf.tiers):
        return [*problems, Problem(leaf.code, "tier_unknown")]
    if score is None or problems:
        return problems
    tier = leaf.tiers[tier_index]
    if not tier.holds(score):
        return [
            Problem(leaf.code, "tier_range", {"low": f"{tier.low:.2f}", "high": f"{tier.high:.2f}"})
        ]
    more = min_comment - comment_length(comment)
    if score != tier.base and more > 0:
        values = {"base": f"{tier.base:.2f}", "needed": str(min_comment), "more": str(more)}
        return [Problem(leaf.code, "comment_short", values)]
    return []


def asks_grounds(leaf: Leaf, score: Decimal | None, comment: str) -> bool:
    """Whether a mark is extreme, all the points of the leaf or none, and nothing is said of it.

    Grounds are asked for then and not required: the tier's own words stand for it.
    """
    return score is not None and score in (0, leaf.weight) and not comment_length(comment)


def tier_of(leaf: Leaf, score: Decimal) -> int | None:
    """The tier that a score falls into; None when it is out of range or between two hundredths."""
    return next((index for index, tier in enumerate(leaf.tiers) if tier.holds(score)), None)


def _score_problems(leaf: Leaf, score: Decimal | None) -> list[Problem]:
    if score is None:
        return [Problem(leaf.code, "score_missing")]
    if not score.is_finite():
        return [Problem(leaf.code, "score_unreadable")]
    if not 0 <= score <= leaf.weight:
        return [Problem(leaf.code, "score_range", {"max": f"{leaf.weight:.2f}"})]
    if score != round(score, 2):
        return [Problem(leaf.code, "score_decimals")]
    return []
