"""The cheapest filling as a min-cost flow over few of many pairs, exact over all of them.

The flow is solved over some candidates of each application. Its prices (shortest distances in the
residual network) tell of every other pair whether it could lower the cost; those that could enter,
and the flow is solved again, until none is left. So millions of pairs cost one pass over a matrix.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviews.matching.problem import Ints

Mask = NDArray[np.bool_]
# Rows of applications → (costs, whether a pair may be chosen at all), both rows × experts.
Costs = Callable[[slice], tuple[Ints, Mask]]
_BLOCK = 256  # applications priced at once, to keep memory small


@dataclass(frozen=True)
class Network:
    """Each application is to get `wanted` experts; each expert takes at most `load`, those in
    `full` exactly that. What cannot be had costs `short` a place."""

    wanted: Ints
    load: Ints
    full: Mask
    costs: Costs
    short: int


@dataclass(frozen=True)
class Solved:
    """The pairs of a cheapest filling, the places left empty by application, and the prices:
    a pair may be in a cheapest filling only if cost + price[application] = price[expert], or is
    in every one if the left side is smaller."""

    application: Ints
    expert: Ints
    empty: Ints
    cost: int
    of_application: Ints
    of_expert: Ints
    of_sink: int


def solve(network: Network, application: Ints, expert: Ints) -> Solved:
    """A cheapest filling over all pairs, starting from these candidates."""
    width = network.load.size
    known = _distinct(application * width + expert)
    while True:
        a, e = known // width, known % width
        solved = _solve(network, a, e, _costs_of(network, a, e))
        entering = np.concatenate([np.zeros(0, dtype=np.int64), *_cheaper(network, solved)])
        grown = _distinct(np.concatenate([known, entering]))
        if grown.size == known.size:
            return solved
        known = grown


def _distinct(values: Ints) -> Ints:
    """Sorted, each once; several times as fast as numpy's own on millions of numbers."""
    ordered = np.sort(values)
    distinct: Ints = ordered[np.diff(ordered, prepend=-1) != 0]  # none is negative
    return distinct


def blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, _BLOCK):
        yield slice(start, min(start + _BLOCK, count))


def cheapest_candidates(network: Network, per_application: int) -> tuple[Ints, Ints]:
    """The few cheapest pairs of each application, the lower number first among equals."""
    rows, columns = [], []
    width = network.load.size
    most = min(per_application, width)
    for block in blocks(network.wanted.size):
        costs, allowed = network.costs(block)
        masked = np.where(allowed, costs, np.iinfo(np.int64).max)
        if most < width:
            picked = np.argpartition(masked, most - 1, axis=1)[:, :most]
        else:
            picked = np.broadcast_to(np.arange(width), masked.shape)
        row = np.repeat(np.arange(block.start, block.stop), picked.shape[1])
        column = picked.ravel()
        good = allowed[row - block.start, column]
        rows.append(row[good])
        columns.append(column[good])
    if not rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(rows), np.concatenate(columns).astype(np.int64)


def _cheaper(network: Network, solved: Solved) -> Iterator[Ints]:
    """Pairs whose reduced cost is below 0, as application × width + expert.

    An application takes more than its cheapest few of the many at once only when it must: it is
    enough to let in those that lower the cost most.
    """
    width = network.load.size
    for block in blocks(network.wanted.size):
        costs, allowed = network.costs(block)
        reduced = costs + solved.of_application[block, None] - solved.of_expert[None, :]
        hit = allowed & (reduced < 0)
        if np.count_nonzero(hit) > 8 * hit.shape[0]:
            reduced[~hit] = 0
            eighth = np.partition(reduced, min(7, width - 1), axis=1)[:, min(7, width - 1)]
            hit &= reduced <= eighth[:, None]
        row, column = np.nonzero(hit)
        yield (row + block.start) * width + column


def _costs_of(network: Network, application: Ints, expert: Ints) -> Ints:
    """The costs of single pairs; `application` is sorted."""
    found = np.empty(application.size, dtype=np.int64)
    for block in blocks(network.wanted.size):
        low, high = np.searchsorted(application, (block.start, block.stop))
        if low < high:
            costs, _ = network.costs(block)
            found[low:high] = costs[application[low:high] - block.start, expert[low:high]]
    return found


def _solve(network: Network, a: Ints, e: Ints, cost: Ints) -> Solved:
    from ortools.graph.python import min_cost_flow

    n, m = network.wanted.size, network.load.size
    sink = n + m
    free = np.flatnonzero(~network.full)
    bound = np.where(network.full, network.load, 0)
    flow = min_cost_flow.SimpleMinCostFlow()
    everybody = np.arange(n)
    tails = np.concatenate([a, n + free, everybody]).astype(np.int32)
    heads = np.concatenate([n + e, np.full(free.size + n, sink)]).astype(np.int32)
    capacities = np.concatenate([np.ones(a.size, dtype=np.int64), network.load[free]])
    capacities = np.concatenate([capacities, network.wanted])
    costs = np.concatenate([cost, np.zeros(free.size, dtype=np.int64), np.full(n, network.short)])
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    supplies = np.concatenate([network.wanted, -bound, [bound.sum() - network.wanted.sum()]])
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supplies)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status.name}")
    sent = np.asarray(flow.flows(arcs))
    chosen = sent[: a.size] > 0
    empty = sent[a.size + free.size :]
    prices = _prices(network, a, e, cost, chosen, empty)
    return Solved(a[chosen], e[chosen], empty, int(flow.optimal_cost()), *prices)


def _prices(
    network: Network, a: Ints, e: Ints, cost: Ints, chosen: Mask, empty: Ints
) -> tuple[Ints, Ints, int]:
    """Shortest distances in the residual network from a root tied to every node at 0: with them
    no residual arc has a negative reduced cost. Ends because an optimal flow has no negative
    cycle."""
    n, m = network.wanted.size, network.load.size
    held = np.bincount(e[chosen], minlength=m)
    free = ~network.full
    into_sink, out_of_sink = free & (held < network.load), free & (held > 0)
    some_empty, all_empty = empty > 0, empty >= network.wanted
    go = np.flatnonzero(~chosen)
    go = go[np.argsort(e[go], kind="stable")]
    to_e, from_a, price = e[go], a[go], cost[go]
    starts = np.flatnonzero(np.r_[True, to_e[1:] != to_e[:-1]]) if go.size else go
    heads = to_e[starts]
    back_a, back_e, back = a[chosen], e[chosen], cost[chosen]
    first = np.flatnonzero(np.r_[True, back_a[1:] != back_a[:-1]]) if back_a.size else back_a
    owners = back_a[first]
    of_a, of_e, sink = np.zeros(n, np.int64), np.zeros(m, np.int64), 0
    while True:
        before = of_a, of_e, sink
        of_e = of_e.copy()
        if go.size:
            reached = np.minimum.reduceat(of_a[from_a] + price, starts)
            of_e[heads] = np.minimum(of_e[heads], reached)
        of_e[out_of_sink] = np.minimum(of_e[out_of_sink], sink)
        of_a = of_a.copy()
        if first.size:
            reached = np.minimum.reduceat(of_e[back_e] - back, first)
            of_a[owners] = np.minimum(of_a[owners], reached)
        of_a[some_empty] = np.minimum(of_a[some_empty], sink - network.short)
        if into_sink.any():
            sink = min(sink, int(of_e[into_sink].min()))
        if not all_empty.all():
            sink = min(sink, int(of_a[~all_empty].min()) + network.short)
        if sink == before[2] and (of_a == before[0]).all() and (of_e == before[1]).all():
            return of_a, of_e, sink
