"""What would be funded for points alone: the 0/1 knapsack under the same money and floor.

Information only. It shows what the ranking costs in points, and whom points alone would pass over.

Solved exactly in whole numbers (Nemhauser and Ullmann 1969): projects are added one by one, and of
all sets only those stay that no other beats in both money and points and that could still reach the
best known, by the bound of filling the rest with parts of projects (Dantzig 1957). Among the sets
of most points the one whose projects rank better altogether is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviews.certainty.table import Indexes, Numbers

Whole = Indexes


@dataclass(frozen=True, slots=True)
class Packed:
    """Places in rank order, ascending, of the best set; `passed_over`: those outside it that rank
    better than its last; `gained`: its points less those of the set it is compared with.
    """

    chosen: tuple[int, ...]
    passed_over: int
    gained: int


def knapsack(
    points: Sequence[int], costs: Sequence[int], budget: int, funded: Sequence[int]
) -> Packed:
    """The set of most points that the budget pays for, against the `funded` set.

    `points`, `costs`: whole numbers of projects above the floor, best ranked first; costs above 0.
    Raises ValueError for points so fine that their sum leaves 64 bits.
    """
    count = len(points)
    # better places break ties: their sum stays below one point
    scale = count * (count + 1) // 2 + 1
    if (sum(points) + 1) * scale >= 2**62:
        raise ValueError("the points are too fine to be added up")
    worths = [points[n] * scale + count - n for n in range(count)]
    # the bound holds only in the order of what is added up, places included
    order = sorted(range(count), key=lambda n: (-worths[n] / costs[n], n))
    possible = [n for n in order if costs[n] <= budget and points[n] > 0]
    worth = np.array([worths[n] for n in possible], dtype=np.int64)
    cost = np.array([costs[n] for n in possible], dtype=np.int64)
    chosen = tuple(sorted(possible[n] for n in _best(worth, cost, budget)))
    last = chosen[-1] if chosen else 0
    gained = sum(points[n] for n in chosen) - sum(points[n] for n in funded)
    return Packed(chosen, last + 1 - len(chosen) if chosen else 0, gained)


def _best(worth: Whole, cost: Whole, budget: int) -> list[int]:
    """The columns, in order of worth per cost, whose worth is greatest."""
    reach = _Reach(worth, cost)
    known = reach.greedy(budget)
    spent, gained = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    steps: list[tuple[Whole, Whole]] = []  # for each column: where a set came from, whether taken
    for column in range(worth.size):
        more_spent = np.concatenate([spent, spent + cost[column]])
        more_gained = np.concatenate([gained, gained + worth[column]])
        origin = np.concatenate([np.arange(spent.size)] * 2)
        taken = np.repeat([0, 1], spent.size)
        # cheapest first, richest first among equals; then only what is richer than all cheaper
        kept = np.lexsort((taken, -more_gained, more_spent))
        rich = more_gained[kept]
        highest = np.maximum.accumulate(np.concatenate([[-1], rich[:-1]]))
        kept = kept[(rich > highest) & (more_spent[kept] <= budget)]
        spent, gained = more_spent[kept], more_gained[kept]
        able = gained + reach.bound(column + 1, budget - spent) >= known
        spent, gained = spent[able], gained[able]
        steps.append((origin[kept][able], taken[kept][able]))
    return _traced(steps, int(gained.argmax()) if gained.size else 0)


def _traced(steps: Sequence[tuple[Whole, Whole]], place: int) -> list[int]:
    """The columns that a last set was made of."""
    chosen = []
    for column in range(len(steps) - 1, -1, -1):
        origin, taken = steps[column]
        if taken[place]:
            chosen.append(column)
        place = int(origin[place])
    return chosen


class _Reach:
    """How much can still be gained, columns in order of worth per cost."""

    def __init__(self, worth: Whole, cost: Whole) -> None:
        self.worth, self.cost = worth, cost
        self.worths = np.concatenate([[0], np.cumsum(worth)])
        self.costs = np.concatenate([[0], np.cumsum(cost)])

    def greedy(self, budget: int) -> int:
        """The worth of taking whatever fits, in order."""
        gained = 0
        for worth, cost in zip(self.worth.tolist(), self.cost.tolist(), strict=True):
            if cost <= budget:
                gained, budget = gained + worth, budget - cost
        return gained

    def bound(self, start: int, left: Whole) -> Numbers:
        """At least what the columns from `start` on can add for the money left."""
        until = np.searchsorted(self.costs, self.costs[start] + left, side="right") - 1
        whole = (self.worths[until] - self.worths[start]).astype(float)
        beyond = until < self.worth.size
        column = np.minimum(until, self.worth.size - 1)
        rest = left - (self.costs[until] - self.costs[start])
        part = rest * (self.worth[column] / self.cost[column])
        most: Numbers = np.where(beyond, whole + part, whole)
        return most * (1 + 1e-12) + 1  # rounding never cuts
