"""The rules of the formula leaves: from checked figures and a panel group's references to points.

Each rule is written once, in terms that carry both the exact value and the printed sum. Amounts are
printed in 万元 (亿元 and 百万元 where the indicator is per that unit), as the sheet names them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from applications.figures import PERMITS, Figures
from applications.sheet import Leaf
from reviews.scoring.terms import Term

_JOBS = ("baseline_headcount", "promised_headcount")
_PER_WAN, _PER_MILLION, _PER_HUNDRED_MILLION = 4, 6, 8  # powers of ten of 万元, 百万元, 亿元


@dataclass(frozen=True, slots=True)
class Case:
    """One leaf before one dossier's figures, none of those it needs missing."""

    leaf: Leaf
    figures: Figures

    @property
    def full_marks(self) -> Term:
        return Term.of(self.leaf.weight)

    def reference(self, key: str, power: int = 0) -> Term:
        return Term.of(self.leaf.references[key].scaleb(-power))

    def amount(self, field: str, power: int = _PER_WAN) -> Term:
        return Term.of(self._figure(field).scaleb(-power))

    def number(self, field: str) -> Term:
        return Term.of(self._figure(field))

    def net_new_jobs(self) -> Term:
        """Promised less baseline; the text shows the floor of 0 only where it is needed."""
        difference = self.number("promised_headcount") - self.number("baseline_headcount")
        return difference if difference.value >= 0 else difference.at_least(0)

    def share_of_marks(self, reached: Term) -> Term:
        """lin: full marks × min(1, reached)."""
        return self.full_marks * reached.at_most(1)

    def between(self, ratio: Term) -> Term:
        """lin over what lies between `from_ratio` and `full_ratio`."""
        start = self.reference("from_ratio")
        span = self.reference("full_ratio") - start
        return self.share_of_marks((ratio - start).at_least(0) / span)

    def _figure(self, field: str) -> Decimal:
        value = getattr(self.figures, field)
        if not isinstance(value, Decimal):
            raise TypeError(f"{field} is not a number: {value!r}")
        return value


def _catalogue_match(case: Case) -> Term:
    """Q1.1 (articles 五, 六): in the catalogue and a local cluster 8, else 5, encouraged 2."""
    match = case.figures.catalogue_match
    if match in ("cluster", "catalogue", "encouraged"):
        return case.reference(f"{match}_points")
    return Term.of(0)


def _energy_level(case: Case) -> Term:
    """Q5.1: within the advanced value 4, within the benchmark 2, no norm for the trade 3."""
    level = case.figures.energy_level
    if level in ("advanced", "benchmark", "no_norm"):
        return case.reference(f"{level}_points")
    return Term.of(0)


def _permits(case: Case) -> Term:
    """Q6.1: so many points for each of the five permits in hand."""
    return Term.of(case.figures.permits_held) * case.reference("points_each")


def _investment_scale(case: Case) -> Term:
    """Q2.1: lin(fixed assets, 3亿元)."""
    return case.share_of_marks(
        case.amount("fixed_assets_yuan") / case.reference("full_yuan", _PER_WAN)
    )


def _investment_intensity(case: Case) -> Term:
    """Q2.2: full marks at 400 万元/亩, 0.1 less for each 10 万元/亩 short of it."""
    reached = case.amount("fixed_assets_yuan") / case.number("land_mu")
    short = (case.reference("full_yuan_per_mu", _PER_WAN) - reached).at_least(0)
    steps = short / case.reference("step_yuan_per_mu", _PER_WAN)
    return (case.full_marks - case.reference("points_per_step") * steps).at_least(0)


def _own_funding(case: Case) -> Term:
    """Q2.3: lin((own funds paid in + loans signed) ÷ (fixed assets − aid asked for), 1)."""
    secured = case.amount("own_funds_yuan") + case.amount("signed_loans_yuan")
    needed = case.amount("fixed_assets_yuan") - case.amount("requested_yuan")
    if needed.value <= 0:
        raise ZeroDivisionError  # asks for as much as it invests: nothing is left to be secured
    return case.share_of_marks(secured / needed / case.reference("full_ratio"))


def _research_intensity(case: Case) -> Term:
    """Q3.2: lin(R&D ÷ revenue, 5 %)."""
    spent = case.amount("rd_spend_yuan") / case.amount("revenue_yuan")
    return case.share_of_marks(spent / case.reference("full_ratio"))


def _tax_per_mu(case: Case) -> Term:
    """Q4.2: lin(a year's expected tax ÷ land, 15 万元/亩)."""
    tax = case.amount("tax_yuan") / case.number("land_mu")
    return case.share_of_marks(tax / case.reference("full_yuan_per_mu", _PER_WAN))


def _investment_progress(case: Case) -> Term:
    """Q6.2: lin(invested so far ÷ fixed assets, 60 %)."""
    done = case.amount("invested_yuan") / case.amount("fixed_assets_yuan")
    return case.share_of_marks(done / case.reference("full_ratio"))


def _net_new_jobs(case: Case) -> Term:
    """J1.1: lin(net new insured headcount, 200)."""
    return case.share_of_marks(case.net_new_jobs() / case.reference("full_persons"))


def _jobs_per_investment(case: Case) -> Term:
    """J2.1: lin(net new jobs ÷ fixed assets in 亿元, 80)."""
    jobs = case.net_new_jobs() / case.amount("fixed_assets_yuan", _PER_HUNDRED_MILLION)
    return case.share_of_marks(jobs / case.reference("full_persons_per_100m_yuan"))


def _jobs_per_request(case: Case) -> Term:
    """J2.2: lin(net new jobs ÷ sum asked for in 百万元, 15). The sum is frozen at submission."""
    jobs = case.net_new_jobs() / case.amount("requested_yuan", _PER_MILLION)
    return case.share_of_marks(jobs / case.reference("full_persons_per_1m_yuan"))


def _insurance_coverage(case: Case) -> Term:
    """J3.1 (社会保险法 arts. 57, 58): lin(insured ÷ employed − 80 %, 20 %)."""
    return case.between(case.number("insured") / case.number("employed"))


def _wage_ratio(case: Case) -> Term:
    """J3.2: lin(average wage ÷ local same-trade average − 0.80, 0.40)."""
    return case.between(case.number("average_wage_yuan") / case.number("local_wage_yuan"))


def _priority_share(case: Case) -> Term:
    """J4.1: lin(graduates and hard-to-employ ÷ net new jobs, 20 %)."""
    share = case.number("priority_headcount") / case.net_new_jobs()
    return case.share_of_marks(share / case.reference("full_ratio"))


@dataclass(frozen=True, slots=True)
class Formula:
    """The figures a rule needs, and the rule."""

    needs: tuple[str, ...]
    points: Callable[[Case], Term]


FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "catalogue_match": Formula(("catalogue_match",), _catalogue_match),
        "investment_scale": Formula(("fixed_assets_yuan",), _investment_scale),
        "investment_intensity": Formula(("fixed_assets_yuan", "land_mu"), _investment_intensity),
        "own_funding": Formula(
            ("own_funds_yuan", "signed_loans_yuan", "fixed_assets_yuan", "requested_yuan"),
            _own_funding,
        ),
        "research_intensity": Formula(("rd_spend_yuan", "revenue_yuan"), _research_intensity),
        "tax_per_mu": Formula(("tax_yuan", "land_mu"), _tax_per_mu),
        "energy_level": Formula(("energy_level",), _energy_level),
        "permits": Formula(PERMITS, _permits),
        "investment_progress": Formula(
            ("invested_yuan", "fixed_assets_yuan"), _investment_progress
        ),
        "net_new_jobs": Formula(_JOBS, _net_new_jobs),
        "jobs_per_investment": Formula((*_JOBS, "fixed_assets_yuan"), _jobs_per_investment),
        "jobs_per_request": Formula((*_JOBS, "requested_yuan"), _jobs_per_request),
        "insurance_coverage": Formula(("insured", "employed"), _insurance_coverage),
        "wage_ratio": Formula(("average_wage_yuan", "local_wage_yuan"), _wage_ratio),
        "priority_share": Formula(("priority_headcount", *_JOBS), _priority_share),
    }
)
