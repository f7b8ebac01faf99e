"""What other matchers could reach at most on the same input, computed without them.

MinMax of openreview-matcher gives every paper its reviewers and keeps every reviewer between a
least and a greatest load; it maximises the sum of affinities. Without the least loads this is a
transport problem, whose optimum it cannot pass. By weak duality any prices of experts bound that
optimum from above (`most`), so the prices need not be trusted: where a total equals the bound, no
matcher's is greater.

FairFlow has no guarantee of its own ("not provably guaranteed to produce fair matchings": Kobren,
Saha, McCallum 2019, arXiv 1905.11924, abstract). No filling's least score passes that of the linear
relaxation; its stronger sibling FairIR of the same paper comes within one pair's greatest affinity
of a score that the relaxation reaches (`fairir`).
"""

import numpy as np

from reviews.matching import total
from reviews.matching.problem import BARRED, Ints, Problem

_BLOCK = 256  # applications at once, to keep memory small


def prices(problem: Problem) -> Ints:
    """What an hour of each expert is worth in a best filling; 0 where time is left over."""
    solved = total.fill(problem, total.network_of(problem))
    return np.maximum(solved.of_sink - solved.of_expert, 0)


def most(problem: Problem, price: Ints) -> int:
    """No filling's total is greater, whatever the prices (none below 0) are.

    Lagrange's dual of the transport problem: every application takes its best pairs net of the
    prices, and every expert's whole time is paid.
    """
    bound = int((problem.load * price).sum())
    for start in range(0, problem.wanted.size, _BLOCK):
        rows = problem.affinity[start : start + _BLOCK]
        net = np.where(rows == BARRED, np.iinfo(np.int32).min, rows - price)
        best = -np.sort(-net, axis=1)
        taken = np.arange(net.shape[1]) < problem.wanted[start : start + _BLOCK, None]
        bound += int(best[taken].sum())
    return bound


def fairir(problem: Problem, relaxed: int) -> int:
    """The least score that FairIR guarantees, from the relaxation's."""
    return relaxed - int(problem.affinity.max(initial=0))
