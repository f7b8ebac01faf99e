"""A bound that no total of affinities can pass, which nobody has to take on trust.

By weak duality any prices of experts bound the transport problem from above: every application
takes its best pairs net of the prices, and every expert's whole time is paid.
"""

import numpy as np

from reviews.matching.flow import blocks
from reviews.matching.problem import BARRED, Ints, Problem
from reviews.matching.total import fill, network_of


def prices(problem: Problem) -> Ints:
    """What a place with each expert is worth in a best filling; 0 where some are left over."""
    solved = fill(problem, network_of(problem))
    return np.maximum(solved.of_sink - solved.of_expert, 0)


def most(problem: Problem, price: Ints) -> int:
    """No filling's total is greater, whatever the prices (none below 0) are."""
    bound = int((problem.load * price).sum())
    for block in blocks(problem.wanted.size):
        rows = problem.affinity[block]
        net = np.where(rows == BARRED, np.iinfo(np.int32).min, rows - price)
        best = -np.sort(-net, axis=1)
        taken = np.arange(net.shape[1]) < problem.wanted[block, None]
        bound += int(best[taken].sum())
    return bound
