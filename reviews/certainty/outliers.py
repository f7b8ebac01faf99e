"""Single marks that stand out from what their item and their expert would lead one to expect.

Residuals r of the additive model y = μ + item + expert, both fixed, by least squares for any
pattern of gaps; a mark stands out when |r| / (s·√(1 − leverage)) > 3, the internally studentised
residual (Cook and Weisberg 1982, *Residuals and Influence in Regression*, section 2.2). With few
degrees of freedom nothing can: that ratio never exceeds their square root.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from reviews.certainty.crossed import NO_FINER, Crossed
from reviews.certainty.table import Numbers, ScoreTable

THRESHOLD: Final = 3.0
_NO_FREEDOM: Final = 1e-9  # of 1 − leverage: the model passes through such a mark whatever it is


@dataclass(frozen=True, slots=True)
class Residual:
    """One mark: as given, as the model expects it, and its studentised residual.

    `studentised` is None for a mark that its own leverage decides.
    """

    item: str
    expert: str
    score: float
    expected: float
    studentised: float | None

    @property
    def stands_out(self) -> bool:
        return self.studentised is not None and abs(self.studentised) > THRESHOLD


def outliers(table: ScoreTable) -> list[Residual]:
    """The marks that stand out, furthest first."""
    found = [residual for residual in residuals(table) if residual.stands_out]
    return sorted(found, key=lambda r: (-abs(r.studentised or 0.0), r.item, r.expert))


def residuals(table: ScoreTable) -> list[Residual]:
    """Every mark with its studentised residual, in the table's order; empty without scores."""
    if not table.scores:
        return []
    crossed = Crossed.of(table)
    rest, leverage, freedom = _two_way(crossed)
    square = float(rest @ rest)
    judged = (1 - leverage > _NO_FREEDOM) & (freedom > 0)
    if square <= NO_FINER * crossed.total:
        ratio = np.zeros(crossed.n)
    else:
        s = np.sqrt(square / max(freedom, 1))
        ratio = rest / (s * np.sqrt(np.where(judged, 1 - leverage, 1)))
    expected = table.values - rest * crossed.scale
    return [
        Residual(
            item=table.items[table.item[n]],
            expert=table.experts[table.expert[n]],
            score=float(table.values[n]),
            expected=float(expected[n]),
            studentised=float(ratio[n]) if judged[n] else None,
        )
        for n in range(crossed.n)
    ]


def _two_way(crossed: Crossed) -> tuple[Numbers, Numbers, int]:
    """Residuals, leverages and degrees of freedom of the additive fixed model.

    Items are absorbed; what is left of the experts is singular once for every component.
    """
    item, expert = crossed.table.item, crossed.table.expert
    values, vectors = crossed.eigen(crossed.within)
    kept = values > 1e-9 * max(values.max(initial=0.0), 1.0)
    root = vectors[:, kept] / np.sqrt(values[kept])
    around = crossed.y - crossed.item_means[item]
    severity = root @ (root.T @ crossed.per_expert(around))
    counts = np.maximum(crossed.counts, 1)
    mean_severity = (crossed.cells @ severity) / counts
    rest = around - severity[expert] + mean_severity[item]
    panel = (crossed.cells @ root) / counts[:, np.newaxis]
    leverage = 1 / counts[item] + ((root[expert] - panel[item]) ** 2).sum(axis=1)
    rank = int((crossed.counts > 0).sum() + kept.sum())
    return rest, leverage, crossed.n - rank
