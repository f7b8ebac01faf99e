"""Names of the small lives of the money, in the reader's language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from applications.money import grouped, in_words
from calendars.wording import day_text

INSTALMENT_STATES: dict[str, Any] = {
    "planned": _("not yet claimed"),
    "claimed": _("waiting for verification on site"),
    "verified": _("waiting for entry"),
    "entered": _("waiting for release"),
    "released": _("waiting for the treasury's voucher"),
    "paid": _("paid"),
    "forfeited": _("not paid out"),
}
# Who holds an instalment now, for those who wait.
WAITS: dict[str, Any] = {
    "planned": _(
        "The firm claims it once the agreement is in force and the earlier ones are paid."
    ),
    "claimed": _("It lies with the service secretary, who verifies the claim on site."),
    "verified": _("It lies with the finance department, where the payment is entered."),
    "entered": _("It lies with the finance department, where a second officer releases it."),
    "released": _("It lies with the treasury; once it has paid, the voucher is recorded here."),
    "paid": "",
    "forfeited": _(
        "Nothing of it is paid: an amendment took it away, or too few of the jobs promised were"
        " achieved."
    ),
}
STEP_WORDS: dict[str, Any] = {
    "claimed": _("Claimed by the firm"),
    "verified": _("Verified on site by the secretary"),
    "entered": _("Entered by the maker"),
    "released": _("Released by the checker"),
    "paid": _("Recorded as paid"),
}
TARGET_WORDS: dict[str, Any] = {
    "fixed_assets_yuan": _("Total fixed-asset investment"),
    "invested_yuan": _("Invested so far"),
    "baseline_headcount": _("Baseline headcount"),
    "promised_headcount": _("Promised headcount"),
    "average_wage_yuan": _("Average yearly wage"),
    "tax_yuan": _("Yearly tax"),
}

# What an amendment may change of an agreement.
TERM_WORDS: dict[str, Any] = {
    "fixed_assets_yuan": TARGET_WORDS["fixed_assets_yuan"],
    "promised_headcount": TARGET_WORDS["promised_headcount"],
    "average_wage_yuan": TARGET_WORDS["average_wage_yuan"],
    "tax_yuan": TARGET_WORDS["tax_yuan"],
    "amount": _("Sum of the award"),
    "finishes_on": _("Start of production"),
}


def term_text(name: str, value: str) -> str:
    """A term's value as it is read: a sum with its unit, a number, a day; "" for none."""
    if not value:
        return ""
    if name == "finishes_on":
        return day_text(date.fromisoformat(value), get_language() or "zh", year_now=None)
    number = Decimal(value)
    if name == "promised_headcount":
        words = ngettext("%(n)s person", "%(n)s persons", int(number))
        return words % {"n": grouped(number)}
    return amount_text(number)


def term_of(content: Mapping[str, Any], name: str) -> str:
    """A term of an agreement's or an amendment's content as it is read."""
    found = content["targets"].get(name) if name in content["targets"] else content.get(name)
    return term_text(name, str(found or ""))


# Why a line cannot be drawn: one sentence for each of `awards.funding.ERROR_KEYS`.
LINE_ERRORS: Mapping[str, Promise] = {
    "envelope_negative": _("The envelope must be a sum of 0 or more."),
    "not_in_rank_order": _("The ranking is not in rank order; compute it again."),
    "project_twice": _("“%(project)s” stands twice in the ranking."),
    "requested_not_positive": _("“%(project)s” asks for no money."),
    "requested_below_cents": _("The sum “%(project)s” asks for is finer than a fen."),
    "unknown_project": _("“%(project)s” is not in the ranking."),
    "deviation_twice": _("“%(project)s” has two deviations."),
    "deviation_without_reason": _("The deviation for “%(project)s” has no reason."),
    "lift_below_floor": _(
        "“%(project)s” is below the floor of points; no deviation lifts it above the line."
    ),
    "lift_exceeds_envelope": _(
        "“%(project)s” asks for more than the envelope can carry beside what is already lifted."
    ),
    "lift_exceeds_quota": _(
        "With “%(project)s” lifted, its industry or its prefecture would get more than the call's "
        "quota allows."
    ),
    "panel_unknown": _("“%(project)s” stands on no panel; compute the ranking again."),
}


def amount_text(amount: Decimal) -> str:
    """An amount of yuan with its unit, in the active language: 2,400 万元."""
    return in_words(amount, chinese=(get_language() or "zh").startswith("zh"))
