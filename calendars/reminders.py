"""When a deadline is recalled: so many days before it, each step once. No Django."""

from datetime import date

from calendars.deadlines import count_inclusive
from calendars.table import ONE_DAY, WorkingDays

STEPS = (14, 7, 2, 1)
"""Days before the last day, or working days where the limit is counted in them."""

LATEST = {14: 13, 7: 6, 2: 2, 1: 0}
"""A step stands while at least so many days are left: a morning without a round is made up for,
but what arises with five days to go is no week's reminder."""


def days_left(today: date, last: date, table: WorkingDays | None) -> int:
    """The days from tomorrow to the last one; with a table, only those that are worked."""
    if table is None:
        return (last - today).days
    return count_inclusive(today + ONE_DAY, last, table)


def step_of(left: int) -> int | None:
    """The step that stands when so many days are left; None: none does."""
    return next((step for step in STEPS if LATEST[step] <= left <= step), None)
