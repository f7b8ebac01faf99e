"""What several pages of accounts are tried with."""

import pytest

from calendars.models import CalendarYear, YearState


@pytest.fixture
def year_in_force(db):
    from calendars.services import enter_known_years

    enter_known_years()
    return CalendarYear.objects.filter(state=YearState.PUBLISHED).order_by("-year")[0]
