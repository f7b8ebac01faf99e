"""How much of its time a request has used, in working days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from calendars.table import WorkingDays
from calendars.wording import day_of
from secretaries.models import RequestStatus, ServiceRequest


@dataclass(frozen=True, slots=True)
class Clock:
    """Working days used of the working days allowed; the day of receipt is not counted."""

    used: int
    limit: int
    running: bool

    @property
    def over(self) -> int:
        """Working days beyond the limit."""
        return max(0, self.used - self.limit)

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def near(self) -> bool:
        """At or past 80 % of the time and not yet over."""
        return self.running and not self.over and self.used * 5 >= self.limit * 4


@dataclass(frozen=True, slots=True)
class Timed:
    """A request with its clock, as lists show it."""

    row: ServiceRequest
    clock: Clock


def timed(rows: Iterable[ServiceRequest], now: datetime, table: WorkingDays) -> list[Timed]:
    """Each request with its clock at this instant, in the order given."""
    return [Timed(row, clock_of(row, now, table)) for row in rows]


def clock_of(request: ServiceRequest, now: datetime, table: WorkingDays) -> Clock:
    """The clock of a request: runs until the answer, starts anew when reopened."""
    end = request.answered_at or now
    first = day_of(request.clock_from) + timedelta(days=1)
    last = day_of(end)
    used = sum(table.is_working(first + timedelta(days=n)) for n in range((last - first).days + 1))
    return Clock(used=used, limit=request.days, running=request.status == RequestStatus.OPEN)
