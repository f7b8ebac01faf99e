"""Expected ranks with credible intervals, from the hierarchical model of all scores.

After Heyard, Ott, Salanti and Egger (2022), *Rethinking the funding line at the Swiss National
Science Foundation*, arXiv 2102.09958: score = μ + item + expert + noise, all normal; the expected
rank of an item is 1 + Σ P(another is better), which is exact here for each pair of variance ratios
(see `posterior`, whose priors are free of the unit where theirs are uniform) with the full
covariance of all effects. The intervals are quantiles of the rank over draws from the same
posterior, always the same draws: one table has one answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from reviews.certainty.crossed import Crossed, Effects
from reviews.certainty.posterior import Node, nodes
from reviews.certainty.table import Indexes, Numbers, ScoreTable

DRAWS: Final = 10_000
_SEED: Final = 20_210_209_958
_ROWS: Final = 512  # items compared with all others at once
_BATCH: Final = 500  # draws held at once
_NORMAL: Final = 1000  # degrees of freedom from which t and normal differ by less than 0.0001
_ENDS: Final = (0.25, 0.75, 0.05, 0.95)


@dataclass(frozen=True, slots=True)
class ExpectedRank:
    """An item's expected rank, 1 to n, and the ranks that hold 50 % and 90 % of its posterior.

    n counts the items with a score; all fields are None for an item without.
    """

    item: str
    expected: float | None
    low50: int | None
    high50: int | None
    low90: int | None
    high90: int | None


def expected_ranks(table: ScoreTable, draws: int = DRAWS) -> list[ExpectedRank]:
    """All items of the table, sorted by item; rank 1 is best by the table's order.

    Scores that do not differ tell nothing apart: every rank is as likely as any other. Raises
    ValueError without any score.
    """
    crossed = Crossed.of(table)
    scored = np.flatnonzero(table.per_item > 0)
    if crossed.total == 0 or scored.size == 1:
        expected, ends = _even(scored.size)
    else:
        grid = nodes(crossed)
        expected = np.zeros(scored.size)
        for node in grid:
            expected += node.weight * _expected_at(node, scored, table.sign)
        ends = _ends(_drawn_ranks(grid, scored, table.sign, draws), draws)
    found = {int(n): (float(expected[i]), ends[i]) for i, n in enumerate(scored)}
    return [
        ExpectedRank(item, found[n][0], *(int(end) for end in found[n][1]))
        if n in found
        else ExpectedRank(item, None, None, None, None, None)
        for n, item in enumerate(table.items)
    ]


def better(gap: Numbers, variance: Numbers, freedom: int) -> Numbers:
    """P(difference > 0) for Student's t with this centre, squared scale and degrees of freedom.

    Without variance the sign decides, and no difference is a half.
    """
    from scipy.special import ndtr, stdtr

    known = variance <= 0
    ratio = gap / np.sqrt(np.where(known, 1, variance))
    chance: Numbers = ndtr(ratio) if freedom >= _NORMAL else stdtr(freedom, ratio)
    return np.where(known, (np.sign(gap) + 1) / 2, chance)


def _even(count: int) -> tuple[Numbers, Indexes]:
    """Expected ranks and interval ends when nothing tells items apart."""
    ends = np.maximum(np.ceil(np.array(_ENDS) * count - 1e-9), 1).astype(np.int64)
    return np.full(count, (count + 1) / 2), np.tile(ends, (count, 1))


def _expected_at(node: Node, scored: Indexes, sign: int) -> Numbers:
    """Expected ranks of the scored items at one pair of variance ratios."""
    effects = node.absorbed.effects(node.b)
    freedom = node.absorbed.crossed.n - 1
    square = node.residual / freedom
    means, own, factor = sign * effects.items[scored], effects.own[scored], effects.factor[scored]
    shared = (factor**2).sum(axis=1)
    expected = np.empty(scored.size)
    for start in range(0, scored.size, _ROWS):
        rows = np.arange(start, min(start + _ROWS, scored.size))
        variance = shared[rows, np.newaxis] + shared - 2 * (factor[rows] @ factor.T)
        variance = np.maximum(variance, 0) + own[rows, np.newaxis] + own
        chance = better(means - means[rows, np.newaxis], variance * square, freedom)
        chance[rows - start, rows] = 0
        expected[rows] = 1 + chance.sum(axis=1)
    return expected


def _drawn_ranks(grid: Sequence[Node], scored: Indexes, sign: int, draws: int) -> Indexes:
    """How often each item took each rank: items × ranks. Draws are shared out by weight."""
    rng = np.random.default_rng(_SEED)
    count = scored.size
    times = np.zeros(count * count, dtype=np.int64)
    cumulated = np.cumsum([node.weight for node in grid])
    bounds = np.rint(np.concatenate([[0], cumulated / cumulated[-1]]) * draws).astype(int)
    for node, many in zip(grid, np.diff(bounds).tolist(), strict=True):
        effects = node.absorbed.effects(node.b)
        for start in range(0, many, _BATCH):
            sampled = _sampled(rng, node, effects, scored, min(many - start, _BATCH))
            by_rank = np.argsort(-sign * sampled, axis=1, kind="stable")
            cells = by_rank * count + np.arange(count)
            times += np.bincount(cells.ravel(), minlength=count * count)
    return times.reshape(count, count)


def _sampled(
    rng: np.random.Generator, node: Node, effects: Effects, scored: Indexes, batch: int
) -> Numbers:
    """Draws of the item effects from the posterior at one node: draws × items."""
    factor, own = effects.factor[scored], effects.own[scored]
    sigma = np.sqrt(node.residual / rng.chisquare(node.absorbed.crossed.n - 1, size=(batch, 1)))
    together = rng.standard_normal((batch, factor.shape[1])) @ factor.T
    alone = rng.standard_normal((batch, scored.size)) * np.sqrt(own)
    return effects.items[scored] + sigma * (together + alone)


def _ends(times: Indexes, draws: int) -> Indexes:
    """The first ranks by which each item has 25, 75, 5 and 95 % of its draws: items × 4."""
    passed = times.cumsum(axis=1)
    return np.stack([(passed < end * draws).sum(axis=1) + 1 for end in _ENDS], axis=1)
