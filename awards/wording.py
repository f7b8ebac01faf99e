"""Names of the small lives of the money, in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

INSTALMENT_STATES: dict[str, Any] = {
    "planned": _("not yet claimed"),
    "claimed": _("waiting for verification on site"),
    "verified": _("waiting for entry"),
    "entered": _("waiting for release"),
    "released": _("waiting for the treasury's voucher"),
    "paid": _("paid"),
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
