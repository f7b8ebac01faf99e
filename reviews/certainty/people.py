"""What the funded set owes to single people: without one expert, and with experts drawn again.

The bootstrap draws each panel's experts anew, as many as there are, with replacement (Efron and
Tibshirani 1993, *An Introduction to the Bootstrap*, chapter 8: whole experts, because the marks of
one belong together, at a hearing too), and aggregates with the call's own method. Where panels are
not complete an item may be left without any of its experts; it then keeps its own marks in that
replicate. The draws are seeded with the SM3 digest of the scores: the same data give the same
shares everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from reviews.certainty.line import NOTHING
from reviews.certainty.standing import Standing, Whole
from reviews.certainty.table import Numbers, by_panel

REPLICATES: Final = 2000
GREY: Final = (0.05, 0.95)  # between these nobody should speak of a clear case
_CHUNK: Final = 2_000_000  # cells of replicates × items × marks held at once


@dataclass(frozen=True, slots=True)
class WithoutExpert:
    """Who would get more, and who less, if an expert's marks were left out."""

    expert: str
    up: tuple[str, ...]
    down: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Funded:
    """How often an item got money over the bootstrap, 0 to 1, and whether it does in truth."""

    item: str
    share: float
    funded: bool

    @property
    def grey(self) -> bool:
        """Whether other experts might well have decided otherwise."""
        return GREY[0] <= self.share <= GREY[1]


def leave_one_out(standing: Standing) -> list[WithoutExpert]:
    """Every expert in turn left out, sorted by expert; an item left without any mark drops out."""
    points = standing.points(standing.there)
    before = _fates(standing, points)
    found = []
    for seat, expert in enumerate(standing.table.experts):
        own = (standing.seats == seat) & (standing.there > 0)
        without = np.where(own, 0, standing.there)
        fates = _fates(standing, standing.points(without))
        changed = [(item, fates[n] - before[n]) for n, item in enumerate(standing.items)]
        found.append(
            WithoutExpert(
                expert,
                tuple(sorted(item for item, change in changed if change > 0)),
                tuple(sorted(item for item, change in changed if change < 0)),
            )
        )
    return found


def bootstrap(
    standing: Standing, panels: Mapping[str, str], replicates: int = REPLICATES
) -> list[Funded]:
    """How often each item is funded when each panel's experts are drawn anew, sorted by item.

    `panels`: item → panel.
    """
    column, sizes = _columns(standing, panels)
    rng = np.random.default_rng(int(standing.seed, 16))
    drawn = np.concatenate([_draw(rng, size, replicates) for size in sizes], axis=1)
    times = np.zeros(len(standing.items), dtype=np.int64)
    step = max(1, _CHUNK // max(standing.there.size, 1))
    for start in range(0, replicates, step):
        counts = drawn[start : start + step][:, column] * standing.there
        for points in standing.points(standing.kept(counts)):
            times += np.frombuffer(_fates(standing, points), dtype=np.uint8) != NOTHING
    truth = _fates(standing, standing.points(standing.there))
    return [
        Funded(item, float(times[n]) / replicates, truth[n] != NOTHING)
        for n, item in sorted(enumerate(standing.items), key=lambda pair: pair[1])
    ]


def _fates(standing: Standing, points: Numbers) -> bytes:
    return standing.line(standing.order(points)).fates(len(standing.items))


def _columns(standing: Standing, panels: Mapping[str, str]) -> tuple[Whole, list[int]]:
    """Where the count of each mark stands among all panels' experts, and each panel's size."""
    place = {item: n for n, item in enumerate(standing.items)}
    column = np.zeros_like(standing.seats)
    sizes: list[int] = []
    for items in by_panel({item: panels[item] for item in standing.items}).values():
        rows = np.array([place[item] for item in items])
        seats = standing.seats[rows]
        members = np.unique(seats[standing.there[rows] > 0])
        if members.size:
            own = np.searchsorted(members, seats).clip(0, members.size - 1)
            column[rows] = own + sum(sizes)
            sizes.append(int(members.size))
    return column, sizes


def _draw(rng: np.random.Generator, size: int, replicates: int) -> Whole:
    """How often each of `size` experts is drawn: replicates × size."""
    drawn = rng.integers(size, size=(replicates, size))
    flat = drawn + size * np.arange(replicates)[:, np.newaxis]
    return np.bincount(flat.ravel(), minlength=replicates * size).reshape(replicates, size)
