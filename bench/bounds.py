"""What other matchers could reach at most on the same input, computed without them.

MinMax of openreview-matcher gives every paper its reviewers and keeps every reviewer between a
least and a greatest load; it maximises the sum of affinities. Without the least loads this is a
transport problem, whose optimum it cannot pass; `reviews.matching.duality` bounds that from above.
Where a total equals the bound, no matcher's is greater.

FairFlow has no guarantee of its own ("not provably guaranteed to produce fair matchings": Kobren,
Saha, McCallum 2019, arXiv 1905.11924, abstract). No filling's least score passes that of the linear
relaxation; its stronger sibling FairIR of the same paper comes within one pair's greatest affinity
of a score that the relaxation reaches (`fairir`).
"""

from reviews.matching.problem import Problem


def fairir(problem: Problem, relaxed: int) -> int:
    """The least score that FairIR guarantees, from the relaxation's."""
    return relaxed - int(problem.affinity.max(initial=0))
