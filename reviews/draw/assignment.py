"""The filling of all seats together that the seed determines.

Of all fillings that obey the rules, the one with the least sum of ranks; of those, the one with
the least sum of key numbers (the first 32 bits of each key). Walking down each list instead would
strand seats: the last panel would find its people taken.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from reviews.draw.checking import Seated, violations
from reviews.draw.columns import Columns, lay_out
from reviews.draw.eligibility import Eligibility, Place, seats
from reviews.draw.entities import Pool
from reviews.draw.program import Best, Indexes, NoChoice, choose, minimise
from reviews.draw.protocol import key, key_number
from reviews.draw.supply import Shortage, fill, supply, too_small

__all__ = ["Infeasible", "Seated", "assign", "objective"]

_AT_FIRST: Final = 12  # candidates a seat starts with; more are let in as far as they can matter


class Infeasible(ValueError):
    """The seats cannot all be filled; `shortages` says which, and why."""

    def __init__(self, shortages: tuple[Shortage, ...]) -> None:
        super().__init__("; ".join(str(shortage) for shortage in shortages))
        self.shortages = shortages


def assign(pool: Pool, seed: bytes) -> tuple[Seated, ...]:
    """Who sits where, sorted by panel, seat and rank. Raises Infeasible."""
    if too_small(pool):
        raise Infeasible(supply(pool))
    eligibility = Eligibility(pool)
    orders = [eligibility.order(seed, panel, seat) for panel, seat in seats(pool)]
    columns = lay_out(pool, [[place.expert for place in order] for order in orders])
    try:
        chosen = _best(columns, orders)
    except NoChoice:
        raise Infeasible(supply(pool)) from None
    seated = [_seated(columns, int(column)) for column in chosen]
    broken = violations(pool, seated)
    if broken:
        raise RuntimeError(f"the solver broke a rule: {broken[0]}")
    return tuple(sorted(seated, key=lambda place: (place.panel, place.seat, place.rank)))


def objective(pool: Pool, seed: bytes, seated: Iterable[Seated]) -> tuple[int, int]:
    """(sum of ranks, sum of key numbers) of a filling: what is minimised, in this order."""
    places = list(seated)
    keys = (key_number(key(seed, place.panel, place.seat, place.expert)) for place in places)
    return sum(place.rank for place in places), sum(keys)


def _best(columns: Columns, orders: Sequence[Sequence[Place]]) -> Indexes:
    ranks = columns.rank.astype(float)
    try:
        best = minimise(columns.program, ranks, columns.first(_AT_FIRST))
    except NoChoice:
        some = fill(columns)
        start = np.union1d(columns.first(_AT_FIRST), some)
        best = minimise(columns.program, ranks, start)
    return _least_keys(columns, orders, best)


def _least_keys(columns: Columns, orders: Sequence[Sequence[Place]], best: Best) -> Indexes:
    """Among the fillings with the least sum of ranks, the one with the least sum of key numbers."""
    contenders = best.contenders
    ranks = columns.rank[contenders].astype(float)
    numbers = np.array(
        [key_number(orders[columns.seat[c]][columns.rank[c]].key) for c in contenders], dtype=float
    )
    program = columns.program.only(contenders).with_row(ranks, best.cost + 0.5)
    picked = choose(program, numbers)
    if picked is None:
        raise RuntimeError("the best filling vanished between two steps")
    return contenders[picked]


def _seated(columns: Columns, column: int) -> Seated:
    panel, seat = columns.places[columns.seat[column]]
    return Seated(panel.id, seat.id, columns.expert_id(column), int(columns.rank[column]))
