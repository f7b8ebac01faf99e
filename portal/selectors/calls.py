"""Calls as the public reads them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from applications.models import Call, CallEdition, CallStatus

HIDDEN = (CallStatus.DRAFT, CallStatus.PROPOSED)


@dataclass(frozen=True, slots=True)
class CallCard:
    """A call in a list. `phase`: open, soon or over."""

    number: str
    title: str
    scheme: str
    phase: str
    status: str
    status_label: str
    opens_at: datetime
    closes_at: datetime
    envelope: Decimal
    max_request: Decimal


def public_calls() -> QuerySet[Call]:
    """Every call that was published, newest first."""
    return Call.objects.exclude(status__in=HIDDEN).select_related("scheme")


def phase(call: Call, now: datetime) -> str:
    if now < call.opens_at:
        return "soon"
    return "open" if call.is_open(now) else "over"


def card(call: Call, now: datetime) -> CallCard:
    return CallCard(
        number=call.number,
        title=str(call),
        scheme=str(call.scheme),
        phase=phase(call, now),
        status=call.status,
        status_label=call.get_status_display(),
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        envelope=call.envelope,
        max_request=call.max_request,
    )


def open_calls(now: datetime) -> QuerySet[Call]:
    """Calls that take applications now, the nearest closing first."""
    return (
        public_calls()
        .filter(status=CallStatus.PUBLISHED, opens_at__lte=now, closes_at__gt=now)
        .order_by("closes_at")
    )


def edition_in_force(call: Call) -> CallEdition | None:
    """What was published last, with its digest."""
    return call.editions.order_by("-version").first()
