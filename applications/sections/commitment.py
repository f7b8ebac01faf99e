"""The last section: who signs for the firm, and who shall not review its dossier (申请回避)."""

from collections.abc import Iterator
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.fields import Field
from applications.named import PLACES, field_of
from applications.sections.spec import SectionSpec, long, text

_SIGNATURE, _NAMED = _("Signature"), _("Persons who shall not review this dossier")


def _person(place: int) -> Iterator[Field]:
    """Name, employer and reason of one person; wanted together or not at all (`crosschecks`)."""
    labels = {
        part: format_lazy(words, n=place)
        for part, words in (
            ("name", _("Not to review, person {n}: name")),
            ("employer", _("Not to review, person {n}: employer")),
            ("reason", _("Not to review, person {n}: reason")),
        )
    }
    hint = (
        _(
            "At most three, each with employer and reason; leave empty if there is nobody. Only "
            "your firm and the office that prepares the draw read this; it stands once you submit."
        )
        if place == PLACES[0]
        else ""
    )
    more: dict[str, Any] = {"required": False, "own": True, "group": _NAMED}
    yield text(field_of(place, "name"), labels["name"], hint, length=60, **more)
    yield text(field_of(place, "employer"), labels["employer"], **more)
    yield long(field_of(place, "reason"), labels["reason"], length=400, **more)


COMMITMENT = SectionSpec(
    "commitment",
    _("Commitment and signature"),
    _("Opens when the other nine sections are complete."),
    (
        text(
            "signatory",
            _("Who signs for the firm"),
            _("Legal representative or authorised person."),
            length=60,
            group=_SIGNATURE,
        ),
        text("position", _("Position"), length=60, group=_SIGNATURE),
        *(field for place in PLACES for field in _person(place)),
    ),
)
