"""Quarters, and days some months later."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.quarters import Quarter, ended, months_after, quarter_of

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(days)
def test_a_day_lies_in_its_quarter(day):
    quarter = quarter_of(day)
    assert quarter.first_day <= day <= quarter.last_day
    assert quarter.following.first_day == quarter.last_day + timedelta(days=1)


@given(days, st.integers(0, 2000))
def test_quarters_that_are_over_follow_one_another(start, length):
    until = start + timedelta(days=length)
    found = list(ended(start, until))
    assert all(quarter.last_day < until for quarter in found)
    assert [quarter.following for quarter in found[:-1]] == found[1:]
    if found:
        assert found[0] == quarter_of(start)
        assert found[-1].following == quarter_of(until)


def test_the_day_after_a_quarter_it_is_over():
    assert list(ended(date(2026, 2, 14), date(2026, 3, 31))) == []
    assert list(ended(date(2026, 2, 14), date(2026, 4, 1))) == [Quarter(2026, 1)]
    assert list(ended(date(2025, 12, 31), date(2026, 4, 1))) == [Quarter(2025, 4), Quarter(2026, 1)]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 9, 15), 3, date(2026, 12, 15)),
        (date(2026, 10, 15), 3, date(2027, 1, 15)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_months_after(day, months, later):
    assert months_after(day, months) == later
