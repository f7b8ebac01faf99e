"""Clocks that count working days and can pause. No Django.

The day of receipt is not counted; a pause stops the clock and does not restart it. A stretch
of time handed from one unit to another splits without loss: what two neighbouring stretches
took adds up to what the whole took, so each unit's own share can be told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from calendars.deadlines import LONGEST, Deadline
from calendars.table import ONE_DAY, WorkingDays


@dataclass(frozen=True)
class Pause:
    """Days on which the clock stands, both included; `last` None while it still stands."""

    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def runs(day: date, pauses: Iterable[Pause], table: WorkingDays) -> bool:
    """Whether this day takes a day off the limit."""
    return table.is_working(day) and not any(pause.covers(day) for pause in pauses)


def elapsed(start: date, end: date, pauses: Iterable[Pause], table: WorkingDays) -> int:
    """The working days used up from the day of receipt (not counted) to `end` (counted)."""
    stops = tuple(pauses)
    count, day = 0, start
    while day < end:
        day += ONE_DAY
        count += runs(day, stops, table)
    return count


def due_with_pauses(
    start: date, days: int, pauses: Iterable[Pause], table: WorkingDays
) -> Deadline | None:
    """The last day of the limit; None while an open pause keeps it from ever being reached.

    ValueError unless 1 ≤ days ≤ LONGEST.
    """
    if not 1 <= days <= LONGEST:
        raise ValueError(f"{days} is no number of working days for a time limit")
    stops = tuple(pauses)
    opens = min((pause.first for pause in stops if pause.last is None), default=None)
    left, day = days, start
    while left:
        day += ONE_DAY
        if opens is not None and day >= opens:
            return None
        left -= runs(day, stops, table)
    return Deadline(day, not table.is_settled(start + ONE_DAY, day))


def shares(
    turns: Iterable[tuple[date, date]], pauses: Iterable[Pause], table: WorkingDays
) -> list[int]:
    """The working days that each turn (day it began, day it ended) took of a clock.

    A turn begins on the day the one before ends; what they took adds up to what the whole took.
    """
    stops = tuple(pauses)
    return [elapsed(since, until, stops, table) for since, until in turns]


def part_of(days: int, percent: int) -> int:
    """The working day, counted from 1, with which so many percent of a limit are used up."""
    return max(1, -(-days * percent // 100))
