from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.clocks import Pause, due_with_pauses, elapsed
from calendars.deadlines import LONGEST, Deadline, count_inclusive, due
from tests.calendars.tables import RELEASED

D = date.fromisoformat
day = st.dates(date(2023, 1, 1), date(2026, 6, 1))


@st.composite
def pause(draw):
    first = draw(day)
    return Pause(first, first + timedelta(days=draw(st.integers(0, 40))))


pauses = st.lists(pause(), max_size=4)


@pytest.mark.parametrize(("start", "end", "stops", "used"), [
    ("2026-06-12", "2026-06-12", [], 0),
    ("2026-06-12", "2026-06-15", [], 1),
    ("2026-06-12", "2026-06-22", [], 5),
    ("2026-06-12", "2026-06-22", [("2026-06-16", "2026-06-17")], 3),
    ("2026-06-12", "2026-06-22", [("2026-06-16", "2026-06-17"), ("2026-06-17", "2026-06-18")], 2),
    ("2026-06-12", "2026-06-22", [("2026-06-16", None)], 1),
    ("2026-06-12", "2026-06-22", [("2026-06-12", "2026-06-14")], 5),
    ("2026-06-22", "2026-06-12", [], 0),
])  # fmt: skip
def test_working_days_used_up(start, end, stops, used):
    standing = [Pause(D(first), last and D(last)) for first, last in stops]
    assert elapsed(D(start), D(end), standing, RELEASED) == used


@pytest.mark.parametrize(("stops", "end"), [
    ([], "2026-06-22"),
    ([("2026-06-16", "2026-06-17")], "2026-06-24"),
    ([("2026-06-13", "2026-06-14")], "2026-06-22"),
    ([("2026-06-22", None)], None),
    ([("2026-06-23", None)], "2026-06-22"),
])  # fmt: skip
def test_a_limit_with_pauses(stops, end):
    standing = [Pause(D(first), last and D(last)) for first, last in stops]
    expected = None if end is None else Deadline(D(end), provisional=False)
    assert due_with_pauses(D("2026-06-12"), 5, standing, RELEASED) == expected


@given(day, st.integers(1, 60))
def test_without_pauses_it_is_the_plain_limit(start, days):
    assert due_with_pauses(start, days, [], RELEASED) == due(start, days, RELEASED)


@given(day, st.integers(1, 40), pauses)
def test_at_its_end_a_limit_is_just_used_up(start, days, stops):
    end = due_with_pauses(start, days, stops, RELEASED).day
    assert elapsed(start, end, stops, RELEASED) == days
    assert elapsed(start, end - timedelta(days=1), stops, RELEASED) == days - 1


@given(st.lists(day, min_size=2, max_size=6), pauses)
def test_the_shares_of_the_units_add_up_to_the_whole(days, stops):
    days.sort()
    shares = [elapsed(a, b, stops, RELEASED) for a, b in pairwise(days)]
    assert sum(shares) == elapsed(days[0], days[-1], stops, RELEASED)


@given(day, st.integers(0, 90), pauses, pause())
def test_a_further_pause_never_uses_up_more(start, length, stops, more):
    end = start + timedelta(days=length)
    with_more = elapsed(start, end, [*stops, more], RELEASED)
    without = elapsed(start, end, stops, RELEASED)
    assert without - count_inclusive(more.first, more.last, RELEASED) <= with_more <= without


@given(day, st.integers(1, 40), pauses)
def test_the_order_of_pauses_does_not_matter(start, days, stops):
    assert due_with_pauses(start, days, stops, RELEASED) == due_with_pauses(
        start, days, reversed(stops), RELEASED
    )


@pytest.mark.parametrize("days", [0, -3, LONGEST + 1])
def test_nonsense_is_refused(days):
    with pytest.raises(ValueError, match="no number of working days"):
        due_with_pauses(date(2026, 1, 5), days, [], RELEASED)
