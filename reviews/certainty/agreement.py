"""How far the experts of a panel put its projects in the same order: Kendall's W.

Without gaps: W = 12·S / (m²(n³ − n) − m·ΣT) with the tie correction T = Σ(t³ − t) of each expert,
and χ² = m(n − 1)W on n − 1 degrees of freedom (Kendall and Gibbons 1990, *Rank Correlation
Methods*, chapter 6). With gaps that sum does not exist; W is then (1 + (m − 1)·r)/m from the mean r
of Spearman's coefficients over the pairs of experts with at least three items in common, each on
those items alone; m counts the experts in such a pair. Without gaps and ties both are the same
number (ibid.). It is kept within 0 and 1, which gaps could let it leave, and it has no p-value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from reviews.certainty.mixed import MixedFit, fit
from reviews.certainty.table import Numbers, ScoreTable, by_panel

LEAST_SHARED: Final = 3


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W of one panel, 0 (no common order) to 1 (one order).

    `m` experts, `n` items with a score. `spearman`: mean rank correlation of the `pairs` of experts
    that can be compared. `w` is None with fewer than two experts or three shared items, or where
    nobody tells the items apart; `p` also where there are gaps.
    """

    m: int
    n: int
    gaps: int
    w: float | None = None
    chi_square: float | None = None
    p: float | None = None
    spearman: float | None = None
    pairs: int = 0


@dataclass(frozen=True, slots=True)
class PanelAgreement:
    """A panel's concordance, and the mixed model fitted to its scores alone (None without any)."""

    panel: str
    concordance: Concordance
    model: MixedFit | None


def panels(table: ScoreTable, panel_of: Mapping[str, str]) -> list[PanelAgreement]:
    """The agreement of every panel, from item → panel, sorted by panel."""
    found = []
    for panel, items in by_panel(panel_of).items():
        own = table.only(items)
        found.append(PanelAgreement(panel, concordance(own), fit(own) if own.scores else None))
    return found


def concordance(table: ScoreTable) -> Concordance:
    """Kendall's W of a table. Items and experts without any score do not count."""
    matrix = table.matrix()[table.per_item > 0][:, table.per_expert > 0]
    n, m = matrix.shape
    gaps = int(np.isnan(matrix).sum())
    plain = Concordance(m, n, gaps)
    if m < 2 or n < LEAST_SHARED:
        return plain
    correlations, experts = _spearman(matrix)
    mean = float(np.mean(correlations)) if correlations else None
    if gaps:
        if mean is None:
            return plain
        w = min(max((1 + (experts - 1) * mean) / experts, 0.0), 1.0)
        return Concordance(m, n, gaps, w, None, None, mean, len(correlations))
    w_ties = _kendall(matrix)
    if w_ties is None:
        return plain
    chi_square = m * (n - 1) * w_ties
    return Concordance(
        m, n, gaps, w_ties, chi_square, _beyond(chi_square, n - 1), mean, len(correlations)
    )


def _beyond(chi_square: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, chi_square))


def _kendall(matrix: Numbers) -> float | None:
    """W of a table without gaps, with ties; None when every expert ties everything."""
    from scipy.stats import rankdata

    n, m = matrix.shape
    ranks = rankdata(matrix, axis=0)
    spread = float(((ranks.sum(axis=1) - m * (n + 1) / 2) ** 2).sum())
    ties = 0.0
    for column in matrix.T:
        sizes = np.unique(column, return_counts=True)[1].astype(float)
        ties += float((sizes**3 - sizes).sum())
    possible = m * m * (n**3 - n) - m * ties
    return min(12 * spread / possible, 1.0) if possible > 0 else None


def _spearman(matrix: Numbers) -> tuple[list[float], int]:
    """Spearman's coefficient of every pair that has one, and how many experts they involve."""
    from scipy.stats import rankdata

    there = ~np.isnan(matrix)
    shared = there.T.astype(int) @ there
    found: list[float] = []
    involved: set[int] = set()
    for one, other in combinations(range(matrix.shape[1]), 2):
        if shared[one, other] < LEAST_SHARED:
            continue
        both = there[:, one] & there[:, other]
        first, second = (rankdata(matrix[both, column]) for column in (one, other))
        first, second = first - first.mean(), second - second.mean()
        size = float(np.sqrt((first @ first) * (second @ second)))
        if size > 0:
            found.append(float(first @ second) / size)
            involved |= {one, other}
    return found, len(involved)
