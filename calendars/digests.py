"""The digest of a notice's days."""

from collections.abc import Iterable

from audit.digests import canonical, sm3
from calendars.models import CalendarDay


def digest_of_days(days: Iterable[CalendarDay]) -> str:
    """SM3 over the days of one notice, in the order of the calendar."""
    listed = sorted(days, key=lambda day: day.date)
    return sm3(canonical([[d.date, d.is_working, d.holiday, d.name] for d in listed]))
