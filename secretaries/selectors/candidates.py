"""The secretaries as the rules of appointment see them."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least

from accounts.models import Region, RegionLevel
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application
from audit import clock
from secretaries.matching import Candidate, Project
from secretaries.models import AppointmentGap, Leave, ServiceAssignment, ServiceSecretary

CARRIED = Q(assignments__valid_to__isnull=True, assignments__role="lead")
PLACES = ServiceSecretary.regions.through.objects.filter(servicesecretary=OuterRef("pk"))
GAP = AppointmentGap.objects.filter(application=OuterRef("pk"), closed_at__isnull=True)
WAITING_SINCE = Least(Subquery(GAP.values("found_at")), F("status_since"))
LOAD = Count("assignments", filter=CARRIED)
CODES = ArraySubquery(PLACES.values("region__code"))


def project_of(application: Application) -> Project:
    """A project's place, nearest first, along the reporting line (梅河口 stands alone)."""
    region: Region = application.region
    codes = [region.code]
    above = region.reports_to
    if above is not None and above.level != RegionLevel.PROVINCE:
        codes.append(above.code)
    return Project(tuple(codes), application.industry.code if application.industry else "")


def serving_place(project: Project) -> QuerySet[ServiceSecretary]:
    """Secretaries by role whose regions include the project's place; no joins, so lockable."""
    through = ServiceSecretary.regions.through
    here = through.objects.filter(servicesecretary=OuterRef("pk"), region__code__in=project.regions)
    return by_role().filter(Exists(here)).order_by("pk")


def by_role() -> QuerySet[ServiceSecretary]:
    """Whose person is active and holds the role now."""
    people = users_with_role(Role.SECRETARY).order_by().values("pk")
    return ServiceSecretary.objects.filter(user__in=people)


def on_leave(today: date) -> Exists:
    """Condition: the secretary is on leave that day."""
    return Exists(
        Leave.objects.filter(
            secretary=OuterRef("pk"),
            cancelled_at__isnull=True,
            first_day__lte=today,
            last_day__gte=today,
        )
    )


def load_and_places(secretary: ServiceSecretary) -> tuple[int, list[str]]:
    """How many projects the secretary carries now, and the codes of the regions served."""
    row = ServiceSecretary.objects.annotate(load=LOAD, codes=CODES).get(pk=secretary.pk)
    return row.load, row.codes


def candidates(secretaries: QuerySet[ServiceSecretary], today: date) -> list[Candidate]:
    """The facts of each secretary on a day: one query whatever their number."""
    return [candidate for _row, candidate in judged(secretaries, today)]


def judged(
    secretaries: QuerySet[ServiceSecretary], today: date
) -> list[tuple[ServiceSecretary, Candidate]]:
    """Each secretary, the person and unit loaded, with the facts on a day. One query."""
    rows = secretaries.select_related("user", "unit").annotate(
        load=LOAD, last=Max("assignments__valid_from"), away=on_leave(today), codes=CODES
    )
    return [(row, _candidate(row, today)) for row in rows]


def _candidate(row: Any, today: date) -> Candidate:
    return Candidate(
        id=row.pk,
        name=row.user.name,
        regions=frozenset(row.codes),
        industries=frozenset(row.industries),
        load=row.load,
        max_load=row.max_load,
        in_term=row.active_from <= today and (row.active_to is None or today <= row.active_to),
        on_leave=row.away,
        last_appointed=row.last,
    )


def current_assignment(application: Application) -> ServiceAssignment | None:
    """The project's lead secretary now."""
    return _leading(application).first()


def _leading(application: Application) -> QuerySet[ServiceAssignment]:
    return ServiceAssignment.objects.filter(
        application=application, valid_to__isnull=True, role="lead"
    ).select_related("secretary__user", "secretary__unit", "backup__user")


class Standing(NamedTuple):
    """How a project is served: whether by a lead secretary, the open gap, and the instant."""

    is_served: bool
    gap: int | None
    now: datetime


def standing(application: Application) -> Standing:
    """How the project is served now. One query."""
    row = Application.objects.filter(pk=application.pk).values_list(
        is_served(), Subquery(GAP.values("pk")), clock.NOW
    )
    return Standing(*row[0])


def is_served() -> Exists:
    """Condition of an application: it has a lead secretary now."""
    return Exists(
        ServiceAssignment.objects.filter(
            application=OuterRef("pk"), valid_to__isnull=True, role="lead"
        )
    )


def current_with_requests(application: Application) -> tuple[ServiceAssignment | None, int]:
    """The lead secretary now, and how many of the project's requests run. One query."""
    running = Count("application__requests", filter=~Q(application__requests__status="closed"))
    row = _leading(application).annotate(running=running).first()
    return row, row.running if row is not None else 0
