"""How sure a ranking is, in sentences, pictures and rows, from the stored analysis."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.models import Panel, RankingEntry
from reviews.views.expert_words import panel_name

Data = Mapping[str, Any]
FAR = 10  # breakpoints shown on each side of the frozen weight
CLEAR, FAIR = Decimal("0.7"), Decimal("0.5")  # Kendall's W, as a word beside the figure
HUNDRED = Decimal(100)


def page(
    data: Data, entries: Sequence[RankingEntry], panels: Sequence[Panel]
) -> dict[str, Any] | None:
    """Everything the page shows; None where no signed sheet counts."""
    if not data["agreement"]:
        return None
    named = _Names(entries, panels)
    competing = bool(data["weights"])
    return {
        "agreement": _agreement(data["agreement"], named),
        "severity": _severity(data["agreement"]["by_expert"]),
        "outliers": _outliers(data["agreement"]["outliers"], named),
        "weights": _weights(data["weights"], named) if competing else None,
        "people": _people(data["people"], named) if competing else None,
        "ranks": _ranks(data["ranks"]["ranks"], named) if competing else (),
        "knapsack": _knapsack(data["knapsack"], data["people"], named) if competing else None,
    }


class _Names:
    """Ranks and titles by number, panels by number."""

    def __init__(self, entries: Sequence[RankingEntry], panels: Sequence[Panel]) -> None:
        self.entries = {entry.application.number or "": entry for entry in entries}
        self.panels = {str(panel.number): panel_name(panel) for panel in panels}

    def row(self, number: str) -> dict[str, Any]:
        entry = self.entries[number]
        return {
            "rank": entry.rank,
            "title": entry.application.title,
            "application": entry.application_id,
        }

    def rows(self, numbers: Sequence[str]) -> list[dict[str, Any]]:
        """In the order of the rank."""
        found = [self.row(number) for number in numbers]
        return sorted(found, key=lambda row: (row["rank"] is None, row["rank"] or 0))


def _decimal(value: float | None, places: int = 2) -> Decimal | None:
    if value is None:
        return None
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _percent(weight: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """A fraction, "7/10", as per cent with two decimals."""
    exact = Fraction(weight) * 10_000
    whole, rest = divmod(exact.numerator, exact.denominator)
    if rest and (
        rounding == ROUND_CEILING or (rounding == ROUND_HALF_UP and 2 * rest >= exact.denominator)
    ):
        whole += 1
    return Decimal(whole) / HUNDRED


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}%"


def _agreement(told: Data, named: _Names) -> dict[str, Any]:
    rows = [
        {
            "name": named.panels.get(row["panel"], row["panel"]),
            "items": row["items"],
            "experts": row["experts"],
            "gaps": row["gaps"],
            "w": _decimal(row["kendall_w"]),
            "word": _agreement_word(_decimal(row["kendall_w"])),
            "single": _decimal(row["icc_single"]),
            "average": _decimal(row["icc_average"]),
            "mean": _decimal(row["mean"]),
            "apart": _decimal(row["mean"] - told["mean"]),
        }
        for row in told["panels"]
    ]
    lowest = min(
        (row for row in rows if row["w"] is not None), key=lambda row: row["w"], default=None
    )
    return {"rows": rows, "mean": _decimal(told["mean"]), "lowest": lowest}


def _agreement_word(w: Decimal | None) -> str:
    if w is None:
        return _("cannot be told")
    return _("largely agree") if w >= CLEAR else _("partly agree") if w >= FAIR else _("disagree")


def _severity(told: Sequence[Data]) -> dict[str, Any]:
    known = [row for row in told if row["severity"] is not None]
    most = max((abs(row["severity"]) for row in known), default=0.0) or 1.0
    rows = []
    for row in sorted(known, key=lambda row: row["severity"]):
        value, wide = (Decimal(str(x)) for x in (row["severity"], most))
        start = min(value, Decimal(0)) + wide
        kind = {"harsh": "act", "lenient": "2"}.get(row["tendency"], "soft")
        rows.append(
            {
                "expert": row["expert"],
                "scores": row["scores"],
                "value": _decimal(row["severity"]),
                "error": _decimal(row["error"] * 1.96),
                "word": {"harsh": _("harsh"), "lenient": _("lenient")}.get(row["tendency"], ""),
                "tone": {"harsh": "act", "lenient": "warn"}.get(row["tendency"], "line"),
                "loads": [(start, "", "none"), (abs(value), "", kind)],
                "high": wide * 2,
                "zero": wide,
            }
        )
    return {"rows": rows, "marked": [row for row in rows if row["word"]]}


def _outliers(told: Sequence[Data], named: _Names) -> list[dict[str, Any]]:
    return [
        {
            **named.row(row["item"]),
            "expert": row["expert"],
            "score": _decimal(row["score"]),
            "expected": _decimal(row["expected"]),
            "studentised": _decimal(row["studentised"], 1),
        }
        for row in told
    ]


def _weights(told: Data, named: _Names) -> dict[str, Any]:
    low, high = (
        _percent(told[end]["weight"], rounding)
        for end, rounding in (("low", ROUND_CEILING), ("high", ROUND_FLOOR))
    )
    frozen = _percent(told["frozen"])
    here = Fraction(told["frozen"])
    below = [row for row in told["breaks"] if Fraction(row["weight"]) < here][-FAR:]
    above = [row for row in told["breaks"] if Fraction(row["weight"]) >= here][:FAR]
    return {
        "frozen": frozen,
        "low": min(low, frozen),
        "high": max(high, frozen),
        "low_text": _shown(min(low, frozen)),
        "high_text": _shown(max(high, frozen)),
        "frozen_text": _shown(frozen),
        "loads": [(low, "", "none"), (high - low, "", "")],
        "labels": ("0%", "50%", "100%"),
        "margin": _shown(min(frozen - low, high - frozen)),
        "count": len(told["breaks"]),
        "shifts": [
            {
                "weight": _shown(_percent(row["weight"])),
                "points": f"{row['points']:+d}",
                "up": named.rows(row["up"]),
                "down": named.rows(row["down"]),
                "moved": len(row["moved"]),
            }
            for row in told["shifts"]
        ],
        "breaks": [
            {
                "weight": _shown(_percent(row["weight"])),
                "up": named.rows(row["up"]),
                "down": named.rows(row["down"]),
            }
            for row in (*below, *above)
        ],
        "nearest": [
            {
                **named.row(row["item"]),
                "first": None if row["first"] is None else _shown(_percent(row["first"])),
                "funded": None if row["funded"] is None else _shown(_percent(row["funded"])),
            }
            for row in sorted(
                told["nearest"], key=lambda row: named.row(row["item"])["rank"] or 10**9
            )
            if named.row(row["item"])["rank"]
        ],
    }


def _people(told: Data, named: _Names) -> dict[str, Any]:
    changed = [
        {
            "expert": row["expert"],
            "up": named.rows(row["up"]),
            "down": named.rows(row["down"]),
        }
        for row in told["without_expert"]
        if row["up"] or row["down"]
    ]
    grey = [
        {
            **named.row(row["item"]),
            "share": Decimal(str(row["p_funded"])),
            "funded": row["funded"],
        }
        for row in told["bootstrap"]
        if row["grey"]
    ]
    grey.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0))
    ranks = [row["rank"] for row in grey if row["rank"]]
    return {
        "experts": len(told["without_expert"]),
        "changed": changed,
        "grey": grey,
        "span": (ranks[0], ranks[-1]) if ranks else None,
    }


def _ranks(told: Sequence[Data], named: _Names) -> list[dict[str, Any]]:
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
                "expected": _decimal(row["expected_rank"], 1),
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


def _knapsack(told: Data, people: Data, named: _Names) -> dict[str, Any]:
    ranked = {row["item"] for row in people["bootstrap"] if row["funded"]}
    packed = set(told["funded"])
    return {
        "passed_over": told["passed_over"],
        "gained": _decimal(told["gained"]),
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
