"""How sure a ranking is, in sentences, pictures and rows, from the stored analysis."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.models import Panel, RankingEntry
from reviews.views import certainty_experts
from reviews.views.certainty_words import Data, Names, decimal, percent, shown

FAR = 10  # breakpoints shown on each side of the frozen weight


def page(
    data: Data,
    entries: Sequence[RankingEntry],
    panels: Sequence[Panel],
    titles: Mapping[str, str] | None = None,
) -> dict[str, Any] | None:
    """Everything the page shows; None where no signed sheet counts. `titles`: of dossiers that
    were not heard, by number.
    """
    if not data["agreement"]:
        return None
    named = Names(entries, panels, titles or {})
    competing = bool(data["weights"])
    spoken = data["weights"].get("hearing")
    return {
        "stages": certainty_experts.stages(data["agreement"], named),
        "two_stages": "stages" in data["agreement"],
        "weights": _weights(data["weights"], named) if competing else None,
        "hearing": _hearing(spoken, named) if spoken else None,
        "people": certainty_experts.people(data["people"], named) if competing else None,
        "ranks": _ranks(data["ranks"]["ranks"], named) if competing else (),
        "apart": data["ranks"].get("apart", 0),
        "knapsack": _knapsack(data["knapsack"], data["people"], named) if competing else None,
    }


def _weights(told: Data, named: Names) -> dict[str, Any]:
    low, high = (
        percent(told[end]["weight"], rounding)
        for end, rounding in (("low", ROUND_CEILING), ("high", ROUND_FLOOR))
    )
    frozen = percent(told["frozen"])
    here = Fraction(told["frozen"])
    below = [row for row in told["breaks"] if Fraction(row["weight"]) < here][-FAR:]
    above = [row for row in told["breaks"] if Fraction(row["weight"]) >= here][:FAR]
    return {
        "frozen": frozen,
        "low": min(low, frozen),
        "high": max(high, frozen),
        "low_text": shown(min(low, frozen)),
        "high_text": shown(max(high, frozen)),
        "frozen_text": shown(frozen),
        "loads": [(low, "", "none"), (high - low, "", "")],
        "labels": ("0%", "50%", "100%"),
        "margin": shown(min(frozen - low, high - frozen)),
        "count": len(told["breaks"]),
        "shifts": [
            {
                "weight": shown(percent(row["weight"])),
                "points": row["points"],
                "up": named.rows(row["up"]),
                "down": named.rows(row["down"]),
                "moved": len(row["moved"]),
            }
            for row in told["shifts"]
        ],
        "breaks": [
            {
                "weight": shown(percent(row["weight"])),
                "up": named.rows(row["up"]),
                "down": named.rows(row["down"]),
            }
            for row in (*below, *above)
        ],
        "nearest": [
            {
                **named.row(row["item"]),
                "first": None if row["first"] is None else shown(percent(row["first"])),
                "funded": None if row["funded"] is None else shown(percent(row["funded"])),
            }
            for row in sorted(
                told["nearest"], key=lambda row: named.row(row["item"])["rank"] or 10**9
            )
            if named.row(row["item"])["rank"]
        ],
    }


def _hearing(told: Data, named: Names) -> dict[str, Any]:
    """The weight of the hearing, in whole per cent."""
    low, high, here = (Decimal(told[name]) for name in ("low", "high", "percent"))
    below = [row for row in told["breaks"] if row["percent"] <= here][-FAR:]
    above = [row for row in told["breaks"] if row["percent"] > here][:FAR]
    return {
        "frozen": here,
        "low_text": shown(low),
        "high_text": shown(high),
        "frozen_text": shown(here),
        "loads": [(low, "", "none"), (high - low, "", "")],
        "labels": ("0%", "50%", "100%"),
        "count": len(told["breaks"]),
        "shifts": [
            {
                "points": row["percent"] - told["percent"],
                "note": {0: _("paper review alone"), 100: _("hearing alone")}.get(row["percent"]),
                **_weight_row(row, named),
            }
            for row in told["shifts"]
        ],
        "breaks": [_weight_row(row, named) for row in (*below, *above)],
        "correlation": decimal(told["correlation"]),
    }


def _weight_row(row: Data, named: Names) -> dict[str, Any]:
    return {
        "weight": shown(Decimal(row["percent"])),
        "up": named.rows(row["up"]),
        "down": named.rows(row["down"]),
        "moved": row["moved"],
    }


def _ranks(told: Sequence[Data], named: Names) -> list[dict[str, Any]]:
    rows = []
    most = Decimal(len(told))
    for row in told:
        if row["expected_rank"] is None:
            continue
        low90, low50, high50, high90 = (
            Decimal(row[key]) for key in ("low90", "low50", "high50", "high90")
        )
        half = Decimal("0.5")  # a rank is as wide as one place
        rows.append(
            {
                **named.row(row["item"]),
                "expected": decimal(row["expected_rank"], 1),
                "low50": row["low50"],
                "high50": row["high50"],
                "low90": row["low90"],
                "high90": row["high90"],
                "loads": [
                    (low90 - 1, "", "none"),
                    (low50 - low90, "", "soft"),
                    (high50 - low50 + 1, "", ""),
                    (high90 - high50, "", "soft"),
                ],
                "at": Decimal(str(row["expected_rank"])) - half,
                "high": most,
            }
        )
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["expected"]))


def _knapsack(told: Data, people: Data, named: Names) -> dict[str, Any]:
    ranked = {row["item"] for row in people["bootstrap"] if row["funded"]}
    packed = set(told["funded"])
    return {
        "passed_over": told["passed_over"],
        "gained": decimal(told["gained"]),
        "up": named.rows(sorted(packed - ranked)),
        "down": named.rows(sorted(ranked - packed)),
        "same": packed == ranked,
        "count": len(packed),
        "passed_words": ngettext(
            "%(n)s better-ranked project would be passed over.",
            "%(n)s better-ranked projects would be passed over.",
            told["passed_over"],
        )
        % {"n": told["passed_over"]},
    }
