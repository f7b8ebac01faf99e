"""Sums and ratios that follow from what was typed, shown while typing."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.draft_values import Sections, Values
from applications.money import grouped, wan


@dataclass(frozen=True, slots=True)
class Ratio:
    """A value computed while typing, with the sum that gave it; shown in
    `section` under the last of its `inputs` there."""

    section: str
    label: str | Promise
    value: str
    working: str | Promise
    inputs: tuple[str, ...]


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}%"


def ratios(sections: Sections) -> list[Ratio]:
    """Sums and ratios that follow from what was typed, each with its working."""
    v = Values(sections)
    makers = (_sum_of_parts, _own_share, _intensity, _done, _rd, _tax_mu, _jobs, _cover)
    return [ratio for make in makers if (ratio := make(v)) is not None]


def _sum_of_parts(v: Values) -> Ratio | None:
    found = v.numbers("construction_yuan", "equipment_yuan", "other_costs_yuan")
    if found is None:
        return None
    return Ratio(
        "investment",
        _("Sum of the three parts (CNY 10,000)"),
        wan(sum(found, Decimal(0))),
        " + ".join(wan(x) for x in found),
        ("construction_yuan", "equipment_yuan", "other_costs_yuan"),
    )


def _own_share(v: Values) -> Ratio | None:
    found = v.numbers("own_funds_yuan", "signed_loans_yuan", "fixed_assets_yuan", "requested_yuan")
    if found is None or found[2] <= found[3]:
        return None
    own, loans, whole, asked = found
    return Ratio(
        "investment",
        _("Own-funding secured"),
        _percent((own + loans) / (whole - asked)),
        _("(own %(own)s + loans %(loans)s) ÷ (investment %(whole)s − support %(asked)s)")
        % {"own": wan(own), "loans": wan(loans), "whole": wan(whole), "asked": wan(asked)},
        ("own_funds_yuan", "signed_loans_yuan", "fixed_assets_yuan", "requested_yuan"),
    )


def _intensity(v: Values) -> Ratio | None:
    found = v.numbers("fixed_assets_yuan", "land_mu")
    if found is None or not found[1]:
        return None
    value = (found[0] / found[1] / 10_000).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Ratio(
        "land_permits",
        _("Investment per mu (CNY 10,000)"),
        grouped(value),
        f"{wan(found[0])} ÷ {grouped(found[1])}",
        ("fixed_assets_yuan", "land_mu"),
    )


def _done(v: Values) -> Ratio | None:
    found = v.numbers("invested_yuan", "fixed_assets_yuan")
    if found is None:
        return None
    return Ratio(
        "investment",
        _("Investment completed"),
        _percent(found[0] / found[1]),
        f"{wan(found[0])} ÷ {wan(found[1])}",
        ("invested_yuan", "fixed_assets_yuan"),
    )


def _rd(v: Values) -> Ratio | None:
    found = v.numbers("rd_spend_yuan", "revenue_yuan")
    if found is None or not found[1]:
        return None
    return Ratio(
        "technology",
        _("R&D share of revenue"),
        _percent(found[0] / found[1]),
        f"{wan(found[0])} ÷ {wan(found[1])}",
        ("rd_spend_yuan", "revenue_yuan"),
    )


def _tax_mu(v: Values) -> Ratio | None:
    found = v.numbers("tax_yuan", "land_mu")
    if found is None or not found[1]:
        return None
    value = (found[0] / found[1] / 10_000).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Ratio(
        "market",
        _("Tax per mu (CNY 10,000)"),
        grouped(value),
        f"{wan(found[0])} ÷ {grouped(found[1])}",
        ("tax_yuan", "land_mu"),
    )


def _jobs(v: Values) -> Ratio | None:
    found = v.numbers("promised_headcount", "baseline_headcount")
    if found is None:
        return None
    return Ratio(
        "employment",
        _("Net new jobs"),
        grouped(max(found[0] - found[1], Decimal(0))),
        f"{grouped(found[0])} − {grouped(found[1])}",
        ("promised_headcount", "baseline_headcount"),
    )


def _cover(v: Values) -> Ratio | None:
    found = v.numbers("insured", "employed")
    if found is None or not found[1]:
        return None
    return Ratio(
        "employment",
        _("Share insured"),
        _percent(found[0] / found[1]),
        f"{grouped(found[0])} ÷ {grouped(found[1])}",
        ("insured", "employed"),
    )
