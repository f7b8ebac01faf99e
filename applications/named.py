"""申请回避: the persons a firm names who shall not review its dossier, at most three, with reasons.

Typed in the dossier's last section. Once submitted they are kept with the commitment, apart from
the sections that others read. Plain Python.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

PLACES: Final = (1, 2, 3)
PARTS: Final = ("name", "employer", "reason")


@dataclass(frozen=True, slots=True)
class Named:
    """One person as the firm named them; `place` is 1, 2 or 3."""

    place: int
    name: str
    employer: str
    reason: str


def field_of(place: int, part: str) -> str:
    """The section's field of one part, as `named_1_name`."""
    return f"named_{place}_{part}"


FIELDS: Final = frozenset(field_of(place, part) for place in PLACES for part in PARTS)


def plain(text: str) -> str:
    """A name for comparing: wide and narrow forms, case, spaces, dots and brackets are one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(mark for mark in folded if mark.isalnum())


def named_in(data: Mapping[str, str]) -> list[Named]:
    """The persons named in the section's stored values."""
    found = [Named(p, *(data.get(field_of(p, part), "") for part in PARTS)) for p in PLACES]
    return [person for person in found if person.name]


def frozen(data: Mapping[str, str]) -> list[dict[str, Any]]:
    """The same as a submission keeps it."""
    return [asdict(person) for person in named_in(data)]


def submitted(kept: Sequence[Mapping[str, Any]] | None) -> list[Named]:
    """What `frozen` kept, read again; None where a submission keeps nothing."""
    return [Named(**person) for person in kept or ()]


def without(data: Mapping[str, str]) -> dict[str, str]:
    """The section's values that others may read."""
    return {name: value for name, value in data.items() if name not in FIELDS}


def put_back(content: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The sections of a submission as its own firm filled them in."""
    persons = submitted(content.get("commitment", {}).get("named"))
    named = {field_of(p.place, part): getattr(p, part) for p in persons for part in PARTS}
    sections = {code: dict(values) for code, values in content["sections"].items()}
    return sections | {"commitment": sections.get("commitment", {}) | named}
