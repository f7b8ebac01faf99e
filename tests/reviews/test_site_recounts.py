"""The firm's time that reaches a year without known holidays is counted again once they are."""

from datetime import date, datetime

import pytest

from audit import clock
from calendars.instants import end_of_day
from calendars.notice_text import read
from calendars.services import confirm_year, propose_year
from notifications.models import Job
from reviews import tasks
from reviews.models import SiteFinding
from tests.calendars.test_years import NEXT, NUMBER
from tests.reviews.sitework import behind

pytestmark = pytest.mark.django_db
MADE = datetime(2026, 12, 30, 10, tzinfo=clock.SHANGHAI)
GUESSED = end_of_day(date(2027, 1, 4))


def written(finding: SiteFinding, **values: object) -> None:
    """As if it had been recorded at the end of 2026."""
    sets = ", ".join(f"{name} = %s" for name in values)
    behind(f"UPDATE reviews_sitefinding SET {sets} WHERE id = %s", *values.values(), finding.pk)


@pytest.fixture
def known(sysadmin, secadmin):
    """2027 is published; the one job that this asks of the review."""

    def publish() -> Job:
        propose_year(year=2027, source_no=NUMBER, days=read(NEXT, 2027), by=sysadmin)
        confirm_year(year=2027, by=secadmin)
        return Job.objects.get(task="reviews.tasks.recount")

    return publish


def test_a_provisional_limit_is_counted_by_the_days_now_in_force(finding, known):
    days = finding.site_check.application.call.rule_set.site_view_days
    assert days == 5
    written(finding, made_at=MADE, view_by=GUESSED, provisional=True)
    tasks.recount(known().pk)
    finding.refresh_from_db()
    # 31 December, then 4 to 7 January: 1 to 3 January are the holiday of 2027.
    assert (finding.view_by, finding.provisional) == (end_of_day(date(2027, 1, 7)), False)


def test_a_firm_limit_and_what_is_decided_stay(finding, known):
    written(finding, made_at=MADE, view_by=GUESSED, provisional=False)
    job = known()
    tasks.recount(job.pk)
    finding.refresh_from_db()
    assert finding.view_by == GUESSED
