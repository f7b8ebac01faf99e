"""Scores as a table of items × experts. A gap is NaN and never zero.

Items and experts stand sorted by id and scores by both, so that the order of the rows that came in
changes no result, to the last bit.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from audit.digests import canonical, sm3

Numbers = NDArray[np.float64]
Indexes = NDArray[np.int64]
Order = Literal["asc", "desc"]
Score = Any  # Decimal, int or Fraction; a float counts for exactly what it is in binary


@dataclass(frozen=True)
class ScoreTable:
    """Scores of items by experts.

    `items`, `experts`: sorted ids, those without any score included. `scores[n]`, exact, was given
    to item number `item[n]` by expert number `expert[n]`; sorted by item, then expert. `order` is
    `desc` where a higher score is better.
    """

    items: tuple[str, ...]
    experts: tuple[str, ...]
    item: Indexes
    expert: Indexes
    scores: tuple[Fraction, ...]
    order: Order = "desc"

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, Score | None]], order: Order = "desc") -> Self:
        """The table of rows (item, expert, score). None is a gap.

        Raises ValueError when an expert scored an item twice, gaps included.
        """
        given: dict[tuple[str, str], Score | None] = {}
        for item, expert, score in rows:
            if (item, expert) in given:
                raise ValueError(f"expert {expert} scored item {item} twice")
            given[item, expert] = score
        items = tuple(sorted({item for item, _ in given}))
        experts = tuple(sorted({expert for _, expert in given}))
        place = {id_: n for n, id_ in enumerate(items)}
        seat = {id_: n for n, id_ in enumerate(experts)}
        filled = sorted((place[i], seat[e], s) for (i, e), s in given.items() if s is not None)
        return cls(
            items=items,
            experts=experts,
            item=np.array([i for i, _, _ in filled], dtype=np.int64),
            expert=np.array([e for _, e, _ in filled], dtype=np.int64),
            scores=tuple(Fraction(score) for _, _, score in filled),
            order=order,
        )

    @cached_property
    def values(self) -> Numbers:
        """The scores as floats, in their order."""
        return np.array([float(score) for score in self.scores])

    @property
    def sign(self) -> int:
        """What a score is multiplied by so that more is better: 1, or -1 for `asc`."""
        return 1 if self.order == "desc" else -1

    @cached_property
    def per_item(self) -> Indexes:
        """How many scores each item has."""
        return np.bincount(self.item, minlength=len(self.items))

    @cached_property
    def per_expert(self) -> Indexes:
        """How many scores each expert gave."""
        return np.bincount(self.expert, minlength=len(self.experts))

    def matrix(self) -> Numbers:
        """Items × experts, NaN where there is no score."""
        dense = np.full((len(self.items), len(self.experts)), np.nan)
        dense[self.item, self.expert] = self.values
        return dense

    def only(self, items: Collection[str]) -> "ScoreTable":
        """The table of these items and the experts who scored any of them."""
        kept = set(items)
        return ScoreTable.of((row for row in self.rows() if row[0] in kept), self.order)

    def rows(self) -> Iterable[tuple[str, str, Fraction]]:
        """The scores as (item, expert, score), sorted."""
        for item, expert, score in zip(self.item, self.expert, self.scores, strict=True):
            yield self.items[item], self.experts[expert], score

    def digest(self) -> str:
        """SM3 of the content: the same for the same items, experts and scores, however written."""
        rows = [[item, expert, str(score)] for item, expert, score in self.rows()]
        content = {"items": self.items, "experts": self.experts, "rows": rows, "order": self.order}
        return sm3(canonical(content))

    def components(self) -> dict[str, str]:
        """Items that share experts, directly or by way of others: item → its group's first item.

        What the groups are like against one another the scores alone cannot tell apart from what
        their experts are like.
        """
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        count = len(self.items)
        size = count + len(self.experts)
        links = coo_array(
            (np.ones(self.item.size), (self.item, self.expert + count)), shape=(size, size)
        )
        _, group = connected_components(links, directed=False)
        first: dict[int, str] = {}
        return {item: first.setdefault(int(group[n]), item) for n, item in enumerate(self.items)}


def by_panel(panels: Mapping[str, str]) -> dict[str, list[str]]:
    """The items of each panel, both sorted, from item → panel."""
    found: dict[str, list[str]] = {}
    for item in sorted(panels):
        found.setdefault(panels[item], []).append(item)
    return dict(sorted(found.items()))
