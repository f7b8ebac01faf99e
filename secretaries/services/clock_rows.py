"""The rows of a request's clocks: begun, measured, stopped. Called by services that hold them."""

from collections.abc import Iterable
from datetime import date, datetime

from calendars.clocks import Pause, due_with_pauses, elapsed, part_of
from calendars.instants import end_of_day
from calendars.table import WorkingDays
from calendars.wording import day_of
from secretaries.models import ClockKind, ClockPause, ServiceClock
from secretaries.service_rules import ServiceRules

MEASURED = (
    "half_days",
    "near_days",
    "half_on",
    "near_on",
    "due_at",
    "provisional",
    "paused_days",
)


def begin(
    kind: ClockKind,
    days: int,
    now: datetime,
    table: WorkingDays,
    numbers: ServiceRules,
    *,
    previous: ServiceClock | None = None,
) -> ServiceClock:
    """A clock that runs from now on; not stored yet."""
    clock = ServiceClock(kind=kind, days=days, started_at=now, previous=previous)
    measure(clock, (), table, numbers)
    return clock


def measure(
    clock: ServiceClock, pauses: Iterable[ClockPause], table: WorkingDays, numbers: ServiceRules
) -> None:
    """Count the days of the clock anew; while it stands still it has no due instant."""
    start = day_of(clock.started_at)
    stops = tuple(Pause(row.first, row.last) for row in pauses)
    ended = [stop for stop in stops if stop.last is not None]
    clock.paused_days = _lost(start, ended, table)
    due = due_with_pauses(start, clock.days, stops, table)
    if clock.paused_since is not None or due is None:
        clock.due_at = None
        return
    clock.due_at, clock.provisional = end_of_day(due.day), due.provisional
    clock.half_days = part_of(clock.days, numbers.half_percent)
    clock.near_days = part_of(clock.days, numbers.near_percent)
    clock.half_on = _day(start, clock.half_days, stops, table)
    clock.near_on = _day(start, clock.near_days, stops, table)


def _day(start: date, days: int, stops: Iterable[Pause], table: WorkingDays) -> date:
    found = due_with_pauses(start, days, stops, table)
    if found is None:
        raise ValueError("a clock that is due has no open pause")
    return found.day


def _lost(start: date, ended: list[Pause], table: WorkingDays) -> int:
    last = max((stop.last for stop in ended if stop.last is not None), default=start)
    return elapsed(start, last, (), table) - elapsed(start, last, ended, table)


def stop(now: datetime, *clocks: ServiceClock) -> None:
    """The clocks have done their work, and are stored as they are; nothing to those that have
    already. One query.
    """
    for clock in clocks:
        clock.stopped_at = clock.stopped_at or now
    ServiceClock.objects.bulk_update(clocks, ["stopped_at", "paused_since", *MEASURED])
