"""How sure the ranking of a call is, part by part, as plain content for JSON.

Experts are compared by the sums they gave; ranks and the funding line are those of the totals,
formula points included. Whoever is vetoed or has too few sheets says something about the experts
and nothing about the line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from reviews.certainty import mixed
from reviews.certainty.analysis import (
    of_experts,
    of_knapsack,
    of_marks,
    of_panels,
    of_people,
    of_ranks,
    short,
)
from reviews.certainty.line import Mode
from reviews.certainty.quotas import NO_QUOTAS, Quotas
from reviews.certainty.standing import Frozen, Standing
from reviews.certainty.table import ScoreTable, by_panel
from reviews.certainty.weights import Project, Setting, WeightReport, weigh
from reviews.scoring import Method


@dataclass(frozen=True, slots=True)
class Item:
    """A dossier: expert → sum of its marks, points by formula, points of both dimensions, and what
    it asks for in yuan. `competes`: it has a total that the line may reach, or the floor stop.
    `groups`: what quotas count it by.
    """

    id: str
    panel: str
    sums: Mapping[str, Decimal]
    base: Decimal
    quality: Decimal
    employment: Decimal
    cost: Decimal
    competes: bool
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking with what is frozen; `items` in the order in which equal totals go. Points, yuan.

    `max_quality`, `max_employment`: most points of each dimension.
    """

    items: Sequence[Item]
    max_quality: Decimal
    max_employment: Decimal
    floor: Decimal
    budget: Decimal
    mode: Mode
    method: Method
    trim_from: int
    quotas: Quotas = NO_QUOTAS

    def competing(self) -> list[Item]:
        return [item for item in self.items if item.competes]


def part_of(name: str, ranked: Ranked) -> dict[str, Any]:
    """One part of the analysis; empty where no sheet counts. KeyError for an unknown name."""
    make = _MAKERS[name]
    items = ranked.items if name == "agreement" else ranked.competing()
    return make(ranked) if any(item.sums for item in items) else {}


def _table(items: Sequence[Item], *, whole: bool) -> ScoreTable:
    """Items × experts: the experts' sums, or what each would make the total."""
    return ScoreTable.of(
        (item.id, expert, item.base + given if whole else given)
        for item in items
        for expert, given in item.sums.items()
    )


def _standing(ranked: Ranked) -> Standing:
    items = ranked.competing()
    frozen = Frozen(
        costs={item.id: item.cost for item in items},
        budget=ranked.budget,
        mode=ranked.mode,
        method=ranked.method,
        trim_from=ranked.trim_from,
        floor=ranked.floor,
        places=2,
        base={item.id: item.base for item in items},
        ties=tuple(item.id for item in items),
        quotas=ranked.quotas,
        members={item.id: item.groups for item in items},
    )
    return Standing.of(_table(items, whole=False), frozen)


def _panels(items: Sequence[Item]) -> dict[str, str]:
    return {item.id: item.panel for item in items if item.sums}


def _agreement(ranked: Ranked) -> dict[str, Any]:
    table, panel_of = _table(ranked.items, whole=False), _panels(ranked.items)
    given = {item.id: list(item.sums.values()) for item in ranked.items}
    means = {
        panel: _mean([value for item in items for value in given[item]])
        for panel, items in by_panel(panel_of).items()
    }
    told = of_panels(table, panel_of, model := mixed.fit(table))
    by_expert = of_experts(table, model)
    severities = _panel_severities(ranked.items, by_expert)
    for row in told["panels"]:
        row |= {"mean": means[row["panel"]], "severity": severities.get(row["panel"])}
    return {
        **told,
        "mean": _mean([value for values in given.values() for value in values]),
        "by_expert": by_expert,
        "outliers": of_marks(table),
    }


def _panel_severities(
    items: Sequence[Item], by_expert: Sequence[Mapping[str, Any]]
) -> dict[str, float | None]:
    """Panel → mean severity of its experts by the model over all panels, where it is known."""
    known = {row["expert"]: row["severity"] for row in by_expert if row["severity"] is not None}
    experts: dict[str, set[str]] = {}
    for item in items:
        experts.setdefault(item.panel, set()).update(item.sums.keys() & known.keys())
    return {
        panel: short(sum(known[name] for name in sorted(names)) / len(names)) if names else None
        for panel, names in experts.items()
    }


def _mean(values: Sequence[Decimal]) -> float | None:
    return short(float(Fraction(sum(values)) / len(values))) if values else None


def _weights(ranked: Ranked) -> dict[str, Any]:
    items = [item for item in ranked.competing() if item.sums]
    report = weigh(
        [Project(i.id, i.quality, i.employment, i.cost, i.groups) for i in items],
        Setting(
            ranked.max_quality,
            ranked.max_employment,
            ranked.floor,
            ranked.budget,
            ranked.mode,
            ranked.quotas,
        ),
    )
    return _told(report)


def _told(report: WeightReport) -> dict[str, Any]:
    """Weights as exact fractions, "7/10"."""
    return {
        "frozen": str(report.frozen),
        "low": {"weight": str(report.low.weight), "included": report.low.included},
        "high": {"weight": str(report.high.weight), "included": report.high.included},
        "breaks": [
            {"weight": str(b.weight), "at": b.at, "up": list(b.up), "down": list(b.down)}
            for b in report.breaks
        ],
        "shifts": [
            {
                "points": s.points,
                "weight": str(s.weight),
                "up": list(s.up),
                "down": list(s.down),
                "moved": [list(move) for move in s.moved],
            }
            for s in report.shifts
        ],
        "nearest": [
            {
                "item": n.id,
                "funded": None if n.funded is None else str(n.funded),
                "first": None if n.first is None else str(n.first),
            }
            for n in report.nearest
        ],
    }


def _people(ranked: Ranked) -> dict[str, Any]:
    return of_people(_standing(ranked), _panels(ranked.competing()))


def _ranks(ranked: Ranked) -> dict[str, Any]:
    return {"ranks": of_ranks(_table(ranked.competing(), whole=True))}


def _knapsack(ranked: Ranked) -> dict[str, Any]:
    return of_knapsack(_standing(ranked))


_MAKERS: Final[Mapping[str, Callable[[Ranked], dict[str, Any]]]] = {
    "agreement": _agreement,
    "weights": _weights,
    "people": _people,
    "ranks": _ranks,
    "knapsack": _knapsack,
}
