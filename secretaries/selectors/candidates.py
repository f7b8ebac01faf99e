"""The secretaries as the rules of appointment see them."""

from datetime import date

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.models import Region, RegionLevel
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application
from secretaries.matching import Candidate, Project
from secretaries.models import Leave, ServiceAssignment, ServiceSecretary

CARRIED = Q(assignments__valid_to__isnull=True, assignments__role="lead")


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
    return ServiceSecretary.objects.filter(
        Exists(here), user__in=users_with_role(Role.SECRETARY).order_by().values("pk")
    ).order_by("pk")


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


def candidates(secretaries: QuerySet[ServiceSecretary], today: date) -> list[Candidate]:
    """The facts of each secretary on a day: two queries whatever their number."""
    rows = (
        secretaries.select_related("user")
        .prefetch_related("regions")
        .annotate(
            load=Count("assignments", filter=CARRIED),
            last=Max("assignments__valid_from"),
            away=on_leave(today),
        )
    )
    return [
        Candidate(
            id=row.pk,
            name=row.user.name,
            regions=frozenset(region.code for region in row.regions.all()),
            industries=frozenset(row.industries),
            load=row.load,
            max_load=row.max_load,
            in_term=row.active_from <= today and (row.active_to is None or today <= row.active_to),
            on_leave=row.away,
            last_appointed=row.last,
        )
        for row in rows
    ]


def current_assignment(application: Application) -> ServiceAssignment | None:
    """The project's lead secretary now."""
    return _leading(application).first()


def _leading(application: Application) -> QuerySet[ServiceAssignment]:
    return ServiceAssignment.objects.filter(
        application=application, valid_to__isnull=True, role="lead"
    ).select_related("secretary__user", "secretary__unit", "backup__user")


def current_with_requests(application: Application) -> tuple[ServiceAssignment | None, int]:
    """The lead secretary now, and how many of the project's requests run. One query."""
    running = Count("application__requests", filter=~Q(application__requests__status="closed"))
    row = _leading(application).annotate(running=running).first()
    return row, row.running if row is not None else 0
