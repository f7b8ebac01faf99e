"""The ranking of a call with a hearing and its line, recomputed with some experts counting more
than once or not at all: in both stages at once, for the marks of one expert belong together.

Whoever was not heard has no points of the hearing and is not here: who else would have been on the
shortlist nobody can say anything about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import lcm

import numpy as np

from audit.digests import canonical, sm3
from reviews.certainty.standing import Frozen, Standing, Whole
from reviews.certainty.table import Numbers, ScoreTable

Rows = Iterable[tuple[str, str, Decimal]]


@dataclass(frozen=True)
class TwoStages(Standing):
    """Both stages side by side. The first `cut` columns hold the marks on paper, the others those
    of the hearing, which weighs `percent`; `spoken`: the hearing's scores. `table` has the paper's,
    with the experts and items of both.
    """

    spoken: ScoreTable
    cut: int
    percent: int

    @classmethod
    def of_both(cls, paper: Rows, spoken: Rows, frozen: Frozen, percent: int) -> "TwoStages":
        """From rows (item, expert, sum of marks) of each stage. `frozen.places` must be 2, and
        `frozen.base` is the paper's. Raises ValueError as `Standing.of`.
        """
        rows = [list(paper), list(spoken)]
        tables = [_with_gaps(mine, other) for mine, other in (rows, rows[::-1])]
        one, two = (Standing.of(table, frozen) for table in tables)
        unit = lcm(one.unit, two.unit)
        whole = [each.marks * (unit // each.unit) for each in (one, two)]
        return cls(
            one.table,
            frozen,
            one.items,
            np.hstack(whole),
            np.hstack([one.seats, two.seats]),
            np.hstack([one.there, two.there]),
            unit,
            two.table,
            one.marks.shape[1],
            percent,
        )

    @property
    def seed(self) -> str:
        return sm3(canonical([self.table.digest(), self.spoken.digest()]))

    def kept(self, counts: Whole) -> Whole:
        """The same in each stage by itself."""
        halves = [
            np.where(part.sum(axis=-1, keepdims=True) == 0, there, part)
            for part, there in zip(self._halves(counts), self._halves(self.there), strict=True)
        ]
        return np.concatenate(halves, axis=-1)

    def points(self, counts: Whole) -> Numbers:
        """Totals of both stages, each rounded by itself and then the sum by weights, as the call's
        own are; NaN: no score in one of them.
        """
        paper, spoken = (
            self.aggregated(marks, part)
            for marks, part in zip(self._halves(self.marks), self._halves(counts), strict=True)
        )
        whole, fine = self.bases
        on_paper = paper[0] + whole * 100 // fine
        doubled = 2 * (on_paper * (100 - self.percent) + spoken[0] * self.percent)
        total = (doubled + 100) // 200 / 100
        return np.where(paper[2] & spoken[2], total, np.nan)

    def _halves(self, columns: Whole) -> tuple[Whole, Whole]:
        return columns[..., : self.cut], columns[..., self.cut :]


def _with_gaps(mine: list[tuple[str, str, Decimal]], other: Rows) -> ScoreTable:
    """One stage's scores, with the items and experts of the other as well."""
    given = {(item, expert) for item, expert, _ in mine}
    gaps = ((item, expert, None) for item, expert, _ in other if (item, expert) not in given)
    return ScoreTable.of([*mine, *gaps])
