"""Harsh and lenient experts, and how much of a score is the item: the additive mixed model.

y = μ + item + expert + noise, items and experts random and independent, fitted by restricted
maximum likelihood (REML) for any pattern of gaps; variances may be 0. In a table without gaps, and
where no estimate is negative, this is the analysis of variance behind McGraw and Wong (1996),
*Forming inferences about some intraclass correlation coefficients*, case 2 and 2A.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from reviews.certainty.crossed import NO_FINER, Absorbed, Crossed
from reviews.certainty.table import Numbers, ScoreTable

_STEPS: Final = (1.0, 1.0, 0.4, 0.15, 0.05, 0.01, 0.002, 0.002)  # of the logarithm of a ratio
_SURE: Final = 1.96  # standard errors from 0 before an expert is called harsh or lenient


@dataclass(frozen=True, slots=True)
class Severity:
    """What an expert adds to every score, in points of the scores, and its standard error.

    `tendency` is said only beyond 1.96 standard errors. `n`: scores given.
    """

    expert: str
    value: float
    error: float
    n: int
    tendency: Literal["harsh", "lenient", ""]


@dataclass(frozen=True, slots=True)
class ItemEffect:
    """How far an item stands from the mean, shrunk by what its scores are worth; `n`: scores."""

    item: str
    value: float
    error: float
    n: int


@dataclass(frozen=True, slots=True)
class MixedFit:
    """The fitted model; variances in squared points.

    `single`, `averaged`: reliability of one score and of the mean of `k`, ICC(A,1) and ICC(A,k) for
    absolute agreement; k is the harmonic mean of the numbers of scores of the scored items. None
    where the scores cannot tell items from noise, or do not differ.
    """

    mean: float
    item_variance: float | None
    expert_variance: float | None
    noise_variance: float | None
    single: float | None
    averaged: float | None
    k: float
    experts: tuple[Severity, ...]
    items: tuple[ItemEffect, ...]


def fit(table: ScoreTable) -> MixedFit:
    """The model fitted to a table. Raises ValueError without any score."""
    crossed = Crossed.of(table)
    counts = table.per_item[table.per_item > 0]
    k = float(len(counts) / (1 / counts).sum())
    items_known, experts_known = crossed.identified
    if crossed.total == 0 or not (items_known or experts_known):
        return MixedFit(crossed.mean, None, None, None, None, None, k, (), ())
    absorbed, b = _ratios(crossed)
    noise = float(absorbed.residual(np.array([b]))[0][0]) / (crossed.n - 1) * crossed.scale**2
    item = absorbed.a * noise if items_known else None
    expert = b * noise if experts_known else None
    single = averaged = None
    if item is not None:
        single, averaged = (item / (item + ((expert or 0.0) + noise) / many) for many in (1.0, k))
    return MixedFit(
        mean=crossed.mean,
        item_variance=item,
        expert_variance=expert,
        noise_variance=noise,
        single=single,
        averaged=averaged,
        k=k,
        experts=_severities(absorbed, b, noise) if experts_known else (),
        items=_item_effects(absorbed, b, noise) if items_known else (),
    )


def _ratios(crossed: Crossed) -> tuple[Absorbed, float]:
    """The variances of items and experts in units of noise that REML prefers."""
    items_known, experts_known = crossed.identified
    if (closed := _balanced(crossed)) is not None:
        return Absorbed.of(crossed, closed[0]), closed[1]

    def best_b(absorbed: Absorbed) -> tuple[float, float]:
        def criterion(b: Numbers) -> Numbers:
            square, logs = absorbed.residual(b)
            return (crossed.n - 1) * np.log(square) + logs

        if not experts_known:
            return 0.0, float(criterion(np.zeros(1))[0])
        return _least(criterion)

    def over_a(ratios: Numbers) -> Numbers:
        return np.array([best_b(Absorbed.of(crossed, float(a)))[1] for a in ratios])

    a = _least(over_a)[0] if items_known else 0.0
    absorbed = Absorbed.of(crossed, a)
    return absorbed, best_b(absorbed)[0]


def _balanced(crossed: Crossed) -> tuple[float, float] | None:
    """The same in closed form for a table without gaps, from its mean squares.

    None where there are gaps, no noise, or an estimate below 0, which REML puts at 0.
    """
    items, experts = len(crossed.table.items), len(crossed.table.experts)
    if crossed.n != items * experts or min(items, experts) < 2:
        return None
    y = crossed.y.reshape(items, experts)
    of_items, of_experts = y.mean(axis=1, keepdims=True), y.mean(axis=0)
    noise = ((y - of_items - of_experts) ** 2).sum() / ((items - 1) * (experts - 1))
    if noise <= NO_FINER * crossed.total:
        return None
    a = (of_items**2).sum() * experts / (items - 1) / noise - 1
    b = (of_experts**2).sum() * items / (experts - 1) / noise - 1
    return (float(a / experts), float(b / items)) if min(a, b) >= 0 else None


def _least(criterion: Callable[[Numbers], Numbers]) -> tuple[float, float]:
    """Where a criterion of a ratio ≥ 0 is least, and its value.

    A grid over 17 powers of ten, then parabolas through three ever closer points; the last are so
    close that the third derivative, and so far apart that rounding, moves the vertex by about 1e-7.
    """
    at_zero = float(criterion(np.zeros(1))[0])
    grid = np.log(10) * np.arange(-5.0, 12.5)
    vertex = float(grid[criterion(np.exp(grid)).argmin()])
    value = at_zero
    for step in _STEPS:
        below, value, above = criterion(np.exp(vertex + step * np.array([-1, 0, 1])))
        bend = below + above - 2 * value
        move = (below - above) / (2 * bend) if bend > 0 else np.sign(below - above)
        vertex += step * float(np.clip(move, -1, 1))
    # a hair's breadth of likelihood is rounding: 0 stays 0
    return (0.0, at_zero) if value >= at_zero - 1e-9 else (float(np.exp(vertex)), float(value))


def _severities(absorbed: Absorbed, b: float, noise: float) -> tuple[Severity, ...]:
    table, scale = absorbed.crossed.table, absorbed.crossed.scale
    effects = absorbed.effects(b)
    errors = np.sqrt(effects.expert_variances * noise)
    found = []
    for n, expert in enumerate(table.experts):
        value, error = float(effects.experts[n] * scale), float(errors[n])
        towards = value * table.sign
        sure = abs(value) > _SURE * error
        tendency: Literal["harsh", "lenient", ""] = ""
        if sure:
            tendency = "lenient" if towards > 0 else "harsh"
        found.append(Severity(expert, value, error, int(table.per_expert[n]), tendency))
    return tuple(found)


def _item_effects(absorbed: Absorbed, b: float, noise: float) -> tuple[ItemEffect, ...]:
    table, scale = absorbed.crossed.table, absorbed.crossed.scale
    effects = absorbed.effects(b)
    errors = np.sqrt(effects.item_variances() * noise)
    return tuple(
        ItemEffect(item, float(effects.items[n] * scale), float(errors[n]), int(table.per_item[n]))
        for n, item in enumerate(table.items)
    )
