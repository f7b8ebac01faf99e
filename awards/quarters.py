"""Quarters of the year and the reports due after them. Plain Python."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a calendar year; `number` is 1 to 4."""

    year: int
    number: int

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.following.first_day - timedelta(days=1)

    @property
    def following(self) -> "Quarter":
        if self.number == 4:
            return Quarter(self.year + 1, 1)
        return Quarter(self.year, self.number + 1)


def quarter_of(day: date) -> Quarter:
    """The quarter that the day falls into."""
    return Quarter(day.year, (day.month + 2) // 3)


def ended(start: date, until: date) -> Iterator[Quarter]:
    """The quarters over before `until`, from the one that `start` falls into, in their order."""
    quarter = quarter_of(start)
    while quarter.last_day < until:
        yield quarter
        quarter = quarter.following


def months_after(day: date, months: int) -> date:
    """The same day so many months later; where that month is shorter, its last day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = following - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))
