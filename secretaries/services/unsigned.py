"""A unit that does not sign in time for what was passed to it (签收): who hears of it."""

from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from calendars.clocks import elapsed
from calendars.table import WorkingDays
from calendars.wording import day_of
from secretaries.models import Escalation, RequestHold, RequestStatus, Rung, ServiceRequest
from secretaries.services import telling
from secretaries.services.apart import apart
from secretaries.services.request_rows import escalated, lock_request

MOST_AT_ONCE = 2_000  # in one run; the next run tells the rest


def tell_all(now: datetime, table: WorkingDays) -> int:
    """Tell once of each unit that has not signed, or not in time; how many. One query to look."""
    late = (
        RequestHold.objects.filter(
            request__status=RequestStatus.OPEN, sign_due_at__isnull=False, escalation__isnull=True
        )
        .annotate(till=Coalesce("signed_at", "until", Value(now)))
        .filter(till__gt=F("sign_due_at"))
        .order_by("sign_due_at", "pk")
    )
    return sum(
        apart(_tell, pk, now, table) for pk in late.values_list("pk", flat=True)[:MOST_AT_ONCE]
    )


def _tell(pk: int, now: datetime, table: WorkingDays) -> int:
    """Write it down and tell of it, unless that was done meanwhile."""
    row = lock_request(RequestHold.objects.select_related("request").get(pk=pk).request).row
    hold = RequestHold.objects.get(pk=pk)
    till = hold.signed_at or hold.until or now
    if hold.sign_due_at is None or till <= hold.sign_due_at:
        return 0
    if row.status != RequestStatus.OPEN or Escalation.objects.filter(hold=hold).exists():
        return 0
    told = _told(hold, row)
    over = elapsed(day_of(hold.sign_due_at), day_of(till), (), table)
    step = Escalation.objects.create(
        clock=row.finish,
        hold=hold,
        rung=Rung.SIGN,
        at=now,
        overdue=over,
        told=[user.name for user in told],
    )
    escalated(step, row)
    telling.request(
        "unsigned",
        row,
        told,
        stamp=str(hold.pk),
        due=hold.sign_due_at,
        unit=hold.unit,
        name=telling.names_of_secretaries(row.application),
    )
    return 1


def _told(hold: RequestHold, row: ServiceRequest) -> list[User]:
    """The secretary who must chase it, the unit's head, the lead."""
    heads = telling.heads_of(hold, row.application.region)
    people = (*telling.secretary_of(row.application), *heads, *telling.leads())
    return list({user.pk: user for user in people}.values())
