"""Experts to single applications: the greatest total, and the greatest least score."""

from collections.abc import Callable

import numpy as np

from bench import bounds
from bench.figures import Figure, Found
from reviews.matching import duality, fair, total
from reviews.matching.problem import BARRED, Problem, violations

SEED = bytes(range(32))
TOPICS, EACH = 60, 5


def problem(applications: int, experts: int, *, coarse: bool) -> Problem:
    """Each has a few of sixty topics, some sought after and some rare; affinity is what they
    share, in hundredths or (coarse) in four steps. One pair in a hundred is barred; a tenth of the
    experts' time is to spare."""
    dice = np.random.default_rng(11)
    likely = 1 / np.arange(1, TOPICS + 1)
    wanted, offered = (_topics(dice, count, likely) for count in (applications, experts))
    affinity = np.empty((applications, experts), dtype=np.int16)
    for start in range(0, applications, 500):
        rows = slice(start, start + 500)
        shared = np.minimum(wanted[rows] @ offered.T, 1.0)
        noise = dice.random(shared.shape, dtype=np.float32)
        steps = 3 if coarse else 100
        affinity[rows] = np.round(steps * (0.9 * shared + 0.1 * noise))
        affinity[rows][noise > 0.99] = BARRED
    load = -(-applications * EACH * 11 // (experts * 10))
    return Problem(
        tuple(f"A{number:05d}" for number in range(applications)),
        tuple(f"E{number:04d}" for number in range(experts)),
        affinity,
        np.full(applications, EACH),
        np.full(experts, load),
    )


def _topics(dice: np.random.Generator, count: int, likely: np.ndarray) -> np.ndarray:
    found = np.zeros((count, TOPICS), dtype=np.float32)
    for row in found:
        some = dice.choice(TOPICS, 3, replace=False, p=likely / likely.sum())
        row[some] = dice.dirichlet(np.ones(3)) ** 0.5
    return found


def matched(
    applications: int, experts: int, *, coarse: bool = False, evenly: bool = False
) -> Callable[[], Callable[[], str]]:
    def prepare() -> Callable[[], str]:
        given = problem(applications, experts, coarse=coarse)
        total.assign(problem(20, 12, coarse=coarse), SEED)  # loads OR-tools

        def work() -> str:
            found = fair.assign(given) if evenly else total.assign(given, SEED)
            broken = len(violations(given, found.pairs))
            least = int(found.pairs.scores(given).min())
            bound = f", no filling passes {found.bound}" if isinstance(found, fair.Fair) else ""
            return f"total {found.total}, least score {least}{bound}, {broken} rules broken"

        return work

    return prepare


def compared(
    applications: int, experts: int, *, coarse: bool = False, evenly: bool = False
) -> Callable[[], Callable[[], Found]]:
    """Ours beside what openreview-matcher's MinMax and FairFlow could reach on the same input."""

    def prepare() -> Callable[[], Found]:
        given = problem(applications, experts, coarse=coarse)

        def evened() -> Found:
            found = fair.assign(given)
            sure = bounds.fairir(given, found.bound)
            words = (
                f"least {found.least}, nobody's passes {found.bound}, FairIR's is {sure} or more"
            )
            return Found(words, holds=sure <= found.least <= found.bound)

        def summed() -> Found:
            reached = total.assign(given, SEED).total
            limit = duality.most(given, duality.prices(given))
            words = f"total {reached}, nobody's passes {limit}"
            return Found(words, holds=reached == limit)

        return evened if evenly else summed

    return prepare


FIGURES = (
    Figure("matching, total: 2,000 x 500 x 5", matched(2_000, 500), 1.0),
    Figure("matching, total: 2,000 x 500 x 5, coarse", matched(2_000, 500, coarse=True), 1.0),
    Figure("matching, fair: 2,000 x 500 x 5", matched(2_000, 500, evenly=True), 1.0),
    Figure("matching, total: 10,000 x 3,000 x 5", matched(10_000, 3_000), 10.0, 700),
    Figure(
        "matching, total: 10,000 x 3,000 x 5, coarse",
        matched(10_000, 3_000, coarse=True),
        10.0,
        700,
    ),
    Figure("matching, fair: 10,000 x 3,000 x 5", matched(10_000, 3_000, evenly=True), 10.0, 700),
    Figure("matching against MinMax: 2,000 x 500 x 5", compared(2_000, 500)),
    Figure("matching against MinMax: 2,000 x 500 x 5, coarse", compared(2_000, 500, coarse=True)),
    Figure("matching against MinMax: 10,000 x 3,000 x 5", compared(10_000, 3_000)),
    Figure("matching against FairFlow: 2,000 x 500 x 5", compared(2_000, 500, evenly=True)),
    Figure("matching against FairFlow: 10,000 x 3,000 x 5", compared(10_000, 3_000, evenly=True)),
)
