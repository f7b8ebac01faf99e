"""What a call consists of: its defaults, what is wrong with it, and the text of an edition."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications import sheet, sheet_words
from applications.call_rules import CallRules, RulesError
from applications.models import Call
from applications.money import wan
from audit.digests import plain

_DEFAULTS = Path(__file__).parent / "data" / "call_defaults.json"
MOST_ITEMS = 60


@cache
def _defaults() -> str:
    return _DEFAULTS.read_text(encoding="utf-8")


def default_documents() -> list[dict[str, Any]]:
    """[{code, name_zh, name_en, required}] of a new call."""
    documents: list[dict[str, Any]] = json.loads(_defaults())["required_documents"]
    return documents


def default_screening() -> list[dict[str, Any]]:
    """[{code, text_zh, text_en, veto}] of a new call."""
    items: list[dict[str, Any]] = json.loads(_defaults())["screening_items"]
    return items


RULE_PROBLEMS: dict[str, Promise] = {
    "panel_size": _("An odd number from 3 to 21 is needed."),
    "most_dossiers": _("A number from 1 to 999 is needed."),
    "min_scores": _("A number from 1 to the panel's size is needed."),
    "trim_from": _("At least 3 scores are needed to drop two."),
    "ties": _("Each criterion may stand once only."),
    "floor": _("Points from 0 to 100."),
    "instalments": _("Whole percentages above 0 that total 100 are needed."),
    "most_per_industry": _("A whole number above 0, or nothing for no limit."),
    "most_per_prefecture": _("A whole number above 0, or nothing for no limit."),
    "percent_per_industry": _("A whole percentage from 1 to 99, or nothing for no limit."),
    "hearing_percent": _(
        "A whole percentage from 1 to 99, or 0 for no hearing; there is none where experts are "
        "matched with single dossiers."
    ),
    "hearing_presenting": _("A number of minutes from 1 to 120."),
    "hearing_questions": _("A number of minutes from 1 to 120."),
    "hearing_times": _("A number from 2 to 9."),
    "percent_per_prefecture": _("A whole percentage from 1 to 99, or nothing for no limit."),
    "jobs_fail_below": _("A percentage from 0 to that of the cut; neither is above 100."),
    "midterm_before": _("0 for no mid-term check, or the number of an instalment."),
    "amendment_percent": _("A whole percentage from 0 to 100."),
    "idle_months": _("A number of months from 1 to 24."),
    "credit_years": _("A number of years from 1 to 20."),
    "interest_rate": _("Percent a year, from 0 to 24."),
    "grades": _("Three falling whole numbers of points, from 100 down to 1, for example 90/80/60."),
}
DAYS_PROBLEM = _("At least one working day is needed.")


def rule_problem(error: RulesError) -> str | Promise:
    """What is wrong with a rule, in the reader's language."""
    if error.name.endswith("_days"):
        return DAYS_PROBLEM
    return RULE_PROBLEMS.get(error.name, _("The rule “%(name)s” cannot be.") % {"name": error.name})


Problem = tuple[str, str | Promise]  # (field, sentence)


def problems_of(call: Call) -> list[Problem]:
    """Everything that keeps a call from being proposed, by field."""
    return [
        *_wording(call),
        *_terms(call),
        *_rules(call),
        *_sheet(call),
        *_hearing_sheet(call),
        *_listed(call.required_documents, "required_documents", ("name_zh", "name_en")),
        *_listed(call.screening_items, "screening_items", ("text_zh", "text_en")),
    ]


def _wording(call: Call) -> Iterator[Problem]:
    for name in ("name_zh", "name_en", "guide_zh", "guide_en", "contact", "complaint_line"):
        if not getattr(call, name).strip():
            yield name, _("This has to be written before the call is proposed.")


def terms_problems(call: Call) -> list[Problem]:
    """What is wrong with the year, the instants or the amounts of a call."""
    return list(_terms(call))


def over_limit(envelope: Decimal, taken: Decimal, limit: Decimal) -> str | Promise:
    """The envelope does not fit into what is left of the scheme's year."""
    return _(
        "The year's limit is %(limit)s; published calls take %(taken)s, so %(envelope)s does not "
        "fit (CNY 10,000). Lower the envelope of this call."
    ) % {"limit": wan(limit), "taken": wan(taken), "envelope": wan(envelope)}


def _terms(call: Call) -> Iterator[Problem]:
    scheme = call.scheme
    if not scheme.first_year <= call.year <= scheme.last_year:
        yield (
            "year",
            _("The scheme runs from %(first)s to %(last)s.")
            % {"first": scheme.first_year, "last": scheme.last_year},
        )
    if call.opens_at >= call.closes_at:
        yield "closes_at", _("The call must open before it closes.")
    if call.envelope <= 0:
        yield "envelope", _("The envelope must be above 0.")
    if not Decimal(0) < call.max_request <= call.envelope:
        yield "max_request", _("The limit for a project must be above 0 and within the envelope.")


def _rules(call: Call) -> Iterator[Problem]:
    try:
        rules = CallRules.from_data(call.rules)
    except RulesError as error:
        yield "rules", rule_problem(error)
    except (TypeError, ValueError):
        yield "rules", _("The rules cannot be read.")
    else:
        if any(call.envelope * p < call.max_request * 100 for p in _percentages(rules)):
            yield (
                "rules",
                _(
                    "One project may ask for more than its industry or prefecture may get. Raise "
                    "the share, or lower the limit for a project."
                ),
            )


def _percentages(rules: CallRules) -> list[int]:
    return [p for p in (rules.percent_per_industry, rules.percent_per_prefecture) if p is not None]


def _sheet(call: Call) -> Iterator[Problem]:
    try:
        sheet.parse(call.sheet)
    except sheet.SheetError as error:
        for problem in error.problems:
            yield "sheet", sheet_words.sentence(problem)


def _hearing_sheet(call: Call) -> Iterator[Problem]:
    """A hearing has a sheet of its own, on which experts alone give points."""
    if not CallRules.is_hearing_in(call.rules):
        return
    try:
        sheet.parse_hearing(call.hearing_sheet)
    except sheet.SheetError as error:
        for problem in error.problems:
            yield "hearing_sheet", sheet_words.sentence(problem)


def _listed(items: Any, field: str, names: tuple[str, str]) -> Iterator[Problem]:
    if not isinstance(items, list) or not items or len(items) > MOST_ITEMS:
        yield field, _("A list of 1 to %(most)s entries is needed.") % {"most": MOST_ITEMS}
        return
    codes = [item.get("code", "") for item in items if isinstance(item, dict)]
    if len(codes) != len(items) or not all(isinstance(c, str) and c for c in codes):
        yield field, _("Every entry needs a code.")
    elif len(set(codes)) != len(codes):
        yield field, _("A code is used twice.")
    elif not all(str(item.get(n, "")).strip() for item in items for n in names):
        yield field, _("Every entry needs its words in Chinese and in English.")


def edition_content(call: Call) -> dict[str, Any]:
    """The call word for word, as an edition freezes it."""
    names: tuple[str, ...] = (
        "number",
        "year",
        "name_zh",
        "name_en",
        "guide_zh",
        "guide_en",
        "contact",
        "complaint_line",
        "opens_at",
        "closes_at",
        "envelope",
        "max_request",
        "rules",
        "sheet",
        "required_documents",
        "screening_items",
    )
    if call.rule_set.has_hearing:
        names += ("hearing_sheet",)
    content: dict[str, Any] = plain({name: getattr(call, name) for name in names})
    return {"scheme": call.scheme.code, **content}
