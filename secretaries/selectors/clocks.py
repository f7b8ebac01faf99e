"""How much of its time a request has used, in working days, and which unit used it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from calendars.clocks import Pause, shares
from calendars.counting import DayCounts
from calendars.table import ONE_DAY, WorkingDays
from calendars.wording import day_of
from secretaries.models import RequestHold, RequestStatus, ServiceClock, ServiceRequest


@dataclass(frozen=True, slots=True)
class Clock:
    """Working days used of the working days allowed; the day of receipt is not counted. `half`,
    `nearly`: used up when the first warning comes, and the second."""

    used: int
    limit: int
    half: int
    nearly: int
    running: bool
    near: bool = False  # the second warning has come, and it is not over yet
    late: bool = False  # past its due day; `over` counts from the next working day on
    paused: bool = False

    @property
    def over(self) -> int:
        """Working days beyond the limit."""
        return max(0, self.used - self.limit)

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Timed:
    """A request with its clock, as lists show it."""

    row: ServiceRequest
    clock: Clock


@dataclass(frozen=True, slots=True)
class Share:
    """A unit's sub-clock: the working days it took of the whole; assisting ones beside it."""

    hold: RequestHold
    days: int
    late: bool  # not signed for in time

    @property
    def amount(self) -> int:
        return self.days

    @property
    def title(self) -> str:
        return self.hold.unit


def timed(rows: Iterable[ServiceRequest], now: datetime, table: WorkingDays) -> list[Timed]:
    """Each request with its clock at this instant, in the order given; `finish` selected."""
    listed = list(rows)
    if not listed:
        return []
    clocks = [row.finish for row in listed]
    starts = [day_of(clock.started_at) for clock in clocks]
    ends = [max(start, ended(clock, now)) for start, clock in zip(starts, clocks, strict=True)]
    used = DayCounts(min(starts), max(ends), table).elapsed_many(starts, ends)
    return [Timed(row, _clock(row, int(days), now)) for row, days in zip(listed, used, strict=True)]


def clock_of(request: ServiceRequest, now: datetime, table: WorkingDays) -> Clock:
    """The clock of a request: runs until the answer, starts anew when reopened."""
    return timed([request], now, table)[0].clock


def ended(clock: ServiceClock, now: datetime) -> date:
    """The last day that may count: of the stop, before the pause, or today."""
    if clock.paused_since is not None:
        return clock.paused_since - ONE_DAY
    return day_of(clock.stopped_at or now)


def _clock(row: ServiceRequest, elapsed: int, now: datetime) -> Clock:
    finish = row.finish
    running = row.status == RequestStatus.OPEN and finish.stopped_at is None
    used = max(0, elapsed - finish.paused_days)
    paused = finish.paused_since is not None
    late = running and finish.due_at is not None and finish.due_at < now
    near = running and not paused and not late and day_of(now) >= finish.near_on
    return Clock(
        used=used,
        limit=finish.days,
        half=finish.half_days,
        nearly=finish.near_days,
        running=running,
        near=near,
        late=late,
        paused=paused,
    )


def shares_of(request: ServiceRequest, now: datetime, table: WorkingDays) -> list[Share]:
    """The sub-clocks of everybody who held the request since its clock began. Two queries.

    Those of the units that led add up to what the clock has used.
    """
    finish = request.finish
    rows = list(request.holds.filter(since__gte=finish.started_at))
    pauses = [Pause(p.first, p.last) for p in finish.pauses.all()]
    last = day_of(finish.stopped_at or now)
    turns = [(day_of(row.since), day_of(row.until) if row.until else last) for row in rows]
    return [
        Share(row, days, _unsigned(row, now))
        for row, days in zip(rows, shares(turns, pauses, table), strict=True)
    ]


def _unsigned(row: RequestHold, now: datetime) -> bool:
    if row.sign_due_at is None:
        return False
    return (row.signed_at or row.until or now) > row.sign_due_at


def slowest(found: Iterable[Share]) -> Share | None:
    """The step that took most of the time; the earlier of two alike. Those who assist do not
    count."""
    return max(
        (share for share in found if not share.hold.is_support),
        key=lambda share: (share.days, -share.hold.pk),
        default=None,
    )
