"""The sentences for what the pure scoring modules report by key."""

from django.utils.translation import gettext as _

from applications.sheet import Problem


def problem_text(problem: Problem) -> str:
    """What is wrong with a mark, in the reader's language, saying what is wanted."""
    texts = {
        "mark_missing": _("No score yet."),
        "tier_missing": _("Choose a tier first."),
        "comment_missing": _("The score differs from the tier's base score: give your grounds."),
    }
    return texts.get(problem.key, str(problem))
