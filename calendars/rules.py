"""Questions about days, and who may put a calendar in force."""

from datetime import date
from typing import Any

from calendars.models import CalendarYear, YearState
from calendars.table import SATURDAY


def is_working_day(day: date) -> bool:
    """Whether this day is worked, by the notices in force. One query; for several days take
    `calendars.selectors.working_days()`."""
    said = (
        CalendarYear.objects.filter(state=YearState.PUBLISHED, days__date=day)
        .order_by("-year")
        .values_list("days__is_working", flat=True)
        .first()
    )
    return day.weekday() < SATURDAY if said is None else bool(said)


def may_confirm(year: CalendarYear, person_id: Any) -> bool:
    """Whether this person is another than the one who entered the notice."""
    return year.state == YearState.PROPOSED and year.proposed_by_id != person_id
