"""How sure a ranking is: all parts of the analysis, as the workers compute them."""

import random
from collections.abc import Callable
from decimal import Decimal

from bench.figures import Figure, Work
from reviews.certainty.of_ranking import part_of
from reviews.certainty.ranked import Item, Ranked

PARTS = ("agreement", "weights", "people", "ranks", "knapsack")
PANEL_OF = 20  # dossiers on a panel


def ranked(dossiers: int, experts: int) -> Ranked:
    """Panels of twenty, experts of their own, a third of the money that is asked for."""
    dice = random.Random(5)
    severity = {e: dice.gauss(0, 1) for e in range(experts * -(-dossiers // PANEL_OF))}
    items = [_item(n, experts, severity, dice) for n in range(dossiers)]
    return Ranked(
        items=items,
        max_quality=Decimal(70),
        max_employment=Decimal(30),
        floor=Decimal(40),
        budget=sum((item.cost for item in items), Decimal(0)) / 3 // 1,
        mode="strict",
        method="trimmed",
        trim_from=5,
    )


def _item(n: int, experts: int, severity: dict[int, float], dice: random.Random) -> Item:
    panel, merit = n // PANEL_OF, dice.gauss(15, 3)
    sums = {
        f"E{e:05d}": _two(min(24.0, max(0.0, merit + severity[e] + dice.gauss(0, 1.5))))
        for e in range(panel * experts, (panel + 1) * experts)
    }
    quality, employment = _two(dice.uniform(30, 68)), _two(dice.uniform(8, 29))
    base, cost = _two(dice.uniform(30, 70)), Decimal(dice.randrange(100, 3000)) * 10_000
    return Item(f"A{n:05d}", f"P{panel}", sums, base, quality, employment, cost, competes=True)


def _two(value: float) -> Decimal:
    return Decimal(round(value * 100)) / 100


def analysed(dossiers: int, experts: int) -> Callable[[], Work]:
    def prepare() -> Work:
        given = ranked(dossiers, experts)
        part_of("agreement", ranked(20, 3))  # loads numpy and scipy

        def work() -> str:
            told = {part: part_of(part, given) for part in PARTS}
            funded = sum(row["funded"] for row in told["people"]["bootstrap"])
            breaks = len(told["weights"]["breaks"])
            return f"{funded} funded, {breaks} weights at which the funded set changes"

        return work

    return prepare


FIGURES = (
    Figure("certainty: 300 dossiers x 7 experts", analysed(300, 7), 5.0),
    Figure("certainty: 2,000 dossiers x 7 experts", analysed(2_000, 7), 60.0),
)
