"""The figures of a dossier that are looked at on the spot (现场核查), in stored form.

Every input of the formulas but the sum asked for: that is a wish, frozen at the submission, and
not a fact. Found values are read by the same rules as the applicant's.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from applications.fields import NO, YES, Field, FieldProblem
from applications.figures import PERMITS, UNITS
from applications.sections import BY_CODE, FIGURE_FIELDS

CATALOGUE_MATCH: Final = Field(
    "catalogue_match",
    "choice",
    _("Industry in the catalogue"),
    _("By what is really made there."),
    choices=(
        ("cluster", _("in the catalogue and in a named cluster of the place")),
        ("catalogue", _("in the catalogue only")),
        ("encouraged", _("encouraged by the national catalogue only")),
        ("none", _("in none of them")),
        ("restricted", _("restricted or phased out")),
    ),
)


def _checked() -> dict[str, Field]:
    specs = {
        f.name: f for code in dict.fromkeys(FIGURE_FIELDS.values()) for f in BY_CODE[code].fields
    }
    # There may be nothing on the spot, whatever an applicant must enter at least.
    found = {
        name: replace(specs[name], least=Decimal(0))
        for name in FIGURE_FIELDS
        if name != "requested_yuan"
    }
    return {**found, CATALOGUE_MATCH.name: CATALOGUE_MATCH}


CHECKED: Final[Mapping[str, Field]] = MappingProxyType(_checked())


def unit_of(name: str) -> str:
    """yuan, mu, persons, yes_no or choice."""
    return "yes_no" if name in PERMITS else UNITS.get(name, "choice")


def stored(name: str, raw: object) -> str:
    """A submission's value in the form that found values have, so that the two can be compared."""
    if name in PERMITS:
        return YES if raw in (True, "true", "True", YES) else NO
    try:
        return CHECKED[name].read(raw)
    except FieldProblem:  # what an older rule let pass is shown as it is
        return str(raw)


def corrected(figures: Mapping[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """A submission's figures with the values found in their place."""
    return {
        **figures,
        **{name: value == YES if name in PERMITS else value for name, value in found.items()},
    }
