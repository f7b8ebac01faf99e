"""The draw of all panels of a call at once."""

import random
from collections.abc import Callable

from bench.figures import Figure
from reviews.draw.assignment import assign
from reviews.draw.checking import violations
from reviews.draw.entities import BARRED, Expert, Panel, Pool, Recusal, Rules, Seat

SEED = bytes(range(32))
KINDS = ("technology", "industry", "finance", "employment")


def pool(panels: int, experts: int, dossiers: int) -> Pool:
    """Panels of seven in eight industries, experts of 150 institutions, many recusals."""
    dice = random.Random(7)
    people = tuple(
        Expert(
            f"E{number:04d}",
            tuple(sorted(dice.sample(KINDS, dice.choice([1, 1, 2])))),
            tuple(sorted(dice.sample([f"s{n}" for n in range(8)], dice.choice([1, 2, 3])))),
            f"h{dice.randrange(150)}",
            "220300",
            dice.choice([1, 1, 2]),
        )
        for number in range(experts)
    )
    names = tuple(f"A{number:05d}" for number in range(dossiers))
    each = dossiers // panels
    groups = tuple(
        Panel(
            f"P{number:03d}",
            names[number * each : (number + 1) * each],
            (
                Seat("employment", "employment", None, 1),
                Seat("finance", "finance", None, 2),
                Seat("industry", "industry", f"s{number % 8}", 2),
                Seat("technology", "technology", f"s{number % 8}", 2),
            ),
            3,
        )
        for number in range(panels)
    )
    barred = {(dice.choice(people).id, dice.choice(names)) for _ in range(3 * dossiers)}
    recusals = tuple(Recusal(*pair, BARRED) for pair in sorted(barred))
    return Pool("2026-1-D1", "2026-1", groups, people, recusals, Rules())


def drawn(panels: int, experts: int, dossiers: int) -> Callable[[], Callable[[], str]]:
    def prepare() -> Callable[[], str]:
        given = pool(panels, experts, dossiers)
        assign(pool(1, 60, 8), SEED)  # loads scipy

        def work() -> str:
            seated = assign(given, SEED)
            broken = violations(given, seated)
            return f"{len(seated)} of {7 * panels} seats filled, {len(broken)} rules broken"

        return work

    return prepare


FIGURES = (
    Figure("draw: 50 panels of 7, 500 experts, 2,000 dossiers", drawn(50, 500, 2_000), 2.0),
    Figure(
        "draw: 250 panels of 7, 3,000 experts, 10,000 dossiers", drawn(250, 3_000, 10_000), 10.0
    ),
)
