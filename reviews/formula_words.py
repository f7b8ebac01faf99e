"""Each formula of the score sheet in one sentence, with the call's own references in it.

The rules themselves are `reviews.scoring.formulas`; these sentences let an applicant foresee what
a figure is worth.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from applications import money
from applications.sheet import Leaf


def _plain(value: Decimal) -> str:
    return money.grouped(value)


def _percent(value: Decimal) -> str:
    return f"{money.grouped(value * 100)}%"


def _shown(references: Mapping[str, Decimal]) -> dict[str, str]:
    """References as they are printed: yuan in 万元, ratios as percentages, the rest as they are."""
    shown = {}
    for key, value in references.items():
        if ("_yuan" in key and "per_" in key and "persons" not in key) or key == "full_yuan":
            shown[key] = money.wan(value)
        elif key.endswith("_ratio"):
            shown[key] = _percent(value)
        else:
            shown[key] = _plain(value)
    return shown


def _sentences() -> dict[str, str]:
    return {
        "catalogue_match": _(
            "%(cluster_points)s points in the catalogue and in a named cluster of the place, "
            "%(catalogue_points)s in the catalogue only, %(encouraged_points)s if only encouraged "
            "by the national catalogue."
        ),
        "investment_scale": _(
            "Full marks from %(full_yuan)s × 10,000 yuan of fixed assets; below that in proportion."
        ),
        "investment_intensity": _(
            "Full marks from %(full_yuan_per_mu)s × 10,000 yuan per mu; %(points_per_step)s points "
            "less for each %(step_yuan_per_mu)s × 10,000 yuan per mu short of it."
        ),
        "own_funding": _(
            "Own funds paid in and loans signed, divided by fixed assets less the support asked "
            "for; full marks from %(full_ratio)s, below that in proportion."
        ),
        "research_intensity": _(
            "R&D spending divided by revenue; full marks from %(full_ratio)s, below that in "
            "proportion."
        ),
        "tax_per_mu": _(
            "A year's expected tax divided by the land; full marks from %(full_yuan_per_mu)s × "
            "10,000 "
            "yuan per mu, below that in proportion."
        ),
        "energy_level": _(
            "%(advanced_points)s points within the advanced value of the trade's energy norm, "
            "%(benchmark_points)s within the benchmark, %(no_norm_points)s if the trade has no "
            "norm."
        ),
        "permits": _(
            "Each of the five permits in hand counts %(points_each)s: filing, land, planning, "
            "environment, construction."
        ),
        "investment_progress": _(
            "Investment done divided by fixed assets; full marks from %(full_ratio)s, below "
            "that in "
            "proportion."
        ),
        "net_new_jobs": _(
            "Insured headcount promised less the baseline; full marks from %(full_persons)s "
            "persons, "
            "below that in proportion."
        ),
        "jobs_per_investment": _(
            "Net new jobs for each 100 million yuan of fixed assets; full marks from "
            "%(full_persons_per_100m_yuan)s persons, below that in proportion."
        ),
        "jobs_per_request": _(
            "Net new jobs for each million yuan asked for; full marks from "
            "%(full_persons_per_1m_yuan)s persons, below that in proportion."
        ),
        "insurance_coverage": _(
            "Insured divided by employed; nothing up to %(from_ratio)s, full marks from "
            "%(full_ratio)s, "
            "in proportion between them."
        ),
        "wage_ratio": _(
            "Average wage divided by the local average of the trade; nothing up to "
            "%(from_ratio)s, full "
            "marks from %(full_ratio)s, in proportion between them."
        ),
        "priority_share": _(
            "Graduates and persons hard to employ as a share of the net new jobs; full marks from "
            "%(full_ratio)s, below that in proportion."
        ),
    }


def formula_words(leaf: Leaf) -> str:
    """The sentence of a formula leaf; "" for a formula without one."""
    sentence = _sentences().get(leaf.formula, "")
    return sentence % _shown(leaf.references) if sentence else ""
