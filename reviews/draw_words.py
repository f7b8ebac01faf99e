"""A draw in words: its states, what is checked when it is computed again, and what differs."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from reviews.models import Draw

DRAW_STATES: Mapping[str, Promise] = {
    "prepared": pgettext_lazy("state of a draw", "numbers to be sealed"),
    "committed": pgettext_lazy("state of a draw", "both numbers sealed"),
    "drawn": pgettext_lazy("state of a draw", "drawn"),
    "void": pgettext_lazy("state of a draw", "void"),
}
CHECKED: tuple[Promise, ...] = (
    _("The list of candidates is the one whose digest was shown beforehand."),
    _("Both revealed numbers are those that were sealed."),
    _("The seed follows from the list and both numbers."),
    _("Every seat is filled by somebody who fits it and is not barred too often."),
    _("Nobody sits twice on a panel or on too many panels; no two share an employer."),
    _("Every dossier keeps experts enough who may score it."),
    _("Every place in the drawn order, and every seat, follows from the seed."),
    _("No other filling of the seats stands higher in the drawn order."),
    _("Each replacement is the next in the drawn order."),
    _("Frozen, sealed, revealed, drawn, replaced: the recorded instants stand in this order."),
)
CHECKED_OF_MATCHING: tuple[Promise, ...] = (
    *CHECKED[:3],
    _("Every dossier has its experts, nobody is barred from one or has more than allowed."),
    _("The sum of how well they fit, and the least of one dossier, are as stated."),
    _("The matching is the one that list and seed determine; none passes the bound."),
    _("Each replacement is the next in order who could take over the dossiers."),
    CHECKED[-1],
)
# The sentences of `reviews.draw.certificate.reproduce`, in plain words; the original stands beside.
_DIFFERENCES: tuple[tuple[re.Pattern[str], Promise], ...] = (
    (re.compile(r"the input is not"), _("The list of candidates is not the one that was frozen.")),
    (re.compile(r"secret is not the one"), _("A revealed number is not the one that was sealed.")),
    (
        re.compile(r"the seed does not"),
        _("The seed does not follow from the list and both numbers."),
    ),
    (
        re.compile(r"matching"),
        _("Who was matched with what does not follow from the list and the seed."),
    ),
    (re.compile(r"has rank"), _("A place in the drawn order is not what the seed gives.")),
    (re.compile(r"a better filling"), _("The seats were not filled as the drawn order asks.")),
    (re.compile(r"replacement \d+"), _("A replacement is not the next in the drawn order.")),
    (re.compile(r"public value"), _("The public value was not used as it was named beforehand.")),
    (
        re.compile(r"the step|times|record"),
        _("An instant, a reason or a place in the log is not the one that was recorded."),
    ),
)


def difference_words(problem: str) -> str:
    """A fault found in a draw, in plain words."""
    known = next((words for found, words in _DIFFERENCES if found.search(problem)), None)
    return str(known) if known is not None else gettext("The result breaks a rule of the draw.")


def figure_words(draw: Draw) -> list[tuple[str, str]]:
    """The figures of a matching beside the bound that none can pass; empty for panels."""
    if not draw.figures:
        return []
    aim = draw.input["matching"]["aim"]
    return [
        (gettext("Sum of how well the experts fit"), str(draw.figures["total"])),
        (gettext("Least of one dossier"), str(draw.figures["least"])),
        (
            gettext("No matching reaches a greater sum than")
            if aim == "total"
            else gettext("No matching reaches a greater least than"),
            str(draw.figures["bound"]),
        ),
    ]


def verification(found: list[str], *, matched: bool = False) -> dict[str, Any]:
    """What computing a draw again found (see `certificate.reproduce`), for reading."""
    return {
        "holds": not found,
        "problems": [(difference_words(text), text) for text in found],
        "checked": CHECKED_OF_MATCHING if matched else CHECKED,
    }
