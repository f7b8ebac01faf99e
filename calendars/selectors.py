"""Reading the working-day table."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db.models import Count, Q, QuerySet

from calendars.models import CalendarDay, CalendarYear, YearState
from calendars.table import WorkingDays

_kept: ContextVar[list[WorkingDays] | None] = ContextVar("working_days", default=None)


@contextmanager
def table_read_once() -> Iterator[None]:
    """In the block, which changes nothing, all who ask for the table get one and the same."""
    token = _kept.set([])
    try:
        yield
    finally:
        _kept.reset(token)


def working_days() -> WorkingDays:
    """The table in force, as a plain value. One query of about a hundred rows; ask once an act.

    Where the notice for one year and the next speak of the same day in December, the later
    one holds.
    """
    kept = _kept.get()
    if kept:
        return kept[0]
    table = _read()
    if kept is not None:
        kept.append(table)
    return table


def _read() -> WorkingDays:
    rows = (
        CalendarYear.objects.filter(state=YearState.PUBLISHED)
        .order_by("year")
        .values_list("year", "days__date", "days__is_working", "days__name")
    )
    exceptions: dict[date, bool] = {}
    names: dict[date, str] = {}
    years: set[int] = set()
    for year, day, is_working, name in rows:
        years.add(year)
        if day is not None:
            exceptions[day], names[day] = is_working, name
    return WorkingDays(exceptions, frozenset(years), names)


def years() -> QuerySet[CalendarYear]:
    """Every notice, the latest year first, with its `days_off` and `days_worked` counted."""
    return CalendarYear.objects.annotate(
        days_off=Count("days", filter=Q(days__is_working=False)),
        days_worked=Count("days", filter=Q(days__is_working=True)),
    ).order_by("-year", "-id")


def days_of(notice: CalendarYear) -> QuerySet[CalendarDay]:
    """The days one notice sets apart, in order."""
    return notice.days.order_by("date")


def last_known_year() -> int | None:
    """The last year in force; beyond it every time limit is provisional."""
    return (
        CalendarYear.objects.filter(state=YearState.PUBLISHED)
        .order_by("-year")
        .values_list("year", flat=True)
        .first()
    )
