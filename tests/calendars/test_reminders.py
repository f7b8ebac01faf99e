"""The steps before a deadline, each on one day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from calendars.deadlines import add
from calendars.reminders import STEPS, days_left, step_of
from calendars.table import WorkingDays

HOLIDAY = {date(2026, 6, 19): False, date(2026, 6, 20): True}
TABLE = WorkingDays(HOLIDAY, frozenset({2026, 2027}))
DAYS = st.dates(date(2026, 2, 1), date(2026, 12, 20))


@given(last=DAYS, working=st.booleans())
def test_every_step_has_its_first_day_so_many_days_before(last, working):
    table = TABLE if working else None
    while table and not table.is_working(last):
        last += timedelta(days=1)
    first = {}
    for ahead in range(30, -1, -1):
        today = last - timedelta(days=ahead)
        step = step_of(days_left(today, last, table))
        first.setdefault(step, today)
    del first[None]
    assert first == {
        step: add(last, -step, TABLE).day if working else last - timedelta(days=step)
        for step in STEPS
    }


@given(left=st.integers(-5, 40))
def test_a_step_stands_on_its_day_the_next_and_never_out_of_turn(left):
    expected = {14: 14, 13: 14, 7: 7, 6: 7, 2: 2, 1: 1, 0: 1}
    assert step_of(left) == expected.get(left)
