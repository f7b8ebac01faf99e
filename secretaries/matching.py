"""Who serves which project: the rules of appointment, as plain Python.

A candidate serves a project's place and industry, is on duty and carries fewer projects than
allowed. Of those, the fewest projects first; then who was appointed longest ago (never: first);
then the lowest number. So the outcome depends on the facts alone, and anybody can retrace it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Why(StrEnum):
    """The first rule that rules a candidate out, in the order the rules are asked."""

    REGION = "region"
    TERM = "term"
    INDUSTRY = "industry"
    LOAD = "load"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Project:
    """A project's place (codes of its region and whom that reports to) and industry."""

    regions: tuple[str, ...]
    industry: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A secretary as the rules see one. `industries` empty: serves all."""

    id: int
    name: str
    regions: frozenset[str]
    industries: frozenset[str]
    load: int
    max_load: int
    in_term: bool = True
    on_leave: bool = False
    last_appointed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen one and the next best (None when nobody), who was ruled out and why."""

    chosen: Candidate | None
    backup: Candidate | None
    eligible: tuple[int, ...]
    ruled_out: dict[int, Why] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many of those who serve the place each rule ruled out, and how many there are."""
        local = Counter(why for why in self.ruled_out.values() if why is not Why.REGION)
        total = len(self.eligible) + local.total()
        return {"local": total, **{why.value: local[why] for why in Why if why is not Why.REGION}}


def ruled_out_by(project: Project, candidate: Candidate) -> Why | None:
    """The first rule that rules the candidate out, or None."""
    if candidate.regions.isdisjoint(project.regions):
        return Why.REGION
    if not candidate.in_term:
        return Why.TERM
    if candidate.industries and project.industry not in candidate.industries:
        return Why.INDUSTRY
    if candidate.load >= candidate.max_load:
        return Why.LOAD
    if candidate.on_leave:
        return Why.LEAVE
    return None


def order_key(candidate: Candidate) -> tuple[int, float, int]:
    """Sorts the best first: load, instant of the last appointment, number."""
    last = candidate.last_appointed
    return candidate.load, last.timestamp() if last else float("-inf"), candidate.id


def choose(project: Project, candidates: Iterable[Candidate]) -> Choice:
    """Apply the rules. The order in which the candidates come does not matter."""
    fit: list[Candidate] = []
    full: list[Candidate] = []  # may still stand in for a colleague on leave
    out: dict[int, Why] = {}
    for candidate in candidates:
        why = ruled_out_by(project, candidate)
        if why is None:
            fit.append(candidate)
        else:
            out[candidate.id] = why
            if why is Why.LOAD and not candidate.on_leave:
                full.append(candidate)
    fit.sort(key=order_key)
    reserves = [*fit[1:], *(sorted(full, key=order_key) if fit else ())]
    return Choice(
        chosen=fit[0] if fit else None,
        backup=reserves[0] if reserves else None,
        eligible=tuple(c.id for c in fit),
        ruled_out=dict(sorted(out.items())),
    )


def explain(project: Project, choice: Choice) -> dict[str, Any]:
    """The reason kept with an appointment, JSON-able: the facts the rules looked at."""
    chosen = choice.chosen
    if chosen is None:
        return {"by": "rules", **choice.counts}
    place = next(code for code in project.regions if code in chosen.regions)
    return {
        "by": "rules",
        "region": place,
        "industry": project.industry if chosen.industries else "",
        "load": chosen.load,
        "max_load": chosen.max_load,
        "candidates": len(choice.eligible),
        "last_appointed": chosen.last_appointed.isoformat() if chosen.last_appointed else "",
        **{f"out_{name}": n for name, n in choice.counts.items() if name != "local"},
    }
