"""Counting many stretches of working days at once: running sums over the table. No Django."""

from collections.abc import Iterable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from calendars.table import ONE_DAY, WorkingDays

Ints = NDArray[np.int64]


class DayCounts:
    """Working days from one day to another in one step, for the days from `first` to `last`.

    A stretch counts as `calendars.clocks.elapsed` counts it: its first day not, its last day.
    ValueError for days outside.
    """

    def __init__(self, first: date, last: date, table: WorkingDays) -> None:
        span = (last - first).days + 1
        if span < 1:
            raise ValueError(f"{last} lies before {first}")
        worked = np.fromiter(
            (table.is_working(first + ONE_DAY * n) for n in range(span)), np.int64, span
        )
        self._origin = first.toordinal()
        self._sums: Ints = np.cumsum(worked)

    def elapsed(self, start: date, end: date) -> int:
        """Working days after `start` up to `end`; 0 when end does not lie after start."""
        return int(self.elapsed_many([start], [end])[0])

    def elapsed_many(self, starts: Iterable[date], ends: Iterable[date]) -> Ints:
        """`elapsed` for each pair of days."""
        return self.between(ordinals(starts), ordinals(ends))

    def between(self, starts: Ints, ends: Ints) -> Ints:
        """`elapsed` for days as ordinals (`date.toordinal`)."""
        low, high = starts - self._origin, ends - self._origin
        if low.size and (
            min(low.min(), high.min()) < 0 or max(low.max(), high.max()) >= self._sums.size
        ):
            raise ValueError("a day lies outside of the days counted")
        counted: Ints = np.maximum(self._sums[high] - self._sums[low], 0)
        return counted


def ordinals(days: Iterable[date]) -> Ints:
    return np.fromiter((day.toordinal() for day in days), np.int64)
