"""One site check as its page shows it: people, files, findings, what this reader may do."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.http import SignedInRequest
from accounts.rules import has_any_role
from applications.models import CallStatus
from reviews.forms.site_checks import EvidenceForm, ReasonForm
from reviews.models import CheckState, FindingState, SiteCheck, SiteFigure, SiteFinding
from reviews.selectors import site_checks as reading
from reviews.site_figures import CHECKED
from reviews.site_rules import CHECKERS, READERS
from reviews.site_words import shown, veto_words
from reviews.views.office import is_officer


def check_page(
    request: SignedInRequest,
    row: SiteCheck,
    *,
    evidence: EvidenceForm | None = None,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    people = [c.user for c in row.checkers.select_related("user")]
    found = reading.findings_of(row)
    pending = next((f for f in found if f.state == FindingState.PENDING), None)
    call = row.application.call
    goes = any(person.pk == request.user.pk for person in people)
    goes = goes and call.status == CallStatus.RANKED and has_any_role(request.user, *CHECKERS)
    decides = goes and pending is not None and pending.maker_id != request.user.pk
    ordered = row.state == CheckState.ORDERED
    ranked_now = call.status == CallStatus.RANKED
    context = {
        "check": row,
        "call": call,
        "application": row.application,
        "people": people,
        "evidence": list(row.evidence.select_related("uploaded_by")),
        "findings": [finding_shown(f) for f in found],
        "pending": pending,
        "may_record": goes and ordered,
        "may_decide": decides,
        "waits_for_firm": pending is not None and waits_for_firm(request, pending),
        "may_call_off": is_officer(request) and ordered and ranked_now,
        "evidence_form": evidence or EvidenceForm(),
        "reason_form": reason or ReasonForm(),
        "reads_ranking": has_any_role(request.user, *READERS),
        "nav_current": "reviews:site_checks",
    }
    return render(request, "reviews/site_check.html", context, status=status)


def waits_for_firm(request: SignedInRequest, finding: SiteFinding) -> bool:
    """Whether the firm may still state a view that the second checker has to wait for."""
    over = not finding.provisional and request.clock.now > finding.view_by
    return finding.is_against_the_firm and not over and not hasattr(finding, "view")


def finding_shown(finding: SiteFinding) -> dict[str, Any]:
    """A finding for reading: what differs first, then what agrees; the veto in words."""
    figures = list(finding.figures.all())
    call = finding.site_check.application.call
    return {
        "row": finding,
        "differs": [_figure(figure) for figure in figures if figure.differs],
        "agrees": [_figure(figure) for figure in figures if not figure.differs],
        "veto": veto_words(call, finding.veto) if finding.veto else "",
        "view": getattr(finding, "view", None),
    }


def _figure(figure: SiteFigure) -> dict[str, Any]:
    return {
        "row": figure,
        "label": CHECKED[figure.field].label,
        "submitted": shown(figure.field, figure.submitted),
        "found": shown(figure.field, figure.found),
    }
