"""The greatest least score: no application is left with experts who hardly fit it.

Fillings that maximise weighted sums of affinities, with more weight on applications that came off
badly, are flows; each also bounds the least score of every filling from above, because a least
score is no greater than any weighted mean. Coarse affinities get the linear program as well, whose
weights are the best ones and whose fractions are rounded by a flow. Each filling is improved by
exchanges until its worst application cannot gain; the first to reach the bound ends the search.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reviews.matching.exchange import improve
from reviews.matching.flow import Mask, Network, Solved, cheapest_candidates, solve
from reviews.matching.problem import BARRED, Ints, Pairs, Problem, Unfillable, violations
from reviews.matching.relaxation import SMALL, relax
from reviews.matching.total import CANDIDATES, network_of, pairs_of

ROUNDS = 8
_HEAVIEST = 64


@dataclass(frozen=True)
class Fair:
    """The pairs, the least score of an application, the total, and the bound that no filling's
    least score can pass."""

    pairs: Pairs
    least: int
    total: int
    bound: int


def assign(problem: Problem, *, rounds: int = ROUNDS) -> Fair:
    """A filling whose least score is as great as found, never above `bound`. Raises Unfillable.

    Applications that want nobody are left out of the account. The same problem gives the same
    filling.
    """
    asked = problem.wanted > 0
    bound = _by_application(problem)
    best: tuple[int, int] = (-1, -1)
    chosen = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64))
    for pairs, limit in _fillings(problem, asked, rounds):
        bound = min(bound, limit)
        better = improve(problem, pairs, bound)
        scores = better.scores(problem)
        reached = _least(scores, asked), int(scores.sum())
        if reached > best:
            best, chosen = reached, better
        if best[0] >= bound:
            break
    broken = violations(problem, chosen)
    if broken:
        raise RuntimeError(f"an exchange broke a rule: {broken[0]}")
    return Fair(chosen, *best, bound)


def _least(scores: Ints, asked: Mask) -> int:
    return int(scores[asked].min()) if asked.any() else 0


def _by_application(problem: Problem) -> int:
    """The least, over applications, of the best score it could get alone."""
    limits = []
    for row, wanted in zip(problem.affinity, problem.wanted.tolist(), strict=True):
        if wanted:
            top = np.partition(row, max(row.size - wanted, 0))[-wanted:]
            limits.append(int(np.maximum(top, 0).sum(dtype=np.int64)))
    return min(limits, default=0)


def _fillings(problem: Problem, asked: Mask, rounds: int) -> Iterator[tuple[Pairs, int]]:
    """Fillings, each with the bound that its weights give."""
    network = network_of(problem)
    per = CANDIDATES + 2 * int(problem.wanted.max(initial=0))
    candidates = cheapest_candidates(network, per)
    solved = solve(network, *candidates)
    short = np.flatnonzero(solved.empty)
    if short.size:
        raise Unfillable({problem.applications[a]: int(solved.empty[a]) for a in short})
    weights = asked.astype(np.int64)
    yield pairs_of(solved), -solved.cost // max(int(weights.sum()), 1)
    if problem.affinity.size <= SMALL:
        relaxed = relax(problem)
        yield pairs_of(_rounded(problem, network, relaxed.shares)), relaxed.bound
    target = pairs_of(solved).scores(problem)
    for number in range(rounds):
        scores = pairs_of(solved).scores(problem)
        goal = np.quantile(target[asked], 0.1 + 0.05 * number) if asked.any() else 0
        weights = _heavier(weights, scores, float(goal))
        weighted = network_of(problem, weights)
        start = (
            np.concatenate([candidates[0], solved.application]),
            np.concatenate([candidates[1], solved.expert]),
        )
        solved = solve(weighted, *start)
        yield pairs_of(solved), -solved.cost // int(weights.sum())


def _heavier(weights: Ints, scores: Ints, goal: float) -> Ints:
    """More weight on whoever is below the goal, the more the further."""
    lack = np.clip((goal - scores) / max(goal, 1.0), 0.0, 1.0)
    heavier: Ints = np.ceil(weights * (1 + 3 * lack)).astype(np.int64)
    heavier[heavier > _HEAVIEST] = _HEAVIEST
    return heavier


def _rounded(problem: Problem, network: Network, shares: Ints) -> Solved:
    """The whole filling that keeps as much as possible of a fractional one."""

    def costs(block: slice) -> tuple[Ints, Mask]:
        return -shares[block], problem.affinity[block] != BARRED

    kept = replace(network, costs=costs, short=network.short * 1_000_000)
    per = CANDIDATES + 2 * int(problem.wanted.max(initial=0))
    return solve(kept, *cheapest_candidates(kept, per))
