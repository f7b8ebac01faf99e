"""What a secretary, a firm and the lead read about a served project."""

from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.models import Level, Membership, User
from accounts.roles import Role
from accounts.rules import covered_regions, has_role
from applications.models import Application, Submission
from secretaries.models import (
    Escalation,
    Leave,
    ProjectMilestone,
    RequestHold,
    RequestStatus,
    Rung,
    ServiceAssignment,
    ServiceRequest,
    ServiceSecretary,
    Visit,
)
from secretaries.rules import SERVED
from secretaries.selectors.visiting import with_visits

OPEN = (RequestStatus.OPEN, RequestStatus.ANSWERED)


def secretary_profile(user: User) -> ServiceSecretary | None:
    return ServiceSecretary.objects.filter(user=user).first()


def _next_node(field: str) -> Subquery:
    """Of the next milestone that is not settled."""
    rows = ProjectMilestone.objects.filter(
        application=OuterRef("application"), reached_on__isnull=True, left_out=False
    )
    return Subquery(rows.order_by("node__place").values(field)[:1])


def own_assignments(user: User, today: date) -> QuerySet[ServiceAssignment]:
    """The projects the person serves or backs, with counts for the list."""
    return (
        with_visits(
            ServiceAssignment.objects.filter(
                Q(secretary__user=user) | Q(backup__user=user), valid_to__isnull=True
            ),
            today,
        )
        .select_related(
            "application__firm", "application__region", "application__call", "secretary__user"
        )
        .annotate(
            open_requests=Count(
                "application__requests",
                filter=Q(application__requests__status=RequestStatus.OPEN),
                distinct=True,
            ),
            last_visit=Max("application__service_assignments__visits__on"),
            next_node=_next_node("planned_on"),
            next_node_zh=_next_node("node__name_zh"),
            next_node_en=_next_node("node__name_en"),
        )
        .order_by("application__number")
    )


def open_requests_of(applications: list[int]) -> QuerySet[ServiceRequest]:
    """Requests still running in these projects, the nearest due first."""
    return (
        ServiceRequest.objects.filter(application__in=applications, status__in=OPEN)
        .select_related("application", "finish")
        .order_by("finish__due_at", "pk")
    )


def with_holders(rows: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    """Each with `holders`: the units that hold it now, as {unit, assists}. No further query."""
    holds = RequestHold.objects.filter(request=OuterRef("pk"), until__isnull=True).order_by("pk")
    return rows.annotate(
        holders=ArraySubquery(holds.values(held=JSONObject(unit="unit", assists="is_support")))
    )


def requests_for(user: User, *, lead: bool) -> QuerySet[ServiceRequest]:
    """Every request the person may see: the lead all, secretaries and firms their own, regional
    officers those of their region that they were told of: long overdue, not signed for."""
    rows = ServiceRequest.objects.select_related(
        "application__firm", "application__region", "finish"
    ).order_by("-pk")
    if lead:
        return rows
    mine = Membership.objects.live().filter(user=user, organisation=OuterRef("application__firm"))
    condition = Q(Exists(mine))
    if has_role(user, Role.SECRETARY):
        served = ServiceAssignment.objects.filter(
            Q(secretary__user=user) | Q(backup__user=user),
            application=OuterRef("application"),
            valid_to__isnull=True,
        )
        condition |= Q(Exists(served))
    if has_role(user, Role.REGIONAL_OFFICER):
        told = Escalation.objects.filter(
            Q(clock=OuterRef("finish")) | Q(clock=OuterRef("response")),
        ).filter(Q(rung__in=(Rung.CITY, Rung.SIGN)) | Q(rung=Rung.UNIT, told__contains=[user.name]))
        condition |= Q(Exists(told), application__region__in=covered_regions(user))
    return rows.filter(condition)


def served_of_firms(user: User) -> QuerySet[Application]:
    """The projects for which the person may raise a request on a firm's behalf."""
    firms = Membership.objects.live().filter(user=user).exclude(level=Level.VIEWER)
    return (
        Application.objects.filter(firm__in=firms.values("organisation"), status__in=SERVED)
        .only("pk", "title", "number")
        .order_by("-number")
    )


def escalations_of(request: ServiceRequest) -> QuerySet[Escalation]:
    """Who was told of the clocks that run: of the settlement, the first reply, the signing."""
    return Escalation.objects.filter(
        clock__in=(request.finish_id, request.response_id)
    ).select_related("clock", "hold")


def visits_of(application: Application) -> QuerySet[Visit]:
    return (
        Visit.objects.filter(assignment__application=application)
        .select_related("recorded_by", "confirmed_by")
        .prefetch_related("photos")
        .order_by("-on", "-pk")
    )


def with_last_content() -> QuerySet[Application]:
    """Dossiers with `.last_content`, that of the latest submission."""
    last = Submission.objects.filter(application=OuterRef("pk")).order_by("-version")
    return Application.objects.annotate(last_content=Subquery(last.values("content")[:1]))


def assignments_of(application: Application) -> QuerySet[ServiceAssignment]:
    """Everybody who ever served the project, the present one first."""
    return (
        ServiceAssignment.objects.filter(application=application)
        .select_related(
            "secretary__user", "secretary__unit", "backup__user", "appointed_by", "backup__unit"
        )
        .order_by("-valid_from", "-pk")
    )


def with_project() -> QuerySet[ServiceAssignment]:
    """Assignments with what the lead's choice of a person says of the project."""
    return ServiceAssignment.objects.select_related(
        "application__call",
        "application__firm",
        "application__region__reports_to",
        "application__industry",
        "secretary__user",
        "backup__user",
    )


def leaves_of(secretary: ServiceSecretary) -> QuerySet[Leave]:
    return secretary.leaves.select_related("recorded_by").order_by("-first_day")


def leave_today(secretary: ServiceSecretary, today: date) -> Leave | None:
    return secretary.leaves.filter(
        cancelled_at__isnull=True, first_day__lte=today, last_day__gte=today
    ).first()
