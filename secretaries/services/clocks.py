"""The ladder: who is told when a clock is half used, nearly used up, and ever longer overdue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import officers_of, users_with_role
from audit import clock
from audit.services import Entry, record_all
from calendars.clocks import elapsed
from calendars.instants import start_of_day
from calendars.models import CalendarYear
from calendars.selectors import working_days
from calendars.table import ONE_DAY, WorkingDays
from calendars.wording import day_of
from notifications.services import enqueue
from secretaries.models import (
    ClockKind,
    Escalation,
    RequestStatus,
    Rung,
    ServiceClock,
    ServiceRequest,
)
from secretaries.selectors.settings import numbers
from secretaries.service_rules import ServiceRules
from secretaries.services import clock_rows, holds, inquiries, telling, unsigned
from secretaries.services.apart import apart
from secretaries.services.request_rows import escalated, lock_request

LADDER = (Rung.HALF, Rung.NEAR, Rung.UNIT, Rung.CITY, Rung.PROVINCE, Rung.INQUIRY)
TOLD_AS = {
    ClockKind.FINISH: {
        Rung.HALF: "half_used",
        Rung.NEAR: "near_due",
        Rung.UNIT: "overdue",
        Rung.CITY: "overdue_city",
        Rung.PROVINCE: "overdue_province",
    },
    ClockKind.RESPONSE: {
        Rung.HALF: "reply_half_used",
        Rung.NEAR: "reply_near_due",
        Rung.UNIT: "reply_overdue",
        Rung.CITY: "reply_overdue_city",
        Rung.PROVINCE: "reply_overdue_province",
    },
}
MOST_AT_ONCE = 2_000  # of a rung in one run; the next run tells the rest


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant, its working days and the numbers in force."""

    now: datetime
    table: WorkingDays
    numbers: ServiceRules

    @property
    def today(self) -> date:
        return day_of(self.now)


def watch_clocks(now: datetime | None = None) -> int:
    """Climb the ladder for every running clock, of first replies and of settlements, and tell of
    units that did not sign in time; how often somebody was told.

    A rung is a row, told once: run as often as you like. Provisional due dates are first counted
    again with the table as it stands. A query a rung, whatever the number of clocks. What
    fails at one keeps none of the others.
    """
    at = Moment(now or clock.now(), working_days(), numbers())
    recount()
    climbed = sum(apart(_climb, pk, rung, at) for rung in LADDER for pk in _reached(rung, at))
    return climbed + unsigned.tell_all(at.now, at.table)


def _reached(rung: Rung, at: Moment) -> Iterator[int]:
    """The clocks that have reached the rung and were not told of, those of settlements first: an
    inquiry is into one of them where both ran over."""
    running = ServiceClock.objects.filter(stopped_at__isnull=True, due_at__isnull=False)
    found = running.filter(_condition(rung, at)).exclude(
        pk__in=Escalation.objects.filter(rung=rung).values("clock")
    )
    yield from found.order_by("kind", "due_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]


def _condition(rung: Rung, at: Moment) -> Q:
    if rung == Rung.HALF:
        return Q(half_on__lte=at.today, near_on__gt=at.today, due_at__gte=at.now)
    if rung == Rung.NEAR:
        return Q(near_on__lte=at.today, due_at__gte=at.now)
    overdue = at.numbers.ladder[(Rung.UNIT, Rung.CITY, Rung.PROVINCE, Rung.INQUIRY).index(rung)]
    return Q(due_at__lt=start_of_day(nth_back(at.today, overdue, at.table)))


def nth_back(today: date, days: int, table: WorkingDays) -> date:
    """The working day counted back from today, today being the first if it is worked: what was due
    before it is at least so many working days overdue."""
    day = today + ONE_DAY
    for _step in range(days):
        day = table.previous_working_day(day)
    return day


def _climb(pk: int, rung: Rung, at: Moment) -> int:
    """Write the rung and tell of it, unless it was answered or told of meanwhile."""
    whose = ServiceRequest.objects.filter(Q(finish=pk) | Q(response=pk), status=RequestStatus.OPEN)
    found = whose.first()
    row = lock_request(found).row if found is not None else None
    held = next((c for c in (row.finish, row.response) if c.pk == pk), None) if row else None
    if row is None or held is None or held.stopped_at is not None:
        return 0
    # Told of meanwhile, or given more time: then the rung is not reached any more.
    reached = ServiceClock.objects.filter(_condition(rung, at), pk=pk)
    if held.due_at is None or not reached.exclude(escalations__rung=rung).exists():
        return 0
    over = elapsed(day_of(held.due_at), at.today, (), at.table)
    told = _told(rung, row)
    step = Escalation.objects.create(
        clock=held, rung=rung, at=at.now, overdue=over, told=[user.name for user in told]
    )
    escalated(step, row)
    if rung == Rung.INQUIRY:
        inquiries.open_inquiry(
            row, clock=held.kind, overdue=over, now=at.now, table=at.table, told=told
        )
    else:
        _tell(rung, held, row, told, over)
    return 1


def _told(rung: Rung, row: ServiceRequest) -> list[User]:
    """Whom the rung names. Of an inquiry that runs already, by the other clock, nobody hears
    again."""
    if rung == Rung.INQUIRY and hasattr(row, "inquiry"):
        return []
    secretaries = telling.secretary_of(row.application)
    if rung in (Rung.HALF, Rung.NEAR):
        return secretaries
    told = [*secretaries, *telling.leads()]
    told += telling.heads_of(holds.leading(row), row.application.region)
    if rung in (Rung.CITY, Rung.PROVINCE, Rung.INQUIRY):
        told += officers_of(row.application.region)
    if rung in (Rung.PROVINCE, Rung.INQUIRY):
        told += users_with_role(Role.PROGRAMME_OFFICER)
    return list({user.pk: user for user in told}.values())


def _tell(rung: Rung, held: ServiceClock, row: ServiceRequest, told: list[User], over: int) -> None:
    telling.request(
        TOLD_AS[ClockKind(held.kind)][rung],
        row,
        told,
        stamp=str(held.pk),
        due=held.due_at,
        name=telling.names_of_secretaries(row.application),
        unit=row.with_unit or "—",
        days=over,
    )


def on_year_published(sender: object, notice: CalendarYear, **_kwargs: object) -> None:
    """Receiver of `calendars.signals.year_published`, inside its transaction: a job counts."""
    enqueue(task="secretaries.tasks.recount", key=f"recount:secretaries:{notice.pk}", payload={})


@transaction.atomic
def recount() -> None:
    """Count the provisional clocks that run again by the working days now in force."""
    rows = list(
        ServiceClock.objects.select_for_update()
        .filter(provisional=True, stopped_at__isnull=True)
        .prefetch_related("pauses")
        .order_by("pk")
    )
    if not rows:
        return
    table, set_by = working_days(), numbers()
    before = {row.pk: row.due_at for row in rows}
    for row in rows:
        clock_rows.measure(row, row.pauses.all(), table, set_by)
    ServiceClock.objects.bulk_update(rows, clock_rows.MEASURED, batch_size=500)
    moved = {row.pk: row.due_at for row in rows if row.due_at != before[row.pk]}
    settled = ServiceRequest.objects.filter(finish__in=moved).select_related("application__call")
    record_all(
        Entry(
            action="request.recount",
            obj=row,
            by=None,
            before={"due_at": before[row.finish_id]},
            after={"due_at": moved[row.finish_id]},
            scope=row.application.call.number,
        )
        for row in settled.order_by("pk")
    )
