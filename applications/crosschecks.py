"""What contradicts what within a dossier, and the ratios an applicant wants to see while typing.

Pure: reads the stored values of all sections, {code: {field: value}}. A contradiction either
blocks (it cannot be true) or warns (both may be true; the applicant must look).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.money import grouped, wan

Sections = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two figures that do not agree: shown at `section`.`field`, said with both values."""

    section: str
    field: str
    text: str | Promise
    other_section: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Ratio:
    """A value computed while typing, with the sum that gave it; shown after `after` in `section`."""

    section: str
    after: str
    label: str | Promise
    value: str
    working: str | Promise


class Values:
    """The figures of a draft by name; None where nothing stands yet."""

    def __init__(self, sections: Sections) -> None:
        self._flat = {name: v for data in sections.values() for name, v in data.items()}

    def number(self, name: str) -> Decimal | None:
        value = self._flat.get(name)
        return Decimal(value) if value else None

    def numbers(self, *names: str) -> tuple[Decimal, ...] | None:
        """All of them, or None when one is missing."""
        found = [self.number(n) for n in names]
        return tuple(n for n in found if n is not None) if None not in found else None

    def text(self, name: str) -> str:
        return self._flat.get(name, "")


Check = Callable[[Values], Contradiction | None]


def _filing(v: Values) -> Contradiction | None:
    pair = v.numbers("fixed_assets_yuan", "filing_investment_yuan")
    if pair is None or pair[0] == pair[1]:
        return None
    return Contradiction(
        "investment",
        "fixed_assets_yuan",
        _(
            "Fixed-asset investment is %(here)s, the filing certificate in section 4 says "
            "%(there)s (CNY 10,000): a gap of %(gap)s. If the investment changed, upload the "
            "changed certificate; if it is a slip, correct it."
        )
        % {"here": wan(pair[0]), "there": wan(pair[1]), "gap": wan(abs(pair[0] - pair[1]))},
        "land_permits",
    )


def _parts(v: Values) -> Contradiction | None:
    found = v.numbers("fixed_assets_yuan", "construction_yuan", "equipment_yuan", "other_costs_yuan")
    if found is None or found[0] == sum(found[1:]):
        return None
    return Contradiction(
        "investment",
        "fixed_assets_yuan",
        _("The three parts total %(parts)s, the whole says %(whole)s (CNY 10,000). Correct one of them.")
        % {"parts": wan(sum(found[1:], Decimal(0))), "whole": wan(found[0])},
        "investment",
        blocks=True,
    )


def _asked(v: Values) -> Contradiction | None:
    pair = v.numbers("requested_yuan", "fixed_assets_yuan")
    if pair is None or pair[0] < pair[1]:
        return None
    return Contradiction(
        "investment",
        "requested_yuan",
        _("The support asked for (%(asked)s) must be below the investment (%(whole)s, CNY 10,000).")
        % {"asked": wan(pair[0]), "whole": wan(pair[1])},
        "investment",
        blocks=True,
    )


def _invested(v: Values) -> Contradiction | None:
    pair = v.numbers("invested_yuan", "fixed_assets_yuan")
    if pair is None or pair[0] <= pair[1]:
        return None
    return Contradiction(
        "investment",
        "invested_yuan",
        _("More was invested (%(done)s) than the total investment (%(whole)s, CNY 10,000).")
        % {"done": wan(pair[0]), "whole": wan(pair[1])},
        "investment",
    )


def _insured(v: Values) -> Contradiction | None:
    pair = v.numbers("insured", "employed")
    if pair is None or pair[0] <= pair[1]:
        return None
    return Contradiction(
        "employment",
        "insured",
        _("%(insured)s persons are insured but only %(employed)s are employed. Correct one of them.")
        % {"insured": grouped(pair[0]), "employed": grouped(pair[1])},
        "employment",
        blocks=True,
    )


def _priority(v: Values) -> Contradiction | None:
    found = v.numbers("priority_headcount", "promised_headcount", "baseline_headcount")
    if found is None or found[0] <= max(found[1] - found[2], Decimal(0)):
        return None
    return Contradiction(
        "employment",
        "priority_headcount",
        _("%(priority)s persons are named among the new jobs, but only %(new)s jobs are new.")
        % {"priority": grouped(found[0]), "new": grouped(max(found[1] - found[2], Decimal(0)))},
        "employment",
        blocks=True,
    )


def _no_new_jobs(v: Values) -> Contradiction | None:
    pair = v.numbers("promised_headcount", "baseline_headcount")
    if pair is None or pair[0] > pair[1]:
        return None
    return Contradiction(
        "employment",
        "promised_headcount",
        _("The promise (%(promised)s) brings no job beyond the baseline (%(baseline)s).")
        % {"promised": grouped(pair[0]), "baseline": grouped(pair[1])},
        "employment",
    )


def _research(v: Values) -> Contradiction | None:
    pair = v.numbers("rd_spend_yuan", "revenue_yuan")
    if pair is None or pair[0] <= pair[1]:
        return None
    return Contradiction(
        "technology",
        "rd_spend_yuan",
        _("R&D spending (%(rd)s) is above the revenue (%(revenue)s, CNY 10,000). Check both.")
        % {"rd": wan(pair[0]), "revenue": wan(pair[1])},
        "technology",
    )


def _tax(v: Values) -> Contradiction | None:
    pair = v.numbers("tax_yuan", "output_yuan")
    if pair is None or pair[0] <= pair[1]:
        return None
    return Contradiction(
        "market",
        "tax_yuan",
        _("The yearly tax (%(tax)s) is above the yearly output (%(output)s, CNY 10,000).")
        % {"tax": wan(pair[0]), "output": wan(pair[1])},
        "market",
        blocks=True,
    )


def _schedule(v: Values) -> Contradiction | None:
    start, finish = v.text("starts_on"), v.text("finishes_on")
    if not start or not finish or start < finish:
        return None
    return Contradiction(
        "project",
        "finishes_on",
        _("Production would start (%(finish)s) before construction does (%(start)s).")
        % {"finish": finish, "start": start},
        "project",
        blocks=True,
    )


def _filing_permit(v: Values) -> Contradiction | None:
    if v.text("permit_filing") != "no" or not v.text("filing_no"):
        return None
    return Contradiction(
        "land_permits",
        "permit_filing",
        _("A filing certificate is named (%(number)s), but filing is answered with no.")
        % {"number": v.text("filing_no")},
        "land_permits",
    )


CHECKS: tuple[Check, ...] = (
    _parts,
    _filing,
    _asked,
    _invested,
    _insured,
    _priority,
    _no_new_jobs,
    _research,
    _tax,
    _schedule,
    _filing_permit,
)


def contradictions(sections: Sections, *, max_request: Decimal | None = None) -> list[Contradiction]:
    """Everything that does not agree, in the order of the sections."""
    values = Values(sections)
    found = [c for check in CHECKS if (c := check(values)) is not None]
    asked = values.number("requested_yuan")
    if max_request is not None and asked is not None and asked > max_request:
        found.append(
            Contradiction(
                "investment",
                "requested_yuan",
                _("This call gives at most %(most)s to a project; %(asked)s are asked for (CNY 10,000).")
                % {"most": wan(max_request), "asked": wan(asked)},
                "investment",
                blocks=True,
            )
        )
    return found


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}%"


def ratios(sections: Sections) -> list[Ratio]:
    """Sums and ratios that follow from what was typed, each with its working."""
    v = Values(sections)
    return [r for make in (_sum_of_parts, _own_share, _intensity, _done, _rd, _tax_mu, _jobs, _cover)
            if (r := make(v)) is not None]  # fmt: skip


def _sum_of_parts(v: Values) -> Ratio | None:
    found = v.numbers("construction_yuan", "equipment_yuan", "other_costs_yuan")
    if found is None:
        return None
    return Ratio(
        "investment",
        "other_costs_yuan",
        _("Sum of the three parts (CNY 10,000)"),
        wan(sum(found, Decimal(0))),
        " + ".join(wan(x) for x in found),
    )


def _own_share(v: Values) -> Ratio | None:
    found = v.numbers("own_funds_yuan", "signed_loans_yuan", "fixed_assets_yuan", "requested_yuan")
    if found is None or found[2] <= found[3]:
        return None
    own, loans, whole, asked = found
    return Ratio(
        "investment",
        "requested_yuan",
        _("Own-funding secured"),
        _percent((own + loans) / (whole - asked)),
        _("(own %(own)s + loans %(loans)s) ÷ (investment %(whole)s − support %(asked)s)")
        % {"own": wan(own), "loans": wan(loans), "whole": wan(whole), "asked": wan(asked)},
    )


def _intensity(v: Values) -> Ratio | None:
    found = v.numbers("fixed_assets_yuan", "land_mu")
    if found is None or not found[1]:
        return None
    value = (found[0] / found[1] / 10_000).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Ratio(
        "land_permits",
        "parcel",
        _("Investment per mu (CNY 10,000)"),
        grouped(value),
        f"{wan(found[0])} ÷ {grouped(found[1])}",
    )


def _done(v: Values) -> Ratio | None:
    found = v.numbers("invested_yuan", "fixed_assets_yuan")
    if found is None:
        return None
    return Ratio(
        "investment",
        "invested_yuan",
        _("Investment completed"),
        _percent(found[0] / found[1]),
        f"{wan(found[0])} ÷ {wan(found[1])}",
    )


def _rd(v: Values) -> Ratio | None:
    found = v.numbers("rd_spend_yuan", "revenue_yuan")
    if found is None or not found[1]:
        return None
    return Ratio(
        "technology",
        "revenue_yuan",
        _("R&D share of revenue"),
        _percent(found[0] / found[1]),
        f"{wan(found[0])} ÷ {wan(found[1])}",
    )


def _tax_mu(v: Values) -> Ratio | None:
    found = v.numbers("tax_yuan", "land_mu")
    if found is None or not found[1]:
        return None
    value = (found[0] / found[1] / 10_000).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Ratio(
        "market",
        "tax_yuan",
        _("Tax per mu (CNY 10,000)"),
        grouped(value),
        f"{wan(found[0])} ÷ {grouped(found[1])}",
    )


def _jobs(v: Values) -> Ratio | None:
    found = v.numbers("promised_headcount", "baseline_headcount")
    if found is None:
        return None
    return Ratio(
        "employment",
        "promised_headcount",
        _("Net new jobs"),
        grouped(max(found[0] - found[1], Decimal(0))),
        f"{grouped(found[0])} − {grouped(found[1])}",
    )


def _cover(v: Values) -> Ratio | None:
    found = v.numbers("insured", "employed")
    if found is None or not found[1]:
        return None
    return Ratio(
        "employment",
        "insured",
        _("Share insured"),
        _percent(found[0] / found[1]),
        f"{grouped(found[0])} ÷ {grouped(found[1])}",
    )
