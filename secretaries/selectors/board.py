"""The lead's overview: coverage, clocks, load. Seven queries whatever the size."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, FilteredRelation, Q

from accounts.models import Region, RegionLevel
from applications.models import Application
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from secretaries.models import (
    AppointmentGap,
    RequestStatus,
    ServiceRequest,
    ServiceSecretary,
    Visit,
)
from secretaries.rules import SERVED
from secretaries.selectors.candidates import on_leave
from secretaries.selectors.clocks import Clock, clock_of


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
class Ticking:
    """An open request with its clock and who answers for it."""

    request: ServiceRequest
    clock: Clock
    secretary: str


@dataclass(slots=True)
class Load:
    """One secretary's projects, requests by clock, and visits this week."""

    secretary: ServiceSecretary
    projects: int = 0
    fine: int = 0
    near: int = 0
    over: int = 0
    visits: int = 0

    @property
    def visits_short(self) -> bool:
        return self.visits < self.projects


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
    gaps: list[AppointmentGap]
    coverage: list[Coverage]
    ticking: list[Ticking]  # open requests, the most overdue first
    contested: list[ServiceRequest]  # answered twice, not accepted: the lead decides
    groups: list[Group]
    visits: int
    projects: int

    @property
    def served(self) -> int:
        return sum(row.served for row in self.coverage)

    @property
    def fine(self) -> int:
        return len(self.ticking) - self.near - self.over

    @property
    def near(self) -> int:
        return sum(row.clock.near for row in self.ticking)

    @property
    def over(self) -> int:
        return sum(bool(row.clock.over) for row in self.ticking)

    @property
    def loads(self) -> list[Load]:
        return [row for group in self.groups for row in group.rows]


class Lines:
    """Which line each region stands in: the region that reports to the province."""

    def __init__(self) -> None:
        rows = list(
            Region.objects.exclude(level=RegionLevel.PROVINCE)
            .select_related("reports_to")
            .order_by("code")
        )
        self.by_pk = {row.pk: row for row in rows}
        self.by_code = {row.code: row for row in rows}

    def head(self, region: Region) -> Region:
        above = region.reports_to
        return above if above and above.level != RegionLevel.PROVINCE else region

    def heads(self) -> list[Region]:
        return [r for r in self.by_pk.values() if r.in_zone and self.head(r).pk == r.pk]


def week_of(today: date) -> date:
    """The Monday of the week."""
    return today - timedelta(days=today.weekday())


def board(now: datetime) -> Board:
    """Everything the overview shows at this instant."""
    today, lines = day_of(now), Lines()
    projects = _projects()
    requests = list(
        ServiceRequest.objects.filter(
            Q(status=RequestStatus.OPEN) | Q(status=RequestStatus.ANSWERED, contested=True)
        ).select_related("application__region")
    )
    ticking = _ticking(requests, now, working_days(), {row["pk"]: row for row in projects})
    visits = dict(
        Visit.objects.filter(on__gte=week_of(today), on__lte=today)
        .values_list("assignment__secretary")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return Board(
        gaps=list(
            AppointmentGap.objects.filter(closed_at__isnull=True)
            .select_related("application__region")
            .order_by("due_at", "pk")
        ),
        coverage=_coverage(projects, lines),
        ticking=ticking,
        contested=[row for row in requests if row.status == RequestStatus.ANSWERED],
        groups=_groups(today, lines, projects, ticking, visits),
        visits=sum(visits.values()),
        projects=len(projects),
    )


def _projects() -> list[dict[str, Any]]:
    """Every served project with its current lead secretary, if any."""
    current = FilteredRelation(
        "service_assignments",
        condition=Q(service_assignments__valid_to__isnull=True, service_assignments__role="lead"),
    )
    rows = (
        Application.objects.filter(status__in=SERVED)
        .annotate(lead=current)
        .values("pk", "region", "lead__secretary", "lead__secretary__user__name")
    )
    return [dict(row) for row in rows]


def _ticking(
    requests: list[ServiceRequest],
    now: datetime,
    table: WorkingDays,
    projects: dict[int, dict[str, Any]],
) -> list[Ticking]:
    made = [
        Ticking(
            request=row,
            clock=clock_of(row, now, table),
            secretary=projects.get(row.application_id, {}).get("lead__secretary__user__name") or "",
        )
        for row in requests
        if row.status == RequestStatus.OPEN
    ]
    made.sort(key=lambda t: (-t.clock.over, t.clock.left, t.request.pk))
    return made


def _coverage(projects: list[dict[str, Any]], lines: Lines) -> list[Coverage]:
    total: Counter[int] = Counter()
    served: Counter[int] = Counter()
    for row in projects:
        head = lines.head(lines.by_pk[row["region"]]).pk
        total[head] += 1
        served[head] += row["lead__secretary"] is not None
    return [Coverage(str(r), served[r.pk], total[r.pk]) for r in lines.heads()]


def _groups(
    today: date,
    lines: Lines,
    projects: list[dict[str, Any]],
    ticking: Iterable[Ticking],
    visits: dict[int, int],
) -> list[Group]:
    rows = (
        ServiceSecretary.objects.filter(user__is_active=True)
        .filter(Q(active_to__isnull=True) | Q(active_to__gte=today))
        .select_related("user", "unit")
        .annotate(away=on_leave(today), codes=ArrayAgg("regions__code", default=[]))
        .order_by("pk")
    )
    loads = {row.pk: Load(row, visits=visits.get(row.pk, 0)) for row in rows}
    holder = {row["pk"]: row["lead__secretary"] for row in projects}
    for secretary in holder.values():
        if secretary in loads:
            loads[secretary].projects += 1
    for item in ticking:
        own = loads.get(holder.get(item.request.application_id) or 0)
        if own is not None:
            own.over += bool(item.clock.over)
            own.near += item.clock.near
            own.fine += not item.clock.over and not item.clock.near
    groups: dict[int, Group] = {r.pk: Group(str(r)) for r in lines.heads()}
    other: dict[str, Group] = defaultdict(lambda: Group("—"))
    for load in loads.values():
        code = min((c for c in getattr(load.secretary, "codes", []) if c), default="")
        region = lines.by_code.get(code)
        head = groups.get(lines.head(region).pk) if region else None
        (head or other["—"]).rows.append(load)
    return [g for g in [*groups.values(), *other.values()] if g.rows]
