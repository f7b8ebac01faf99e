"""All seats of all panels as one program: a column for each expert eligible for each seat."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from reviews.draw.eligibility import seats
from reviews.draw.entities import Panel, Pool, Seat
from reviews.draw.program import Indexes, Program

Rule = Literal["institution", "max_panels", "min_scores"]


@dataclass(frozen=True)
class Columns:
    """For each column the number of its seat (as in `places`), the number of its expert (as in the
    pool) and the position in the order of the seat; with the rows every filling must obey."""

    pool: Pool
    places: tuple[tuple[Panel, Seat], ...]
    seat: Indexes
    expert: Indexes
    rank: Indexes
    program: Program

    def first(self, per_seat: int) -> Indexes:
        """The columns of the first few in the order of each seat."""
        return np.flatnonzero(self.rank < per_seat)

    def expert_id(self, column: int) -> str:
        return self.pool.experts[int(self.expert[column])].id


def lay_out(pool: Pool, orders: Sequence[Sequence[str]], without: Collection[Rule] = ()) -> Columns:
    """The program of a pool. `orders` lists, seat by seat, the eligible experts in their order;
    rules named in `without` are left out, to find out what they cost."""
    places = tuple(seats(pool))
    number = {expert.id: index for index, expert in enumerate(pool.experts)}
    lengths = [len(order) for order in orders]
    seat = np.repeat(np.arange(len(places)), lengths)
    expert = np.fromiter(
        (number[name] for order in orders for name in order), np.int64, sum(lengths)
    )
    rank = np.concatenate([np.arange(length) for length in lengths]) if lengths else seat
    return Columns(pool, places, seat, expert, rank, _rows(pool, places, seat, expert, without))


class _Rows:
    """Rows gathered block by block as coordinates of a sparse matrix."""

    def __init__(self, columns: int) -> None:
        self.columns, self.count = columns, 0
        self.at_row: list[Indexes] = []
        self.at_column: list[Indexes] = []
        self.lower: list[Any] = []
        self.upper: list[Any] = []

    def add(self, row: Indexes, column: Indexes, lower: Any, upper: Any) -> None:
        """Add a block: entries of 1 at (row, column), rows numbered from 0 within the block."""
        self.at_row.append(row + self.count)
        self.at_column.append(column)
        self.lower.append(np.asarray(lower, dtype=float))
        self.upper.append(np.asarray(upper, dtype=float))
        self.count += len(self.lower[-1])

    def program(self) -> Program:
        return Program.of(
            np.concatenate(self.at_row),
            np.concatenate(self.at_column),
            self.columns,
            np.concatenate(self.lower),
            np.concatenate(self.upper),
        )


def _rows(
    pool: Pool,
    places: Sequence[tuple[Panel, Seat]],
    seat: Indexes,
    expert: Indexes,
    without: Collection[Rule],
) -> Program:
    rows = _Rows(seat.size)
    every = np.arange(seat.size)
    counts = [wanted.count for _, wanted in places]
    rows.add(seat, every, counts, counts)
    panel_number = {panel.id: index for index, panel in enumerate(pool.panels)}
    panel = np.array([panel_number[panel.id] for panel, _ in places], dtype=np.int64)[seat]
    by_institution = pool.rules.one_per_institution and "institution" not in without
    group = _groups(pool, by_institution=by_institution)[expert]
    _, row, size = np.unique(
        panel * (len(pool.experts) + 1) + group, return_inverse=True, return_counts=True
    )
    rows.add(row, every, np.full(size.size, -np.inf), np.ones(size.size))
    if "max_panels" not in without:
        limits = [member.max_panels for member in pool.experts]
        rows.add(expert, every, np.full(len(limits), -np.inf), limits)
    if "min_scores" not in without:
        _add_score_rows(rows, pool, panel, expert)
    return rows.program()


def _groups(pool: Pool, *, by_institution: bool) -> Indexes:
    """For each expert the group of which a panel takes at most one: an institution, or oneself."""
    first_of: dict[str, int] = {}
    found = []
    for number, member in enumerate(pool.experts):
        shared = by_institution and member.institution != ""
        found.append(first_of.setdefault(member.institution, number) if shared else number)
    return np.array(found, dtype=np.int64)


def _add_score_rows(rows: _Rows, pool: Pool, panel: Indexes, expert: Indexes) -> None:
    """Of a panel's members, no more may be barred from an application than can be done without."""
    number = {member.id: index for index, member in enumerate(pool.experts)}
    for index, this in enumerate(pool.panels):
        spare = max(0, this.places - pool.rules.min_scores)
        limiting = [
            barred
            for application in this.applications
            if len(barred := pool.barred.get(application, frozenset())) > spare
        ]
        if not limiting:
            continue
        here = np.flatnonzero(panel == index)
        for barred in limiting:
            members = [number[name] for name in barred]
            column = here[np.isin(expert[here], members)]
            rows.add(np.zeros(column.size, dtype=np.int64), column, [-np.inf], [spare])
