"""Warnings on the clocks of requests: once at 80 % of the working days, once when overdue."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from applications.models import Application
from audit import clock
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.models import CalendarYear
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from notifications.services import enqueue
from secretaries.models import RequestStatus, ServiceRequest
from secretaries.selectors.clocks import Clock, clock_of
from secretaries.services import telling


def watch_clocks(now: datetime | None = None) -> int:
    """Tell of every open request near or past its due date; how many were told of.

    Keys hold the due instant: run as often as you like, each warning goes out once. Provisional
    due dates are first counted again with the table as it stands.
    """
    moment = now or clock.now()
    table = working_days()
    _count_again(table)
    rows = (
        ServiceRequest.objects.filter(status=RequestStatus.OPEN)
        .select_related("application__firm", "application__region")
        .order_by("pk")
    )
    return sum(_warn(row, clock_of(row, moment, table)) for row in rows)


def on_year_published(sender: object, notice: CalendarYear, **_kwargs: object) -> None:
    """Receiver of `calendars.signals.year_published`, inside its transaction: a job counts."""
    enqueue(task="secretaries.tasks.recount", key=f"recount:secretaries:{notice.pk}", payload={})


def recount() -> None:
    """Count the provisional due dates again by the working days now in force."""
    _count_again(working_days())


@transaction.atomic
def _count_again(table: WorkingDays) -> None:
    """Count the provisional due dates of what is not closed anew."""
    rows = list(
        ServiceRequest.objects.select_for_update()
        .filter(provisional=True)
        .exclude(status=RequestStatus.CLOSED)
        .order_by("pk")
    )
    for row in rows:
        due = deadlines.due(day_of(row.clock_from), row.days, table)
        row.due_at, row.provisional = end_of_day(due.day), due.provisional
    ServiceRequest.objects.bulk_update(rows, ["due_at", "provisional"])


@transaction.atomic
def _warn(row: ServiceRequest, state: Clock) -> int:
    if state.over:
        told = [*_secretaries(row.application), *telling.leads()]
        name = "、".join(u.name for u in _secretaries(row.application)) or "—"
        telling.request("overdue", row, told, stamp=row.due_at.isoformat(), name=name)
        return 1
    if state.near:
        telling.request(
            "near_due", row, _secretaries(row.application), stamp=row.due_at.isoformat()
        )
        return 1
    return 0


def _secretaries(application: Application) -> list[User]:
    return telling.secretary_of(application)
