"""Quarterly appraisals: a quarter's for the lead, and each secretary's own with its formulas."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from audit.refusals import NotVisible, Refused
from secretaries import rules
from secretaries.appraisal import INDICATORS
from secretaries.models import SecretaryAppraisal, ServiceSecretary, ServiceSettings
from secretaries.selectors.appraising import quarter_named, quarter_of
from secretaries.service_rules import ServiceRules
from secretaries.services import appraisals
from secretaries.views.board import lead_only

PAGE_SIZE = 50
# Indicator: its words, its formula with the counts it is computed from.
WORDS: dict[str, tuple[Any, Any]] = {
    "on_time": (
        gettext_lazy("Requests in time"),
        gettext_lazy("%(in_time)s in time ÷ %(due)s settled or fallen due"),
    ),
    "satisfaction": (
        gettext_lazy("Satisfaction of the firms"),
        ngettext_lazy(
            "(mean of %(marks)s mark, sum %(marks_sum)s, − 1) ÷ 4",
            "(mean of %(marks)s marks, sum %(marks_sum)s, − 1) ÷ 4",
            "marks",
        ),
    ),
    "visits": (
        gettext_lazy("Visits made"),
        gettext_lazy("%(visits_made)s made ÷ %(visits_due)s due"),
    ),
    "milestones": (
        gettext_lazy("Milestones in time"),
        gettext_lazy("%(reached)s reached in time ÷ %(planned)s planned"),
    ),
    "data": (
        gettext_lazy("Records"),
        ngettext_lazy(
            "%(whole)s whole and in time ÷ %(records)s record",
            "%(whole)s whole and in time ÷ %(records)s records",
            "records",
        ),
    ),
}


def _made(count: int) -> str:
    if not count:
        return _("Everybody was appraised already, or served nothing in the quarter.")
    text = ngettext("%(n)s secretary appraised.", "%(n)s secretaries appraised.", count)
    return text % {"n": count}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quarter(request: SignedInRequest) -> HttpResponse:
    """A quarter's appraisals, the best first; the lead may have those that are missing in it made,
    in an older quarter too."""
    lead_only(request)
    last = quarter_of(request.clock.today).before
    asked = quarter_named(request.GET.get("quarter", "")) or last
    if request.method == "POST":
        try:
            made = appraisals.appraise_quarter(
                year=asked.year, quarter=asked.number, by=request.user
            )
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _made(len(made)))
        return redirect(f"{reverse('secretaries:quarter')}?quarter={asked}")
    rows = (
        SecretaryAppraisal.objects.filter(year=asked.year, quarter=asked.number)
        .select_related("secretary__user", "secretary__unit")
        .order_by("-score", "secretary")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "is_over": asked.last < request.clock.today,
        "earlier": asked.before,
        "later": asked.after if asked.last < last.last else None,
        "page": page,
        "names": [WORDS[name][0] for name in INDICATORS],
        "rows": [(row, [row.points[name] for name in INDICATORS]) for row in page],
    }
    return render(request, "secretaries/quarter.html", context)


@login_required
@require_safe
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """A secretary's quarters, each indicator with its count and formula: the person's and the
    lead's."""
    secretary = ServiceSecretary.objects.select_related("user", "unit").filter(pk=pk).first()
    if secretary is None or not (
        rules.is_lead(request.user) or secretary.user_id == request.user.pk
    ):
        raise NotVisible
    rows = list(secretary.appraisals.all()[:8])
    versions = {row.version: row.values for row in ServiceSettings.objects.all()}
    context = {
        "secretary": secretary,
        "quarters": [(row, _lines(row, versions.get(row.settings_version, {}))) for row in rows],
    }
    return render(request, "secretaries/appraisals.html", context)


def _lines(row: SecretaryAppraisal, values: dict[str, Any]) -> list[tuple[str, str, int, Any]]:
    """Words, formula with its counts, weight, points of each indicator."""
    weights = appraisals.weights(ServiceRules.from_data(values))
    return [
        (str(word), formula % row.counts, weights[name], row.points[name])
        for name, (word, formula) in WORDS.items()
    ]
