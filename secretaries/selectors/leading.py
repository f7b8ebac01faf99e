"""What waits for the secretaries' lead: requests to decide or to see to, inquiries under way."""

from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, QuerySet, When

from secretaries.models import (
    AppointmentGap,
    OverdueInquiry,
    RequestStatus,
    ServiceAssignment,
    ServiceRequest,
)

MOST = 50  # gaps, and requests, shown at once
OPEN = Q(status=RequestStatus.OPEN)
TO_DECIDE = (
    Q(status=RequestStatus.ANSWERED, contested=True)
    | OPEN & Q(extension__isnull=False, extension__granted__isnull=True)
    | Q(inquiry__isnull=False, inquiry__closed_at__isnull=True)
)


def overdue(now: datetime) -> Q:
    """Open, and past the day of the settlement or of the first reply."""
    unanswered = Q(response__stopped_at__isnull=True, response__due_at__lt=now)
    return OPEN & (Q(finish__due_at__lt=now) | unanswered)


def gaps() -> QuerySet[AppointmentGap]:
    """Projects that found no secretary, the nearest due first."""
    return (
        AppointmentGap.objects.filter(closed_at__isnull=True)
        .select_related("application__region")
        .order_by("due_at", "pk")[:MOST]
    )


def requests_for_lead(now: datetime, near: date | None = None) -> list[ServiceRequest]:
    """What the lead must decide, then what is overdue, the longest first: `secretary` are the names
    of who leads the project, one or none. With a day those nearly due on it too. One query."""
    wanted = TO_DECIDE | overdue(now)
    if near is not None:
        wanted |= OPEN & Q(finish__due_at__isnull=False, finish__near_on__lte=near)
    lead = ServiceAssignment.objects.filter(
        application=OuterRef("application"), valid_to__isnull=True, role="lead"
    )
    return list(
        ServiceRequest.objects.filter(wanted)
        .select_related(
            "application__region", "finish", "response", "extension", "inquiry__subject"
        )
        .annotate(
            later=Case(When(TO_DECIDE, then=0), default=1),
            secretary=ArraySubquery(lead.values("secretary__user__name")),
        )
        .order_by("later", "finish__due_at", "pk")[: MOST if near is None else 2 * MOST]
    )


def to_explain(user: int) -> QuerySet[OverdueInquiry]:
    """Inquiries into what the person served, not explained yet."""
    return (
        OverdueInquiry.objects.filter(
            subject=user, closed_at__isnull=True, explained_at__isnull=True
        )
        .select_related("request__application")
        .order_by("pk")
    )
