"""Who may stand in for a project's secretary."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from secretaries.models import Leave, ServiceAssignment, ServiceSecretary
from secretaries.selectors.candidates import CODES, LOAD, by_role, project_of


class Unfit(StrEnum):
    """Why somebody cannot stand in."""

    TERM = "term"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class StandIn:
    """A secretary who might stand in. `away`: the first and last day of the leave that meets the
    lead secretary's; `local`: serves the project's place."""

    id: int
    name: str
    unit: str
    load: int
    max_load: int
    local: bool
    unfit: Unfit | None
    away: tuple[date, date] | None


def leaves_ahead(assignment: ServiceAssignment, today: date) -> QuerySet[Leave]:
    """The lead secretary's leave from today on: the days that somebody stands in."""
    return Leave.objects.filter(
        secretary=assignment.secretary_id, cancelled_at__isnull=True, last_day__gte=today
    ).order_by("first_day")


def stand_ins(assignment: ServiceAssignment, today: date) -> list[StandIn]:
    """Everybody but the lead secretary: who may, who serves the place, the fewest projects first.
    One query; the application's region and whom it reports to loaded."""
    leads = leaves_ahead(assignment, today).filter(
        first_day__lte=OuterRef("last_day"), last_day__gte=OuterRef("first_day")
    )
    clash = Leave.objects.filter(
        Exists(leads), secretary=OuterRef("pk"), cancelled_at__isnull=True, last_day__gte=today
    ).order_by("first_day")
    rows = (
        by_role()
        .exclude(pk=assignment.secretary_id)
        .select_related("user", "unit")
        .annotate(
            load=LOAD,
            codes=CODES,
            away_from=Subquery(clash.values("first_day")[:1]),
            away_to=Subquery(clash.values("last_day")[:1]),
        )
    )
    places = project_of(assignment.application).regions
    found = [_stand_in(row, places, today) for row in rows]
    return sorted(found, key=lambda s: (s.unfit is not None, not s.local, s.load, s.id))


def still_fits(assignment: ServiceAssignment, today: date) -> bool:
    """Whether the one who stands in there may go on doing so."""
    if assignment.backup_id is None:
        return False
    fit = (one.id for one in stand_ins(assignment, today) if one.unfit is None)
    return assignment.backup_id in fit


def unserved(
    secretary: ServiceSecretary, leaves: Collection[Leave]
) -> dict[int, list[ServiceAssignment]]:
    """By each leave of the secretary, the projects that nobody serves on a day of it: nobody stands
    in, or the other one is on leave too. Two queries, whatever the number of leaves."""
    served = ServiceAssignment.objects.filter(
        Q(secretary=secretary) | Q(backup=secretary), valid_to__isnull=True, role="lead"
    )
    rows = list(served.select_related("application", "secretary__user", "backup__user"))
    others = {pk for row in rows for pk in (row.secretary_id, row.backup_id)} - {secretary.pk}
    away = list(Leave.objects.filter(secretary__in=others, cancelled_at__isnull=True))
    found: dict[int, list[ServiceAssignment]] = {}
    for leave in leaves:
        meets = {
            other.secretary_id
            for other in away
            if other.first_day <= leave.last_day and other.last_day >= leave.first_day
        }
        alone = [row for row in rows if _is_alone(row, secretary, meets)]
        if alone:
            found[leave.pk] = alone
    return found


def _is_alone(row: ServiceAssignment, secretary: ServiceSecretary, away: Collection[int]) -> bool:
    """Whether nobody is left at a project when the secretary goes and these are away."""
    if row.secretary_id == secretary.pk:
        return row.backup_id is None or row.backup_id in away
    return row.secretary_id in away


def _stand_in(row: Any, places: Collection[str], today: date) -> StandIn:
    in_term = row.active_from <= today and (row.active_to is None or today <= row.active_to)
    away = (row.away_from, row.away_to) if row.away_from else None
    unfit = None if in_term else Unfit.TERM
    return StandIn(
        id=row.pk,
        name=row.user.name,
        unit=row.unit.name,
        load=row.load,
        max_load=row.max_load,
        local=not set(places).isdisjoint(row.codes),
        unfit=unfit or (Unfit.LEAVE if away else None),
        away=away,
    )
