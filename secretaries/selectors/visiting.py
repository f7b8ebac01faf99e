"""Which projects were visited as often as the rule asks for, this week or this month."""

from datetime import date
from typing import NamedTuple

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from secretaries.models import Mark, ProjectMilestone, ServiceAssignment, Visit
from secretaries.rules import SERVED
from secretaries.service_rules import ServiceRules
from secretaries.visiting import period


class Visited(NamedTuple):
    """A secretary's projects, those still to be visited in their period, and those produced
    already, which are visited by the month."""

    projects: int
    short: int
    running: int

    @property
    def enough(self) -> int:
        return self.projects - self.short


def is_running() -> Exists:
    """Condition of an assignment: its project has begun to produce."""
    return Exists(
        ProjectMilestone.objects.filter(
            application=OuterRef("application"), node__mark=Mark.RUNNING, reached_on__isnull=False
        )
    )


def _made(today: date, *, monthly: bool) -> Coalesce:
    first, _last = period(today, monthly=monthly)
    rows = (
        Visit.objects.filter(
            assignment__application=OuterRef("application"), on__gte=first, on__lte=today
        )
        .order_by()
        .values("assignment__application")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def with_visits(rows: QuerySet[ServiceAssignment], today: date) -> QuerySet[ServiceAssignment]:
    """Assignments with `running`, `this_week` and `this_month`."""
    return rows.annotate(
        running=is_running(),
        this_week=_made(today, monthly=False),
        this_month=_made(today, monthly=True),
    )


def visited_by_secretary(today: date, set_by: ServiceRules) -> dict[int, Visited]:
    """By secretary: the projects served as lead now. One query."""
    rows = with_visits(
        ServiceAssignment.objects.filter(
            valid_to__isnull=True, role="lead", application__status__in=SERVED
        ),
        today,
    )
    short = Q(running=False, this_week__lt=set_by.visits_building) | Q(
        running=True, this_month__lt=set_by.visits_running
    )
    counted = (
        rows.order_by()
        .values("secretary")
        .annotate(
            projects=Count("pk"),
            short=Count("pk", filter=short),
            producing=Count("pk", filter=Q(running=True)),
        )
    )
    return {
        row["secretary"]: Visited(row["projects"], row["short"], row["producing"])
        for row in counted
    }
