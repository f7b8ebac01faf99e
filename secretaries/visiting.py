"""How often a project is visited: so many a week while it is built, so many a month once it
produces. No Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The current period of a project, the visits due in it and made."""

    first: date
    last: date
    due: int
    made: int
    monthly: bool

    @property
    def short(self) -> int:
        return max(0, self.due - self.made)


def period(today: date, *, monthly: bool) -> tuple[date, date]:
    """The week (Monday to Sunday) or the month that the day lies in."""
    if not monthly:
        first = today - timedelta(days=today.weekday())
        return first, first + timedelta(days=6)
    first = today.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def rhythm(
    visits: Iterable[date], today: date, *, running: bool, building_due: int, running_due: int
) -> Rhythm:
    """The period the day lies in: a week while building, a month in production (`running`)."""
    first, last = period(today, monthly=running)
    made = sum(first <= day <= last for day in visits)
    return Rhythm(first, last, running_due if running else building_due, made, running)


def visits_due(first: date, last: date, *, weekly: int, monthly: int, running: bool) -> int:
    """How many visits a stretch of days asks for: one week or month begun within it counts when it
    is over by its end."""
    if last < first:
        return 0
    count, day = 0, period(first, monthly=running)[0]
    if day < first:
        day = period(first, monthly=running)[1] + timedelta(days=1)
    while period(day, monthly=running)[1] <= last:
        count += monthly if running else weekly
        day = period(day, monthly=running)[1] + timedelta(days=1)
    return count
