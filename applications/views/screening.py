"""Programme officer: the dossiers to screen, the list of items, findings, verdict, return."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from applications.findings import finding_text
from applications.forms.corrections import ReasonSet, reasons_of
from applications.forms.screening import AnswerForm, ItemsForm
from applications.models import Application, CheckFinding, Screening
from applications.models.screening import Stage
from applications.selectors import screening as reading
from applications.selectors.facts import facts_of, files_of
from applications.services import corrections, screening
from applications.views.screening_list import require_officer
from applications.wording import STATUS_NAMES
from applications.workflow import Status
from audit.refusals import NotPermitted, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dossier(request: SignedInRequest, pk: int) -> HttpResponse:
    """The facts and findings beside the list; POST keeps the answers."""
    application = _dossier(request, pk)
    if request.method != "POST":
        return _page(request, application)
    form = ItemsForm(request.POST, application=application)
    if form.is_valid():
        try:
            kept = screening.save_screening(
                application=application,
                items=form.answers(),
                by=request.user,
                version=form.cleaned_data["version"],
            )
        except Refused as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, str(refused.message))
        else:
            open_items = sum(v["ok"] is None for v in kept.items.values())
            messages.success(
                request,
                ngettext(
                    "Answers kept; %(count)s item is still open.",
                    "Answers kept; %(count)s items are still open.",
                    open_items,
                )
                % {"count": open_items}
                if open_items
                else _("Answers kept; every item is answered."),
            )
            return redirect("applications:screening_dossier", pk=pk)
    return _page(request, application, items=form, status=422)


@login_required
@require_POST
def run_checks(request: SignedInRequest, pk: int) -> HttpResponse:
    """Run the duplicate and credit checks again."""
    application = _dossier(request, pk)
    found = screening.run_checks(application=application, by=request.user)
    messages.success(
        request,
        ngettext(
            "The checks have run: %(count)s finding.",
            "The checks have run: %(count)s findings.",
            len(found),
        )
        % {"count": len(found)},
    )
    return redirect(_at(pk, "findings"))


@login_required
@require_POST
def answer_finding(request: SignedInRequest, pk: int, finding: int) -> HttpResponse:
    """Write why a finding does not stand in the way."""
    application = _dossier(request, pk)
    row = get_object_or_404(CheckFinding, pk=finding, application=application)
    form = AnswerForm(request.POST, prefix=f"f{row.pk}")
    if form.is_valid():
        try:
            screening.answer_finding(
                finding=row, answer=form.cleaned_data["answer"], by=request.user
            )
        except Refused as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, str(refused.message))
        else:
            messages.success(request, _("Answer kept."))
            return redirect(_at(pk, "findings"))
    return _page(request, application, answer=(row.pk, form), status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: SignedInRequest, pk: int, verdict: str) -> HttpResponse:
    """Ask once more (GET), then declare (POST)."""
    application = _dossier(request, pk)
    if verdict not in screening.STEPS:
        return redirect("applications:screening_dossier", pk=pk)
    if request.method != "POST":
        context = {
            "application": application,
            "verdict": verdict,
            "back": reverse("applications:screening_dossier", args=[pk]),
        }
        return render(request, "applications/screening/declare.html", context)
    try:
        screening.declare(application=application, verdict=verdict, by=request.user)
    except NotPermitted:
        raise
    except Refused as refused:
        return _page(request, application, refused=refused, status=409)
    messages.success(
        request,
        _("%(number)s is declared eligible.") % {"number": application.number}
        if verdict == "eligible"
        else _("%(number)s is declared ineligible; the firm has been told why.")
        % {"number": application.number},
    )
    return redirect("applications:screening")


@login_required
@require_POST
def return_to_firm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return once, with every reason."""
    application = _dossier(request, pk)
    formset = ReasonSet(request.POST, prefix="reasons")
    if formset.is_valid():
        try:
            corrections.return_to_firm(
                application=application,
                reasons=reasons_of(formset),
                by=request.user,
            )
        except NotPermitted:
            raise
        except Refused as refused:
            return _page(request, application, reasons=formset, refused=refused, status=422)
        messages.success(
            request,
            _("%(number)s was returned; the firm has been told.") % {"number": application.number},
        )
        return redirect("applications:screening")
    return _page(request, application, reasons=formset, status=422)


def _dossier(request: SignedInRequest, pk: int) -> Application:
    require_officer(request)
    return get_object_or_404(
        reading.dossiers_to_screen().select_related("industry", "regional_check__checked_by"), pk=pk
    )


def _at(pk: int, place: str) -> str:
    return f"{reverse('applications:screening_dossier', args=[pk])}#{place}"


def _findings(
    application: Application, answer: tuple[int, AnswerForm] | None
) -> list[dict[str, Any]]:
    shown = []
    for row in application.findings.select_related("answered_by").order_by("kind", "code"):
        form = answer[1] if answer and answer[0] == row.pk else None
        shown.append(
            {
                "row": row,
                "text": finding_text(row.kind, row.code, row.details),
                "form": form or AnswerForm(initial={"answer": row.answer}, prefix=f"f{row.pk}"),
                "open": row.severity == "veto" and not row.answer,
            }
        )
    return shown


def _verdict(
    application: Application, kept: Screening | None, found: list[dict[str, Any]]
) -> dict[str, Any]:
    """Which verdict the kept answers carry, and what is missing (the service asks again)."""
    answers = [
        (kept.items if kept else {}).get(item["code"], {}).get("ok")
        for item in application.call.screening_items
    ]
    open_items, refused = answers.count(None), answers.count(False)
    vetoes = sum(item["open"] for item in found)
    return {
        "open": open_items,
        "refused": refused,
        "vetoes": vetoes,
        "eligible": not (open_items or refused or vetoes),
        "ineligible": bool(refused and not open_items),
    }


def _page(
    request: SignedInRequest,
    application: Application,
    *,
    items: ItemsForm | None = None,
    answer: tuple[int, AnswerForm] | None = None,
    reasons: Any = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    submission = application.submissions.latest("version")
    kept = getattr(application, "screening", None)
    state = Status(application.status)
    returned = next((c for c in application.corrections.all() if c.stage == Stage.SCREENING), None)
    found = _findings(application, answer)
    barred = request.user.pk in screening.recommenders(application)
    context = {
        "application": application,
        "submission": submission,
        "label": STATUS_NAMES[state],
        "facts": facts_of(application, submission),
        "files": files_of(application, submission),
        "place": application.recommendation,
        "check": getattr(application, "regional_check", None),
        "items": items or ItemsForm.of(application, kept),
        "kept": kept,
        "stale": bool(kept and kept.submission_id != submission.pk),
        "findings": found,
        "unanswered": sum(item["open"] for item in found),
        "verdict": _verdict(application, kept, found),
        "reasons": reasons or ReasonSet(prefix="reasons"),
        "refused": refused,
        "correction": returned,
        "open": state == Status.RECOMMENDED and not barred,
        "barred": barred and state == Status.RECOMMENDED,
        "may_return": state == Status.RECOMMENDED and returned is None and not barred,
    }
    return render(request, "applications/screening/dossier.html", context, status=status)
