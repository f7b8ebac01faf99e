"""Exchanges that lift the application with the least score, one after another."""

import numpy as np

from reviews.matching.problem import BARRED, Ints, Pairs, Problem

_MOST = 4_000  # exchanges at most; each takes one pass over all pairs


def improve(problem: Problem, pairs: Pairs, bound: int) -> Pairs:
    """Lift the worst application while some exchange leaves nobody as badly off as it was, or the
    bound is reached. An exchange takes an expert from another application for one of its own, or
    an expert who has time left."""
    n, m = problem.affinity.shape
    application, expert = pairs.application.copy(), pairs.expert.copy()
    scores = pairs.scores(problem)
    held = np.bincount(expert, minlength=m)
    has = np.zeros((n, m), dtype=bool)
    has[application, expert] = True
    asked = problem.wanted > 0
    for _ in range(_MOST):
        worst = int(np.argmin(np.where(asked, scores, np.iinfo(np.int64).max)))
        if scores[worst] >= bound:
            break
        step = _best(problem, application, expert, scores, held, has, worst)
        if step is None:
            break
        own, new, other = step
        old = int(expert[own])
        has[worst, old], has[worst, new] = False, True
        scores[worst] += int(problem.affinity[worst, new]) - int(problem.affinity[worst, old])
        expert[own] = new
        if other is None:
            held[old] -= 1
            held[new] += 1
            continue
        whose = int(application[other])
        has[whose, new], has[whose, old] = False, True
        scores[whose] += int(problem.affinity[whose, old]) - int(problem.affinity[whose, new])
        expert[other] = old
    order = np.lexsort((expert, application))
    return Pairs(application[order], expert[order])


def _best(
    problem: Problem,
    application: Ints,
    expert: Ints,
    scores: Ints,
    held: Ints,
    has: np.ndarray,
    worst: int,
) -> tuple[int, int, int | None] | None:
    """(own pair, the expert who comes, the pair they leave or None) that leaves the lesser of the
    two scores greatest, above the present one."""
    best_reached = int(scores[worst])
    best: tuple[int, int, int | None] | None = None
    affinity = problem.affinity
    row = affinity[worst].astype(np.int64)
    offered = row[expert]
    fits = (application != worst) & ~has[worst][expert] & (offered != BARRED)
    spare = (held < problem.load) & ~has[worst] & (row != BARRED)
    theirs = scores[application] - affinity[application, expert]
    for own in np.flatnonzero(application == worst):
        old = int(expert[own])
        base = int(scores[worst]) - int(row[old])
        if spare.any():
            new = int(np.argmax(np.where(spare, row, -1)))
            if base + row[new] > best_reached:
                best_reached, best = int(base + row[new]), (int(own), new, None)
        gained = affinity[application, old].astype(np.int64)
        possible = fits & (gained != BARRED) & ~has[application, old] & (offered > row[old])
        if not possible.any():
            continue
        reached = np.where(possible, np.minimum(base + offered, theirs + gained), -1)
        other = int(np.argmax(reached))
        if reached[other] > best_reached:
            best_reached, best = int(reached[other]), (int(own), int(expert[other]), other)
    return best
