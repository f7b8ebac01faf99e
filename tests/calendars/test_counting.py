from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.clocks import Pause, due_with_pauses, elapsed, part_of, shares
from calendars.counting import DayCounts
from tests.calendars.tables import RELEASED

FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)
COUNTS = DayCounts(FIRST, LAST, RELEASED)
day = st.dates(FIRST, LAST)


@given(st.lists(st.tuples(day, day), min_size=1, max_size=20))
def test_many_at_once_count_as_one_by_one(stretches):
    starts, ends = zip(*stretches, strict=True)
    expected = [elapsed(start, end, (), RELEASED) for start, end in stretches]
    assert COUNTS.elapsed_many(starts, ends).tolist() == expected


def test_days_outside_are_refused():
    for start, end in ((FIRST - timedelta(1), LAST), (FIRST, LAST + timedelta(1))):
        with pytest.raises(ValueError, match="outside"):
            COUNTS.elapsed(start, end)
    with pytest.raises(ValueError, match="before"):
        DayCounts(LAST, FIRST, RELEASED)


@given(st.lists(day, min_size=2, max_size=8), st.lists(st.tuples(day, st.integers(0, 40))))
def test_sub_clocks_add_up_to_the_whole(days, stops):
    days.sort()
    pauses = [Pause(first, first + timedelta(days=n)) for first, n in stops]
    turns = list(pairwise(days))
    whole = elapsed(days[0], days[-1], pauses, RELEASED)
    assert sum(shares(turns, pauses, RELEASED)) == whole


@given(day, st.integers(1, 60), st.integers(0, 30), st.integers(0, 30))
def test_a_pause_moves_the_due_day_by_its_working_days_and_restarts_nothing(start, days, ago, long):
    """What was used before the pause stays used; only the days that stood still come on top."""
    first = start + timedelta(days=ago)
    pause = Pause(first, first + timedelta(days=long))
    plain = due_with_pauses(start, days, [], RELEASED).day
    moved = due_with_pauses(start, days, [pause], RELEASED).day
    if plain < first:
        assert moved == plain
        return
    used = elapsed(start, first - timedelta(days=1), [], RELEASED)
    assert elapsed(pause.last, moved, [], RELEASED) == days - used


@given(st.integers(1, 250), st.integers(1, 99))
def test_a_part_of_a_limit_is_the_first_day_that_reaches_it(days, percent):
    part = part_of(days, percent)
    assert part * 100 >= days * percent
    assert part == 1 or (part - 1) * 100 < days * percent
