"""Whether a person whom a firm named (申请回避) is an expert of the pool. Plain Python.

The same name at the same employer, or the same name where no employer was given and nobody else
in the pool has it, is the same person. The same name elsewhere may be: an officer decides. Once
somebody is found for certain, others of that name are other people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applications.named import Named, plain


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert as the pool knows them."""

    expert: int
    name: str
    employer: str


def by_name(candidates: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    """The candidates under their names as these are compared."""
    found: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        found.setdefault(plain(candidate.name), []).append(candidate)
    return found


def matches(person: Named, known: Mapping[str, list[Candidate]]) -> list[tuple[Candidate, bool]]:
    """Who of the pool the person is for certain (True), or may be (False); `known` by name."""
    namesakes = known.get(plain(person.name), [])
    employer = plain(person.employer)
    if not employer:
        return [(candidate, len(namesakes) == 1) for candidate in namesakes]
    certain = [c for c in namesakes if plain(c.employer) == employer]
    if certain:
        return [(candidate, True) for candidate in certain]
    return [(candidate, False) for candidate in namesakes]
