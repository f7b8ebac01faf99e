"""The lead's overview: coverage, clocks, load. The database adds up: as many queries, and about as
long, for a hundred thousand open requests as for ten."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Count,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import Coalesce

from accounts.models import Region, RegionLevel
from applications.models import Application
from calendars.table import WorkingDays
from calendars.wording import day_of
from secretaries.models import (
    RequestStatus,
    ServiceRequest,
    ServiceSecretary,
    ServiceSettings,
)
from secretaries.rules import SERVED
from secretaries.selectors.candidates import is_served, on_leave
from secretaries.selectors.clocks import Timed, timed
from secretaries.selectors.leading import requests_for_lead
from secretaries.selectors.visiting import Visited, visited_by_secretary
from secretaries.service_rules import ServiceRules

SHOWN = 12  # clocks shown at once
NO_VISITS = Visited(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """One line's projects: with a secretary, and in all."""

    place: str
    served: int
    total: int

    @property
    def missing(self) -> int:
        return self.total - self.served


@dataclass(frozen=True, slots=True)
class Clocks:
    """Open requests by how their clocks stand."""

    fine: int = 0
    near: int = 0
    over: int = 0
    paused: int = 0

    @property
    def total(self) -> int:
        return self.fine + self.near + self.over + self.paused


@dataclass(frozen=True, slots=True)
class Load:
    """One secretary's projects, requests by clock, and projects visited as often as due."""

    secretary: ServiceSecretary
    place: str
    projects: int
    clocks: Clocks
    visits: Visited

    @property
    def visits_short(self) -> bool:
        return self.visits.short > 0


@dataclass(slots=True)
class Group:
    """The secretaries of one line."""

    place: str
    rows: list[Load] = field(default_factory=list)

    @property
    def projects(self) -> int:
        return sum(row.projects for row in self.rows)


@dataclass(frozen=True, slots=True)
class Board:
    rows: list[ServiceRequest]  # to decide, overdue or nearly due
    coverage: list[Coverage]
    clocks: Clocks
    urgent: list[Timed]  # near or over, the longest overdue first; the first few
    loads: list[Load]  # by line

    @property
    def served(self) -> int:
        return sum(row.served for row in self.coverage)

    @property
    def projects(self) -> int:
        return sum(row.total for row in self.coverage)

    @property
    def more(self) -> int:
        """Clocks near or over that are not among the first few."""
        return max(0, self.clocks.near + self.clocks.over - len(self.urgent))

    @property
    def visited(self) -> int:
        return sum(load.visits.enough for load in self.loads)

    @property
    def to_visit(self) -> int:
        return sum(load.visits.projects for load in self.loads)


def _projects(*, served: bool) -> Coalesce:
    """How many served projects a region has, or how many of them have a secretary."""
    rows = Application.objects.filter(region=OuterRef("pk"), status__in=SERVED)
    if served:
        rows = rows.filter(is_served())
    counted = rows.order_by().values("region").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class Lines:
    """The regions with their projects, and which line each stands in: the region that reports to
    the province."""

    def __init__(self) -> None:
        rows = list(
            Region.objects.exclude(level=RegionLevel.PROVINCE)
            .select_related("reports_to")
            .annotate(total=_projects(served=False), served=_projects(served=True))
            .order_by("code")
        )
        self.by_pk = {row.pk: row for row in rows}
        self.by_code = {row.code: row for row in rows}

    def head(self, region: Region) -> Region:
        above = region.reports_to
        return above if above and above.level != RegionLevel.PROVINCE else region

    def heads(self) -> list[Region]:
        return [r for r in self.by_pk.values() if r.in_zone and self.head(r).pk == r.pk]

    def coverage(self) -> list[Coverage]:
        found = {head.pk: [0, 0] for head in self.heads()}
        for row in self.by_pk.values():
            sums = found.setdefault(self.head(row).pk, [0, 0])
            sums[0] += row.served
            sums[1] += row.total
        return [Coverage(str(head), *found[head.pk]) for head in self.heads()]

    def place_of(self, codes: Iterable[str | None]) -> str:
        """The line of the first of these regions."""
        region = self.by_code.get(min((code for code in codes if code), default=""))
        return str(self.head(region)) if region else "—"


def board(now: datetime, table: WorkingDays) -> Board:
    """Everything the overview shows at this instant, its clocks by the working days in force."""
    lines, today = Lines(), day_of(now)
    by_secretary = _clocks_by_secretary(now, today)
    rows = requests_for_lead(now, near=today)
    return Board(
        rows=rows,
        coverage=lines.coverage(),
        clocks=_sum(by_secretary.values()),
        urgent=timed(_urgent(rows, now, today), now, table),
        loads=_loads(today, lines, by_secretary),
    )


def state_counts(now: datetime, today: date) -> dict[str, Count]:
    """Aggregates over open requests: how many are paused, over, near, and in all."""
    return {
        "paused": Count("pk", filter=Q(finish__due_at__isnull=True)),
        "over": Count("pk", filter=Q(finish__due_at__lt=now)),
        "near": Count("pk", filter=Q(finish__due_at__gte=now, finish__near_on__lte=today)),
        "total": Count("pk"),
    }


def _clocks_by_secretary(now: datetime, today: date) -> dict[int | None, Clocks]:
    """By secretary; those of projects that nobody serves under None."""
    lead = FilteredRelation(
        "application__service_assignments",
        condition=Q(
            application__service_assignments__valid_to__isnull=True,
            application__service_assignments__role="lead",
        ),
    )
    rows = (
        ServiceRequest.objects.filter(status=RequestStatus.OPEN)
        .annotate(lead=lead)
        .values("lead__secretary")
        .annotate(**state_counts(now, today))
        .order_by()
    )
    return {row["lead__secretary"]: _counted(dict(row)) for row in rows}


def _counted(row: dict[str, Any]) -> Clocks:
    late = row["near"] + row["over"] + row["paused"]
    return Clocks(row["total"] - late, row["near"], row["over"], row["paused"])


def _sum(parts: Iterable[Clocks]) -> Clocks:
    listed = list(parts)
    return Clocks(*(sum(getattr(c, n) for c in listed) for n in ("fine", "near", "over", "paused")))


def _urgent(rows: Iterable[ServiceRequest], now: datetime, today: date) -> list[ServiceRequest]:
    """Those whose settlement is near or over, by when they are due; the first few."""
    due = [
        (row.finish.due_at, row.pk, row)
        for row in rows
        if row.status == RequestStatus.OPEN and row.finish.due_at is not None
        if row.finish.due_at < now or row.finish.near_on <= today
    ]
    return [row for _due, _pk, row in sorted(due)[:SHOWN]]


def _loads(today: date, lines: Lines, by_secretary: dict[int | None, Clocks]) -> list[Load]:
    rows = list(
        ServiceSecretary.objects.filter(user__is_active=True)
        .filter(Q(active_to__isnull=True) | Q(active_to__gte=today))
        .select_related("user", "unit")
        .annotate(
            away=on_leave(today),
            codes=ArrayAgg("regions__code", default=[]),
            numbers=Subquery(ServiceSettings.objects.order_by("-version").values("values")[:1]),
        )
        .order_by("pk")
    )
    set_by = ServiceRules.from_data(rows[0].numbers or {}) if rows else ServiceRules()
    visits = visited_by_secretary(today, set_by)
    loads = [
        Load(
            row,
            lines.place_of(row.codes),
            visits.get(row.pk, NO_VISITS).projects,
            by_secretary.get(row.pk, Clocks()),
            visits.get(row.pk, NO_VISITS),
        )
        for row in rows
    ]
    order = {str(head): place for place, head in enumerate(lines.heads())}
    loads.sort(key=lambda load: (order.get(load.place, len(order)), load.secretary.pk))
    return loads


def grouped(loads: Iterable[Load]) -> list[Group]:
    """Neighbours of one line together; of a page of the loads."""
    groups: list[Group] = []
    for load in loads:
        if not groups or groups[-1].place != load.place:
            groups.append(Group(load.place))
        groups[-1].rows.append(load)
    return groups
