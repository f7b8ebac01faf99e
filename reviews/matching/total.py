"""The greatest sum of affinities; of all that reach it, the one with the least sum of keys."""

from dataclasses import dataclass, replace

import numpy as np

from reviews.draw.protocol import keys
from reviews.matching.flow import Costs, Mask, Network, Solved, cheapest_candidates, solve
from reviews.matching.problem import BARRED, Ints, Pairs, Problem, Unfillable, violations

CANDIDATES = 24  # pairs of an application that the flow starts with


@dataclass(frozen=True)
class Total:
    """The pairs and their total; no filling has a greater one."""

    pairs: Pairs
    total: int


def assign(problem: Problem, seed: bytes) -> Total:
    """The one best filling that the seed determines. Raises Unfillable."""
    network = network_of(problem)
    solved = fill(problem, network)
    pairs = _least_keys(problem, network, solved, key_costs(problem, seed))
    broken = violations(problem, pairs)
    if broken:
        raise RuntimeError(f"the flow broke a rule: {broken[0]}")
    total = pairs.total(problem)
    if total != -solved.cost:
        raise RuntimeError("the total changed while ties were decided")
    return Total(pairs, total)


def network_of(problem: Problem, weights: Ints | None = None) -> Network:
    """The flow that maximises affinities, each application's times its weight (1 if none)."""
    highest = max(int(problem.affinity.max(initial=0)), 1)
    heaviest = 1 if weights is None else int(weights.max(initial=1))

    def costs(block: slice) -> tuple[Ints, Mask]:
        rows = problem.affinity[block].astype(np.int64)
        allowed = rows != BARRED
        return (-rows if weights is None else -rows * weights[block, None]), allowed

    # An empty place costs more than any chain of exchanges could gain.
    longest = 2 * min(problem.affinity.shape) + 2
    nobody = np.zeros(problem.load.size, dtype=bool)
    return Network(problem.wanted, problem.load, nobody, costs, highest * heaviest * longest)


def fill(problem: Problem, network: Network) -> Solved:
    """A best filling over all pairs. Raises Unfillable."""
    per = CANDIDATES + 2 * int(problem.wanted.max(initial=0))
    solved = solve(network, *cheapest_candidates(network, per))
    short = np.flatnonzero(solved.empty)
    if short.size:
        raise Unfillable({problem.applications[a]: int(solved.empty[a]) for a in short})
    return solved


def pairs_of(solved: Solved) -> Pairs:
    order = np.lexsort((solved.expert, solved.application))
    return Pairs(solved.application[order], solved.expert[order])


def key_costs(problem: Problem, seed: bytes) -> Costs:
    """The number that breaks ties at a pair: the upper 32 bits of the 64-bit product of two odd
    keys, the first 64 bits of HMAC-SM3(seed, "application|a|id") and of ("expert|e|id")."""
    one, other = (
        np.array(
            [int.from_bytes(key[:8], "big") | 1 for key in keys(seed, kind, kind[0], ids)],
            dtype=np.uint64,
        )
        for kind, ids in (("application", problem.applications), ("expert", problem.experts))
    )

    def costs(block: slice) -> tuple[Ints, Mask]:
        numbers = (one[block, None] * other[None, :]) >> np.uint64(32)
        return numbers.astype(np.int64), problem.affinity[block] != BARRED

    return costs


def _least_keys(problem: Problem, network: Network, solved: Solved, numbers: Costs) -> Pairs:
    """Among the best fillings (pairs whose reduced cost is below 0 are in all of them, those above
    in none) the one with the least sum of key numbers."""

    def costs(block: slice) -> tuple[Ints, Mask]:
        worth, allowed = network.costs(block)
        reduced = worth + solved.of_application[block, None] - solved.of_expert[None, :]
        number, _ = numbers(block)
        return number, allowed & (reduced == 0)

    own = network.costs
    always = _pairs_below(problem, own, solved)
    wanted = problem.wanted - np.bincount(always.application, minlength=problem.wanted.size)
    load = problem.load - np.bincount(always.expert, minlength=problem.load.size)
    full = solved.of_expert < solved.of_sink  # in every best filling they take all they may
    load = np.where(solved.of_expert > solved.of_sink, 0, load)  # and these nothing
    longest = 2 * min(problem.affinity.shape) + 2
    face = replace(network, wanted=wanted, load=load, full=full, costs=costs, short=longest << 32)
    free = ~_contained(problem, solved, always)
    few = cheapest_candidates(face, CANDIDATES)
    start = (
        np.concatenate([few[0], solved.application[free]]),
        np.concatenate([few[1], solved.expert[free]]),
    )
    rest = solve(face, *start)
    application = np.concatenate([always.application, rest.application])
    expert = np.concatenate([always.expert, rest.expert])
    order = np.lexsort((expert, application))
    return Pairs(application[order], expert[order])


def _pairs_below(problem: Problem, costs: Costs, solved: Solved) -> Pairs:
    """The chosen pairs whose reduced cost is below 0: every best filling contains them."""
    value = -problem.affinity[solved.application, solved.expert].astype(np.int64)
    reduced = value + solved.of_application[solved.application] - solved.of_expert[solved.expert]
    below = reduced < 0
    return Pairs(solved.application[below], solved.expert[below])


def _contained(problem: Problem, solved: Solved, some: Pairs) -> Mask:
    width = problem.load.size
    return np.isin(
        solved.application * width + solved.expert, some.application * width + some.expert
    )
