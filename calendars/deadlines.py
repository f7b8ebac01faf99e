"""Counting working days. No Django.

Two ways: a public notice counts its first day (as 公示 does in practice), a handling limit
does not count the day of receipt (Civil Code, art. 201).
"""

from dataclasses import dataclass
from datetime import date

from calendars.table import ONE_DAY, WorkingDays

LONGEST = 2500
"""Working days in about ten years: no time limit of this procedure comes near."""


@dataclass(frozen=True)
class Deadline:
    """The last day, and whether it rests on days that no published notice has settled yet."""

    day: date
    provisional: bool


def notice_end(start: date, days: int, table: WorkingDays) -> Deadline:
    """The last day of a public notice of so many working days, its first day counted.

    A first day that is not worked counts for nothing: the count begins with the next working
    day. ValueError unless 1 ≤ days ≤ LONGEST.
    """
    _check(days)
    first = start if table.is_working(start) else table.next_working_day(start)
    last = _forward(first, days - 1, table)
    return Deadline(last, not table.is_settled(start, last))


def due(start: date, days: int, table: WorkingDays) -> Deadline:
    """The last day of a handling limit; `start`, the day of receipt, is not counted.

    ValueError unless 1 ≤ days ≤ LONGEST.
    """
    _check(days)
    last = _forward(start, days, table)
    return Deadline(last, not table.is_settled(start + ONE_DAY, last))


def add(day: date, days: int, table: WorkingDays) -> Deadline:
    """So many working days after this day, or before it when negative; 0 is the day itself."""
    if days > 0:
        return due(day, days, table)
    if days == 0:
        return Deadline(day, not table.is_known(day))
    _check(-days)
    first = day
    for _ in range(-days):
        first = table.previous_working_day(first)
    return Deadline(first, not table.is_settled(first, day - ONE_DAY))


def count_inclusive(first: date, last: date, table: WorkingDays) -> int:
    """The working days from first to last, both included; 0 when last is before first."""
    count, day = 0, first
    while day <= last:
        count += table.is_working(day)
        day += ONE_DAY
    return count


def _forward(day: date, days: int, table: WorkingDays) -> date:
    for _ in range(days):
        day = table.next_working_day(day)
    return day


def _check(days: int) -> None:
    if not 1 <= days <= LONGEST:
        raise ValueError(f"{days} is no number of working days for a time limit")
