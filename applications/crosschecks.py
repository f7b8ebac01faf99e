"""What contradicts what within a dossier.

Reads the stored values of all sections, {code: {field: value}}. A contradiction either
blocks (it cannot be true) or warns (both may be true; the applicant must look).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.draft_values import Sections, Values
from applications.money import grouped, wan
from applications.named import PARTS, PLACES, field_of, plain


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two figures that do not agree: shown at `section`.`field`, said with both values."""

    section: str
    field: str
    text: str | Promise
    other_section: str
    blocks: bool = False


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
    found = v.numbers(
        "fixed_assets_yuan", "construction_yuan", "equipment_yuan", "other_costs_yuan"
    )
    if found is None or found[0] == sum(found[1:]):
        return None
    return Contradiction(
        "investment",
        "fixed_assets_yuan",
        _(
            "The three parts total %(parts)s, the whole says %(whole)s (CNY 10,000). "
            "Correct one of them."
        )
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
        _("Persons insured: %(insured)s, but only %(employed)s employed. Correct one of them.")
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
        _("Persons named among the new jobs: %(priority)s, but jobs that are new: only %(new)s.")
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


def _named(place: int, v: Values) -> Contradiction | None:
    empty = [part for part in PARTS if not v.text(field_of(place, part))]
    if len(empty) in (0, len(PARTS)):
        return None
    return Contradiction(
        "commitment",
        field_of(place, empty[0]),
        _(
            "Of person %(n)s, who shall not review, give name, employer and reason, or leave all "
            "three empty."
        )
        % {"n": place},
        "commitment",
        blocks=True,
    )


def _named_twice(v: Values) -> Contradiction | None:
    seen: dict[tuple[str, ...], int] = {}
    for place in PLACES:
        person = tuple(plain(v.text(field_of(place, part))) for part in ("name", "employer"))
        first = seen.setdefault(person, place) if person[0] else place
        if first != place:
            return Contradiction(
                "commitment",
                field_of(place, "name"),
                _("Person %(n)s is person %(first)s again. Name everybody once.")
                % {"n": place, "first": first},
                "commitment",
                blocks=True,
            )
    return None


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
    *(partial(_named, place) for place in PLACES),
    _named_twice,
)


def contradictions(
    sections: Sections, *, max_request: Decimal | None = None
) -> list[Contradiction]:
    """Everything that does not agree, in the order of the sections."""
    values = Values(sections)
    found = [c for check in CHECKS if (c := check(values)) is not None]
    asked = values.number("requested_yuan")
    if max_request is not None and asked is not None and asked > max_request:
        found.append(
            Contradiction(
                "investment",
                "requested_yuan",
                _(
                    "This call gives at most %(most)s to a project; %(asked)s are asked for "
                    "(CNY 10,000)."
                )
                % {"most": wan(max_request), "asked": wan(asked)},
                "investment",
                blocks=True,
            )
        )
    return found
