"""The ten sections of a dossier, in order, with their fields. What the formulas read is marked."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.fields import Field, FieldProblem
from applications.sections.commitment import COMMITMENT
from applications.sections.merits import ATTACHMENTS, EMPLOYMENT, GREEN, MARKET, TECHNOLOGY
from applications.sections.project import FIRM, INVESTMENT, LAND_PERMITS, PROJECT
from applications.sections.spec import SectionSpec

SECTIONS: Final = (
    FIRM,
    PROJECT,
    INVESTMENT,
    LAND_PERMITS,
    TECHNOLOGY,
    MARKET,
    GREEN,
    EMPLOYMENT,
    ATTACHMENTS,
    COMMITMENT,
)
BY_CODE: Final[dict[str, SectionSpec]] = {spec.code: spec for spec in SECTIONS}
CODES: Final = tuple(BY_CODE)
FIGURE_FIELDS: Final = {f.name: spec.code for spec in SECTIONS for f in spec.fields if f.figure}


def read(code: str, data: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str | Promise]]:
    """Stored values of a section and, by field, what is wrong. Unknown fields are refused too."""
    clean: dict[str, str] = {}
    problems: dict[str, str | Promise] = {}
    spec = BY_CODE[code]
    for field in spec.fields:
        try:
            clean[field.name] = field.read(data.get(field.name))
        except FieldProblem as problem:
            problems[field.name] = problem.message
    for name in data.keys() - {f.name for f in spec.fields}:
        problems[name] = _("The section has no field of this name.")
    return clean, problems


def missing(code: str, data: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields of a section that must be filled in and are not."""
    return tuple(f for f in BY_CODE[code].fields if f.wanted(data) and not data.get(f.name))


def wanted(code: str, data: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields of a section that must be filled in, filled in or not."""
    return tuple(f for f in BY_CODE[code].fields if f.wanted(data))
