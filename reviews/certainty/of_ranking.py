"""How sure the ranking of a call is, part by part, as plain content for JSON.

Experts are compared by the sums they gave; ranks and the funding line are those of the totals,
formula points included. Whoever is vetoed or has too few sheets says something about the experts
and nothing about the line. Where there is a hearing, see `of_hearing` for what each part means.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from reviews.certainty import mixed, of_hearing
from reviews.certainty.analysis import (
    of_experts,
    of_knapsack,
    of_marks,
    of_panels,
    of_people,
    of_ranks,
    short,
)
from reviews.certainty.ranked import Item, Ranked
from reviews.certainty.standing import Frozen, Standing
from reviews.certainty.table import ScoreTable, by_panel
from reviews.certainty.weights import Project, Setting, WeightReport, weigh


def part_of(name: str, ranked: Ranked) -> dict[str, Any]:
    """One part of the analysis; empty where no sheet counts. KeyError for an unknown name."""
    make = _MAKERS[name]
    items = ranked.items if name == "agreement" else ranked.competing()
    return make(ranked) if any(item.sums for item in items) else {}


def _standing(ranked: Ranked) -> Standing:
    if ranked.percent:
        return of_hearing.standing(ranked, frozen_of(ranked))
    rows = ((i.id, expert, given) for i in ranked.competing() for expert, given in i.sums.items())
    return Standing.of(ScoreTable.of(rows), frozen_of(ranked))


def frozen_of(ranked: Ranked) -> Frozen:
    """What the line is drawn by, for those who compete."""
    items = ranked.competing()
    return Frozen(
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


def _panels(items: Sequence[Item]) -> dict[str, str]:
    return {item.id: item.panel for item in items if item.sums}


def _agreement(ranked: Ranked) -> dict[str, Any]:
    if not ranked.percent:
        return _of_stage(ranked.items)
    stages = of_hearing.by_stage(ranked)
    return {"stages": {stage: _of_stage(items) for stage, items in stages.items()}}


def _of_stage(items: Sequence[Item]) -> dict[str, Any]:
    """How the experts of one stage agree, whose sums the items have; empty without any."""
    table = ScoreTable.of((i.id, expert, given) for i in items for expert, given in i.sums.items())
    if not table.scores:
        return {}
    panel_of, given = _panels(items), {item.id: list(item.sums.values()) for item in items}
    means = {
        panel: _mean([value for item in own for value in given[item]])
        for panel, own in by_panel(panel_of).items()
    }
    told = of_panels(table, panel_of, model := mixed.fit(table))
    by_expert = of_experts(table, model)
    severities = _panel_severities(items, by_expert)
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
    told = _told(report)
    return told | {"hearing": of_hearing.stage_weight(ranked)} if ranked.percent else told


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
    if ranked.percent:
        return of_hearing.ranks(ranked)
    items = ranked.competing()
    rows = ((i.id, expert, i.base + given) for i in items for expert, given in i.sums.items())
    return {"ranks": of_ranks(ScoreTable.of(rows))}


def _knapsack(ranked: Ranked) -> dict[str, Any]:
    return of_knapsack(_standing(ranked))


_MAKERS: Final[Mapping[str, Callable[[Ranked], dict[str, Any]]]] = {
    "agreement": _agreement,
    "weights": _weights,
    "people": _people,
    "ranks": _ranks,
    "knapsack": _knapsack,
}
