"""The sentences for what the pure scoring modules report by key."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.sheet import Problem

MARK_PROBLEMS: dict[str, Promise] = {
    "score_missing": _("No score yet."),
    "score_unreadable": _("Enter the score as a number, as 4.50."),
    "score_decimals": _("Enter the score with at most two decimals."),
    "score_range": _("Enter a score from 0 to {max}."),
    "tier_missing": _("Choose a tier first."),
    "tier_unknown": _("Choose one of the tiers."),
    "tier_range": _(
        "The tier chosen runs from {low} to {high}; change the score or choose another tier."
    ),
    "comment_short": _(
        "The score differs from the tier's base of {base}: give your grounds in at least {needed} "
        "characters, {more} more to go."
    ),
}

ASKS_GROUNDS = _("All the points, or none: please give your grounds.")


def problem_text(problem: Problem) -> str:
    """What is wrong with a mark, in the reader's language, saying what is wanted."""
    words = MARK_PROBLEMS.get(problem.key)
    return str(words).format(**problem.values) if words is not None else str(problem)
