"""What the analysis says of the experts, stage by stage, and of what single ones decide."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from reviews.models import Stage
from reviews.views.certainty_words import Data, Names, decimal

CLEAR, FAIR = Decimal("0.7"), Decimal("0.5")  # Kendall's W, as a word beside the figure


def stages(told: Data, named: Names) -> list[dict[str, Any]]:
    """Agreement, severity and marks that stand out: once without a hearing, else for each stage in
    which a signed sheet counts.
    """
    if "stages" not in told:
        return [_stage("", "", told, named)]
    found = told["stages"]
    return [
        _stage(stage.value, str(stage.label), found[stage.value], named)
        for stage in Stage
        if found[stage.value]
    ]


def _stage(code: str, name: str, told: Data, named: Names) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "agreement": _agreement(told, named),
        "severity": _severity(told["by_expert"]),
        "outliers": _outliers(told["outliers"], named),
    }


def _agreement(told: Data, named: Names) -> dict[str, Any]:
    rows = [
        {
            "name": named.panels.get(row["panel"], row["panel"]),
            "items": row["items"],
            "experts": row["experts"],
            "gaps": row["gaps"],
            "w": decimal(row["kendall_w"]),
            "word": _agreement_word(decimal(row["kendall_w"])),
            "single": decimal(row["icc_single"]),
            "average": decimal(row["icc_average"]),
            "mean": decimal(row["mean"]),
            "apart": decimal(row["mean"] - told["mean"]),
        }
        for row in told["panels"]
    ]
    lowest = min(
        (row for row in rows if row["w"] is not None), key=lambda row: row["w"], default=None
    )
    return {"rows": rows, "mean": decimal(told["mean"]), "lowest": lowest}


def _agreement_word(w: Decimal | None) -> str:
    if w is None:
        return _("cannot be told")
    return _("largely agree") if w >= CLEAR else _("partly agree") if w >= FAIR else _("disagree")


def _severity(told: Sequence[Data]) -> dict[str, Any]:
    known = [row for row in told if row["severity"] is not None]
    if not any(row["severity"] or row["error"] for row in known):
        known = []  # the model finds no difference between experts at all
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
                "value": decimal(row["severity"]),
                "error": decimal(row["error"] * 1.96),
                "word": {"harsh": _("harsh"), "lenient": _("lenient")}.get(row["tendency"], ""),
                "tone": {"harsh": "act", "lenient": "warn"}.get(row["tendency"], "line"),
                "loads": [(start, "", "none"), (abs(value), "", kind)],
                "high": wide * 2,
                "zero": wide,
            }
        )
    return {"rows": rows, "marked": [row for row in rows if row["word"]]}


def _outliers(told: Sequence[Data], named: Names) -> list[dict[str, Any]]:
    return [
        {
            **named.row(row["item"]),
            "expert": row["expert"],
            "score": decimal(row["score"]),
            "expected": decimal(row["expected"]),
            "studentised": decimal(row["studentised"], 1),
        }
        for row in told
    ]


def people(told: Data, named: Names) -> dict[str, Any]:
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
