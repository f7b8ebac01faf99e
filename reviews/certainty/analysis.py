"""All of it on one table, as plain content for JSON. Numbers have at most six decimals, which no
machine's last bit reaches.
"""

from collections.abc import Mapping
from typing import Any, Final

from reviews.certainty import agreement, expected_rank, mixed, outliers, people
from reviews.certainty.knapsack import knapsack
from reviews.certainty.standing import Frozen, Standing
from reviews.certainty.table import ScoreTable

_PLACES: Final = 6
_FINE: Final = 10**4


def analyse(
    table: ScoreTable, panels: Mapping[str, str] | None = None, frozen: Frozen | None = None
) -> dict[str, Any]:
    """The whole analysis; `funding` is None without `frozen`.

    `panels`: item → panel; without it, items that share experts, directly or by way of others, form
    one. Raises ValueError without any score, and for costs that no line can be drawn from.
    """
    panel_of = table.components() if panels is None else panels
    judged = {
        item: panel_of[item] for item, n in zip(table.items, table.per_item, strict=True) if n
    }
    model = mixed.fit(table)
    return {
        # Who has no score at all shares no experts with anybody, and forms no panel of its own.
        "agreement": of_panels(table, judged if panels is None else panels, model),
        "experts": of_experts(table, model),
        "outliers": of_marks(table),
        "expected_rank": of_ranks(table),
        "funding": None if frozen is None else _funding(Standing.of(table, frozen), panel_of),
    }


def of_panels(
    table: ScoreTable, panel_of: Mapping[str, str], model: mixed.MixedFit
) -> dict[str, Any]:
    """Reliability over the whole table, and every panel by itself."""
    return {
        "items": len(table.items),
        "experts": len(table.experts),
        "scores": len(table.scores),
        **_reliability(model),
        "panels": [
            {
                "panel": panel.panel,
                "items": panel.concordance.n,
                "experts": panel.concordance.m,
                "gaps": panel.concordance.gaps,
                "kendall_w": short(panel.concordance.w),
                "chi_square": short(panel.concordance.chi_square),
                "p": short(panel.concordance.p),
                "spearman": short(panel.concordance.spearman),
                "pairs": panel.concordance.pairs,
                **_reliability(panel.model),
            }
            for panel in agreement.panels(table, panel_of)
        ],
    }


def _reliability(model: mixed.MixedFit | None) -> dict[str, Any]:
    names = {
        "icc_single": "single",
        "icc_average": "averaged",
        "k": "k",
        "item_variance": "item_variance",
        "expert_variance": "expert_variance",
        "noise_variance": "noise_variance",
    }
    return {
        key: None if model is None else short(getattr(model, name)) for key, name in names.items()
    }


def of_experts(table: ScoreTable, model: mixed.MixedFit) -> list[dict[str, Any]]:
    """Every expert's severity; None where the scores cannot tell it."""
    found = {severity.expert: severity for severity in model.experts}
    return [
        {
            "expert": expert,
            "scores": int(table.per_expert[n]),
            "severity": short(found[expert].value) if expert in found else None,
            "error": short(found[expert].error) if expert in found else None,
            "tendency": found[expert].tendency if expert in found else "",
        }
        for n, expert in enumerate(table.experts)
    ]


def of_marks(table: ScoreTable) -> list[dict[str, Any]]:
    """The marks that stand out, furthest first."""
    return [
        {
            "item": mark.item,
            "expert": mark.expert,
            "score": short(mark.score),
            "expected": short(mark.expected),
            "studentised": short(mark.studentised),
        }
        for mark in outliers.outliers(table)
    ]


def of_ranks(table: ScoreTable) -> list[dict[str, Any]]:
    """Expected ranks with their intervals, by item."""
    return [
        {
            "item": rank.item,
            "expected_rank": short(rank.expected),
            "low50": rank.low50,
            "high50": rank.high50,
            "low90": rank.low90,
            "high90": rank.high90,
        }
        for rank in expected_rank.expected_ranks(table)
    ]


def _funding(standing: Standing, panel_of: Mapping[str, str]) -> dict[str, Any]:
    line = standing.line(standing.order(standing.points(standing.there)))
    items = standing.items
    return {
        "budget": str(standing.frozen.budget),
        "mode": standing.frozen.mode,
        "method": standing.frozen.method,
        "funded": [items[n] for n in line.funded],
        "partial": None if line.partial is None else items[line.partial],
        **of_people(standing, panel_of),
        "knapsack": of_knapsack(standing),
    }


def of_people(standing: Standing, panel_of: Mapping[str, str]) -> dict[str, Any]:
    """What the funded set owes to single experts, left out and drawn again."""
    return {
        "without_expert": [
            {"expert": one.expert, "up": list(one.up), "down": list(one.down)}
            for one in people.leave_one_out(standing)
        ],
        "bootstrap": [
            {
                "item": one.item,
                "p_funded": short(one.share),
                "funded": one.funded,
                "grey": one.grey,
            }
            for one in people.bootstrap(standing, panel_of)
        ],
    }


def of_knapsack(standing: Standing) -> dict[str, Any]:
    """The best set for points alone, of the items that are ranked; points to four decimals."""
    order = standing.order(standing.points(standing.there))
    funded = standing.line(order).funded
    costs, budget = standing.costs
    merits = [round(float(merit) * _FINE) for merit in standing.merits()[order]]
    place = {n: at for at, n in enumerate(order)}
    packed = knapsack(merits, [costs[n] for n in order], budget, [place[n] for n in funded])
    return {
        "funded": [standing.items[order[at]] for at in packed.chosen],
        "passed_over": packed.passed_over,
        "gained": short(packed.gained / _FINE),
    }


def short(value: float | None) -> float | None:
    """Six decimals; -0 as 0."""
    return None if value is None else round(float(value), _PLACES) + 0.0
