"""The formulas a leaf may name, and the references each is measured against.

A reference belongs to a panel group, since textiles and chemicals cannot share one. Amounts are in
yuan, ratios are decimals, everything is written as a decimal string: "300000000", "0.05".
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from applications.sheet.problems import Problem

FORMULA_REFERENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "catalogue_match": ("cluster_points", "catalogue_points", "encouraged_points"),
        "investment_scale": ("full_yuan",),
        "investment_intensity": ("full_yuan_per_mu", "step_yuan_per_mu", "points_per_step"),
        "own_funding": ("full_ratio",),
        "research_intensity": ("full_ratio",),
        "tax_per_mu": ("full_yuan_per_mu",),
        "energy_level": ("advanced_points", "benchmark_points", "no_norm_points"),
        "permits": ("points_each",),
        "investment_progress": ("full_ratio",),
        "net_new_jobs": ("full_persons",),
        "jobs_per_investment": ("full_persons_per_100m_yuan",),
        "jobs_per_request": ("full_persons_per_1m_yuan",),
        "insurance_coverage": ("from_ratio", "full_ratio"),
        "wage_ratio": ("from_ratio", "full_ratio"),
        "priority_share": ("full_ratio",),
    }
)


_MOST_DIGITS = 20  # before and after the point; "1e999999999" is a number nobody means


def read_decimal(raw: object) -> Decimal | None:
    """A number of sane size written as a string or a whole number; None for anything else.

    A JSON float is refused: 0.1 is not a tenth there.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        return None
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return None
    _, _, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return None  # infinite, or not a number
    return value if exponent >= -_MOST_DIGITS and value.adjusted() < _MOST_DIGITS else None


def read_references(
    where: str, formula: str, weight: Decimal, raw: object, problems: list[Problem]
) -> dict[str, Decimal]:
    """The references of one formula leaf; what is wrong is added to `problems`."""
    given: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    expected = FORMULA_REFERENCES[formula]
    problems += [
        Problem(where, "reference_unknown", {"reference": key})
        for key in given
        if key not in expected
    ]
    found: dict[str, Decimal] = {}
    for key in expected:
        value = read_decimal(given.get(key))
        fault = _fault(key, value, weight) if key in given else "reference_missing"
        if fault:
            problems.append(Problem(where, fault, {"reference": key}))
        elif value is not None:
            found[key] = value
    if found.get("from_ratio", Decimal(0)) >= found.get("full_ratio", Decimal("Infinity")):
        problems.append(Problem(where, "reference_order"))
    return found


def _fault(key: str, value: Decimal | None, weight: Decimal) -> str:
    """What is wrong with one reference; empty when nothing is."""
    if value is None or value < 0:
        return "reference_unreadable"
    if value == 0 and key.startswith(("full_", "step_")):
        return "reference_zero"
    if value > weight and key.endswith("_points"):
        return "reference_above_weight"
    return ""
