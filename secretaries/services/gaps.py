"""Projects that nobody is free for: one open gap each, of which the leads are told."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from applications.models import Application
from audit.services import Entry, record_all
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from notifications.services import notify_all
from secretaries.models import AppointmentGap
from secretaries.selectors.settings import numbers
from secretaries.service_rules import ServiceRules
from secretaries.services import telling

Left = Sequence[tuple[Application, dict[str, int]]]  # projects, and why nobody is free for them


def leave_gap(row: Application, counts: dict[str, int], now: datetime, by: User | None) -> None:
    """The held project's gap: opened, recorded and told of, or tried once more."""
    if AppointmentGap.objects.filter(application=row, closed_at__isnull=True).update(
        reasons=counts, tried_at=now
    ):
        return
    [gap] = open_gaps([(row, counts)], now, numbers(), working_days())
    record_all([gap_event(gap, by)])
    notify_all([telling.gap_found(gap, telling.leads())])


def open_gaps(
    left: Left, now: datetime, set_by: ServiceRules, table: WorkingDays
) -> list[AppointmentGap]:
    """Stored; the caller records and tells of them."""
    due = deadlines.due(day_of(now), set_by.appointment_days, table)
    return AppointmentGap.objects.bulk_create(
        AppointmentGap(
            application=row,
            reasons=counts,
            found_at=now,
            tried_at=now,
            due_at=end_of_day(due.day),
            provisional=due.provisional,
        )
        for row, counts in left
    )


def try_again(left: Left, standing: dict[int, int], now: datetime) -> None:
    """Nobody is free for these either, whose gaps (by project) stand open."""
    AppointmentGap.objects.bulk_update(
        [AppointmentGap(pk=standing[row.pk], reasons=why, tried_at=now) for row, why in left],
        ["reasons", "tried_at"],
    )


def gap_event(gap: AppointmentGap, by: User | None) -> Entry:
    return Entry(
        action="assignment.gap",
        obj=gap.application,
        by=by,
        after=gap.reasons,
        scope=gap.application.call.number,
    )
