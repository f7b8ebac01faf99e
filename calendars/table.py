"""The working-day table as a plain value. No Django.

A year is known once the State Council's notice for it was published; beyond that, Monday to
Friday are taken for working days and everything that rests on them is provisional.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5

TURN_OF_YEAR = (12, 28)
"""From this day on, December may still be changed by the next year's notice: the one for 2019
made Saturday 29 December 2018 a working day and Monday 31 December a day off."""


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked: Monday to Friday, but for the exceptions of the published years.

    `exceptions`: day → worked (True) or off (False); `years`: those with a published notice.
    """

    exceptions: Mapping[date, bool]
    years: Collection[int]
    names: Mapping[date, str] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether the offices work on this day (a guess where `is_known` says no)."""
        return self.exceptions.get(day, day.weekday() < SATURDAY)

    def is_known(self, day: date) -> bool:
        """Whether this day is settled by published notices."""
        if day.year not in self.years:
            return False
        return (day.month, day.day) < TURN_OF_YEAR or day.year + 1 in self.years

    def is_settled(self, first: date, last: date) -> bool:
        """Whether every day from first to last, both included, is known."""
        if not (self.is_known(first) and self.is_known(last)):
            return False
        return all(year in self.years for year in range(first.year, last.year + 1))

    def next_working_day(self, day: date) -> date:
        """The first working day after this one."""
        day += ONE_DAY
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """The last working day before this one."""
        day -= ONE_DAY
        while not self.is_working(day):
            day -= ONE_DAY
        return day
