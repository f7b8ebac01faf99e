"""What projects come to, for the credit record of their firms."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import Level, User
from accounts.selectors import members_of
from applications.models import CreditRecord
from applications.services.credit import credit_told, end_credit, note_credit
from audit import clock
from audit.services import Entry, record_all
from awards.models import Award, Clawback
from awards.quarters import months_after
from calendars.wording import day_of
from notifications.services import notify_all


def _expiry(award: Award, today: date) -> date:
    return months_after(today, 12 * award.application.call.rule_set.credit_years)


def note(award: Award, kind: str, text: str, at: datetime | None, by: User) -> Entry:
    """Enter an act of that instant into the firm's credit record; it expires by the call's rules.
    The caller records the event with the act's own."""
    since = day_of(at or clock.now())
    return note_credit(
        application=award.application,
        kind=kind,
        text=text,
        since=since,
        until=_expiry(award, since),
        by=by,
    )


@transaction.atomic
def note_unpaid() -> int:
    """Enter clawbacks whose time is over and that are not paid back (periodic); how many anew."""
    known = CreditRecord.objects.filter(kind="unpaid").values("application")
    rows = (
        Clawback.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(settled_at__isnull=True, provisional=False, due_at__lt=clock.now())
        .exclude(award__application__in=known)
        .select_related("award__application__firm", "award__application__call")
        .order_by("pk")
    )
    events, messages, today = [], [], clock.today()
    for row in rows:
        application = row.award.application
        text = f"{row.document_no} · {row.principal}"
        events.append(
            note_credit(
                application=application, kind="unpaid", text=text, since=today, until=None, by=None
            )
        )
        record = CreditRecord.objects.get(application=application, kind="unpaid")
        people = list(members_of(application.firm, Level.OWNER))
        messages.append(credit_told(record, "credit.recorded", people))
    record_all(events)
    notify_all(messages)
    return len(events)


def paid_back(award: Award, by: User) -> list[Entry]:
    """The record of what was unpaid expires from now on, where there is one."""
    rows = CreditRecord.objects.filter(application=award.application_id, kind="unpaid")
    until = _expiry(award, clock.today())
    return [end_credit(row=row, until=until, by=by) for row in rows]
