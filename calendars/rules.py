"""Who may put a calendar in force."""

from typing import Any

from calendars.models import CalendarYear, YearState


def may_confirm(year: CalendarYear, person_id: Any) -> bool:
    """Whether this person is another than the one who entered the notice."""
    return year.state == YearState.PROPOSED and year.proposed_by_id != person_id
