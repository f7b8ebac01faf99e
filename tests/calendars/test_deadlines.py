from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars import instants
from calendars.deadlines import LONGEST, Deadline, add, count_inclusive, due, notice_end
from tests.calendars.tables import PLAIN, RELEASED, Y2019, Y2022

D = date.fromisoformat
some_day = st.dates(date(2023, 1, 1), date(2026, 10, 31))
any_day = st.dates(date(2000, 1, 1), date(2060, 1, 1))
some_days = st.integers(1, 60)
tables = st.sampled_from([RELEASED, Y2019, Y2022, PLAIN])


@pytest.mark.parametrize(("table", "start", "end"), [
    (Y2022, "2022-04-26", "2022-05-05"),
    (Y2019, "2019-05-29", "2019-06-04"),
    (RELEASED, "2023-07-31", "2023-08-04"),
])  # fmt: skip
def test_public_notices_as_they_were_published(table, start, end):
    """安徽 2022, 湖南 2019, 上海 2023: five working days, the first one counted."""
    assert notice_end(D(start), 5, table) == Deadline(D(end), provisional=False)
    assert count_inclusive(D(start), D(end), table) == 5


@pytest.mark.parametrize(("start", "days", "end"), [
    ("2026-06-12", 5, "2026-06-18"),
    ("2026-06-15", 5, "2026-06-22"),  # Dragon Boat Festival on Friday 19 June
    ("2024-09-30", 5, "2024-10-11"),
    ("2024-10-01", 5, "2024-10-12"),  # starts on a holiday: the count begins on 8 October
    ("2024-10-12", 1, "2024-10-12"),  # a Saturday that is worked
])  # fmt: skip
def test_a_notice_counts_its_first_day(start, days, end):
    assert notice_end(D(start), days, RELEASED) == Deadline(D(end), provisional=False)


@pytest.mark.parametrize(("start", "days", "end"), [
    ("2026-06-12", 5, "2026-06-22"),
    ("2026-06-13", 5, "2026-06-22"),
    ("2024-09-30", 1, "2024-10-08"),
    ("2024-09-28", 1, "2024-09-29"),
    ("2025-12-31", 1, "2026-01-04"),
])  # fmt: skip
def test_a_handling_limit_does_not_count_the_day_of_receipt(start, days, end):
    assert due(D(start), days, RELEASED) == Deadline(D(end), provisional=False)


@pytest.mark.parametrize(("count", "start", "days", "end", "provisional"), [
    (due, "2026-12-21", 4, "2026-12-25", False),
    (due, "2026-12-21", 5, "2026-12-28", True),
    (due, "2026-12-25", 10, "2027-01-08", True),
    (due, "2022-12-30", 1, "2023-01-03", True),   # it passed over days nobody had settled
    (due, "2022-12-31", 1, "2023-01-03", False),
    (notice_end, "2026-12-24", 2, "2026-12-25", False),
    (notice_end, "2026-12-24", 3, "2026-12-28", True),
    (notice_end, "2027-03-01", 5, "2027-03-05", True),
    (add, "2026-12-25", 0, "2026-12-25", False),
    (add, "2027-01-04", 0, "2027-01-04", True),
    (add, "2027-01-04", -1, "2027-01-01", True),
    (add, "2024-10-08", -1, "2024-09-30", False),
    (add, "2024-10-08", 1, "2024-10-09", False),
])  # fmt: skip
def test_what_reaches_an_unknown_year_is_provisional(count, start, days, end, provisional):
    assert count(D(start), days, RELEASED) == Deadline(D(end), provisional)


@pytest.mark.parametrize("count", [notice_end, due])
@pytest.mark.parametrize("days", [0, -1, LONGEST + 1, 10**9])
def test_nonsense_is_refused(count, days):
    with pytest.raises(ValueError, match="no number of working days"):
        count(date(2026, 1, 5), days, RELEASED)
    with pytest.raises(ValueError, match="no number of working days"):
        add(date(2026, 1, 5), LONGEST + 1, RELEASED)
    with pytest.raises(ValueError, match="no number of working days"):
        add(date(2026, 1, 5), -LONGEST - 1, RELEASED)


@given(any_day, some_days, tables)
def test_a_limit_ends_on_a_working_day_and_holds_so_many(start, days, table):
    end = due(start, days, table).day
    assert table.is_working(end)
    assert count_inclusive(start + timedelta(days=1), end, table) == days


@given(any_day, some_days, tables)
def test_a_notice_ends_on_a_working_day_and_holds_so_many(start, days, table):
    end = notice_end(start, days, table).day
    assert table.is_working(end)
    assert count_inclusive(start, end, table) == days


@given(any_day, some_days, tables)
def test_a_notice_from_a_working_day_ends_one_working_day_before_a_limit(start, days, table):
    end, limit = notice_end(start, days, table).day, due(start, days, table).day
    assert (table.next_working_day(end) if table.is_working(start) else end) == limit


@given(any_day, some_days, some_days, tables)
def test_limits_add_up(start, first, second, table):
    halfway = due(start, first, table).day
    assert due(halfway, second, table).day == due(start, first + second, table).day


@given(any_day, some_days, tables)
def test_going_back_undoes_going_forward_from_a_working_day(start, days, table):
    start = start if table.is_working(start) else table.next_working_day(start)
    assert add(add(start, days, table).day, -days, table).day == start


@given(any_day, any_day, some_days, tables)
def test_a_later_start_never_ends_earlier(one, other, days, table):
    early, late = sorted([one, other])
    assert due(early, days, table).day <= due(late, days, table).day
    assert notice_end(early, days, table).day <= notice_end(late, days, table).day


@given(some_day, some_days)
def test_provisional_means_that_a_day_on_the_way_is_unknown(start, days):
    end = due(start, days, RELEASED)
    way = [start + timedelta(days=n) for n in range(1, (end.day - start).days + 1)]
    assert end.provisional == (not all(map(RELEASED.is_known, way)))


@given(some_day, some_day)
def test_counting_an_empty_stretch_gives_nothing(one, other):
    first, last = max(one, other), min(one, other)
    assert count_inclusive(first, last, RELEASED) == (
        RELEASED.is_working(first) if first == last else 0
    )


def test_a_day_as_instants():
    shanghai = ZoneInfo("Asia/Shanghai")
    assert instants.start_of_day(D("2026-06-12")) == datetime(2026, 6, 12, tzinfo=shanghai)
    assert instants.end_of_day(D("2026-06-12")) + timedelta(microseconds=1) == (
        instants.start_of_day(D("2026-06-13"))
    )
