"""Terms that reach into a year whose holidays are not known yet, counted again once they are."""

from datetime import datetime

import pytest

from audit import clock
from awards.models import Award
from awards.services import agreements, decisions
from awards.services.clawbacks import order_clawback
from awards.services.recounts import recount
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.notice_text import read
from calendars.selectors import working_days
from calendars.services import confirm_year, propose_year
from calendars.wording import day_of
from tests.awards import stages
from tests.calendars.test_years import NEXT, NUMBER


@pytest.fixture
def start():
    """A fortnight before the year ends."""
    return datetime(2026, 12, 14, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture
def year_known(sysadmin, secadmin):
    def publish():
        propose_year(year=2027, source_no=NUMBER, days=read(NEXT, 2027), by=sysadmin)
        confirm_year(year=2027, by=secadmin)

    return publish


def test_by_when_an_agreement_is_to_be_signed(people, ranked, year_known):
    first, other = stages.awarded(people, ranked)[:2]
    decisions.record_allocation(
        call=ranked, number="吉财产业指〔2026〕99号", issued_on=clock.today(), by=people.finance
    )
    unsigned = agreements.draw_up(award=first, by=people.officer)
    signed = agreements.draw_up(award=other, by=people.officer)
    stages.signed(people, signed)
    before = signed.sign_by
    assert (unsigned.provisional, signed.provisional) == (True, True)
    year_known()
    recount()
    unsigned.refresh_from_db()
    signed.refresh_from_db()
    days = ranked.rule_set.agreement_days
    end = due(day_of(unsigned.drawn_up_at), days, working_days())
    assert (unsigned.sign_by, unsigned.provisional) == (end_of_day(end.day), False)
    assert (signed.sign_by, signed.provisional) == (before, True)


def test_by_when_money_is_to_be_paid_back(people, ranked, year_known):
    agreement = stages.agreed(people, ranked)
    stages.paid(people, stages.part(agreement, 1))
    award = Award.objects.get(pk=agreement.award_id)
    ended = stages.terminated(people, award, claw_back=award.paid)
    row = order_clawback(termination=ended, document_no="吉财追〔2026〕3号", by=people.finance)
    assert row.provisional
    year_known()
    recount()
    row.refresh_from_db()
    end = due(row.ordered_on, ranked.rule_set.clawback_days, working_days())
    assert (row.due_at, row.provisional) == (end_of_day(end.day), False)
