from datetime import date, timedelta

import chinese_calendar
import pytest

from calendars import known
from calendars.table import WorkingDays
from tests.calendars.tables import PLAIN, RELEASED, Y2019, Y2022

D = date.fromisoformat


def every_day(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_every_day_of_the_released_years_agrees_with_a_second_source():
    days = every_day(date(2023, 1, 1), date(2026, 12, 31))
    assert len(days) == 1461
    assert [d for d in days if RELEASED.is_working(d) != chinese_calendar.is_workday(d)] == []


@pytest.mark.parametrize(
    ("table", "first", "last"),
    [
        (Y2019, "2019-04-15", "2019-06-30"),
        (Y2022, "2022-04-01", "2022-05-31"),
    ],
)
def test_the_older_tables_of_these_tests_agree_too(table, first, last):
    days = every_day(D(first), D(last))
    assert [d for d in days if table.is_working(d) != chinese_calendar.is_workday(d)] == []


@pytest.mark.parametrize(("year", "days"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year, days):
    assert sum(map(RELEASED.is_working, every_day(date(year, 1, 1), date(year, 12, 31)))) == days


@pytest.mark.parametrize(("year", "worked"), [
    (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
    (2025, "01-26 02-08 04-27 09-28 10-11"),
    (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
])  # fmt: skip
def test_weekends_worked(year, worked):
    found = [d for d, is_working in RELEASED.exceptions.items() if d.year == year and is_working]
    assert " ".join(f"{d:%m-%d}" for d in sorted(found)) == worked


def test_the_released_file_lists_only_days_that_differ_each_once():
    days = [day for _, listed in known.years().values() for day in listed]
    assert len(days) == 100
    assert [day for day in days if not day.differs] == []
    assert len({day.day for day in days}) == 100


def test_every_released_year_names_its_notice():
    assert {year: source for year, (source, _) in known.years().items()} == {
        2023: "国办发明电〔2022〕16号",
        2024: "国办发明电〔2023〕7号",
        2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
    }


@pytest.mark.parametrize(("day", "is_known"), [
    ("2022-12-31", False),
    ("2023-01-01", True),
    ("2025-12-31", True),
    ("2026-12-27", True),
    ("2026-12-28", False),
    ("2026-12-31", False),
    ("2027-01-01", False),
])  # fmt: skip
def test_what_is_known(day, is_known):
    """The notice for 2019 changed 29 and 31 December 2018: so the end of a year waits for it."""
    assert RELEASED.is_known(D(day)) is is_known


def test_a_stretch_across_an_unknown_year_is_not_settled():
    gap = WorkingDays({}, {2023, 2024, 2026, 2027})
    assert not gap.is_settled(date(2024, 6, 1), date(2026, 6, 1))
    assert gap.is_settled(date(2023, 6, 1), date(2024, 6, 1))


def test_beyond_the_known_years_monday_to_friday_is_taken():
    assert RELEASED.is_working(date(2027, 10, 1))
    assert not RELEASED.is_working(date(2027, 10, 2))


@pytest.mark.parametrize(("day", "after", "before"), [
    ("2024-09-30", "2024-10-08", "2024-09-29"),
    ("2024-10-11", "2024-10-12", "2024-10-10"),
    ("2026-02-15", "2026-02-24", "2026-02-14"),
    ("2026-06-12", "2026-06-15", "2026-06-11"),
])  # fmt: skip
def test_neighbouring_working_days(day, after, before):
    assert RELEASED.next_working_day(D(day)) == D(after)
    assert RELEASED.previous_working_day(D(day)) == D(before)


def test_an_empty_table_knows_nothing():
    assert not PLAIN.is_known(date(2024, 1, 2))
