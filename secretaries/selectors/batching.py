"""What a batch appointment would do, before it is made."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from applications.models import Application
from secretaries import batch, rules
from secretaries.matching import Candidate
from secretaries.models import ServiceSecretary
from secretaries.selectors.candidates import (
    WAITING_SINCE,
    by_role,
    is_served,
    judged,
    project_of,
)


@dataclass(frozen=True, slots=True)
class Given:
    """A project that somebody would get, and who would stand in there."""

    application: Application
    backup: str


@dataclass(frozen=True, slots=True)
class Taker:
    """A secretary, the projects that would come, and the load before and after."""

    name: str
    unit: str
    before: int
    after: int
    most: int
    given: list[Given]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who would get what, by name; the projects nobody is free for, with the counts of why;
    `digest` tells this outcome from others."""

    takers: list[Taker]
    left: list[tuple[Application, dict[str, int]]]
    digest: str

    @property
    def given(self) -> int:
        return sum(len(taker.given) for taker in self.takers)

    @property
    def waiting(self) -> int:
        return self.given + len(self.left)


def waiting_projects() -> QuerySet[Any]:
    """Awarded and not served, by number."""
    return (
        Application.objects.filter(status__in=rules.SERVED)
        .exclude(is_served())
        .annotate(waiting_since=WAITING_SINCE)
        .select_related("firm", "region__reports_to", "industry")
        .order_by("number", "pk")
    )


def plan(today: date) -> Plan:
    """What appointing all that wait would come to on this day. Two queries."""
    rows = {row.pk: row for row in waiting_projects()}
    known = judged(by_role(), today)
    people = [one for _row, one in known]
    projects = {pk: project_of(row) for pk, row in rows.items()}
    found = batch.assign(projects, people, {pk: row.waiting_since for pk, row in rows.items()})
    why = batch.counts_of_left(found, projects, people)
    return Plan(
        takers=_takers(found, rows, known),
        left=[(rows[pk], why[pk]) for pk in found.left],
        digest=found.digest,
    )


def _takers(
    found: batch.Assigned,
    rows: dict[int, Application],
    known: list[tuple[ServiceSecretary, Candidate]],
) -> list[Taker]:
    names = {one.id: one.name for _row, one in known}
    given: dict[int, list[Given]] = defaultdict(list)
    for pk, row in rows.items():
        if pk in found.pairs:
            backup = names.get(found.backups[pk] or 0, "")
            given[found.pairs[pk]].append(Given(row, backup))
    takers = [
        Taker(one.name, row.unit.name, one.load, one.load + len(mine), one.max_load, mine)
        for row, one in known
        if (mine := given.get(one.id))
    ]
    return sorted(takers, key=lambda taker: (taker.unit, taker.name))
