"""Regional officer: the own line's dossiers, the check, return, refusal."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.forms.corrections import ReasonSet, reasons_of
from applications.forms.recommendation import CheckForm, LineFilter, RefuseForm
from applications.models import Application, CallStatus
from applications.models.screening import Stage
from applications.selectors import recommendation as reading
from applications.selectors.facts import facts_of, files_of
from applications.services import corrections, recommendation
from applications.wording import STATUS_NAMES
from applications.workflow import Status
from audit.refusals import NotPermitted, NotVisible, Refused

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Office:
    """One office's ranking for one call: how full the quota is, what waits, where to go."""

    call: str
    region: str
    used: int
    quota: int
    waiting: int
    url: str


def _officer(request: SignedInRequest) -> User:
    user = request.user
    if not has_role(user, Role.REGIONAL_OFFICER):
        raise NotPermitted(_("Only a regional officer works on recommendations."))
    return user


@login_required
@require_safe
def dossiers(request: SignedInRequest) -> HttpResponse:
    """The own reporting line's dossiers, and each office's ranking."""
    user = _officer(request)
    calls = list(reading.calls_to_recommend())
    filters = LineFilter(request.GET or None, calls=calls)
    rows = reading.with_open_correction(reading.dossiers_of_line(user))
    if filters.is_bound and filters.is_valid():
        rows = _filtered(rows, filters.cleaned_data)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    rows_shown = [_row(a, request.clock.now) for a in page]
    context = {
        "page": page,
        "rows": rows_shown,
        "filters": filters,
        "offices": _offices(user, [c for c in calls if c.status == CallStatus.PUBLISHED]),
    }
    return render(request, "applications/recommendation/list.html", context)


def _filtered(rows: QuerySet[Application], data: dict[str, Any]) -> QuerySet[Application]:
    if data["text"]:
        rows = rows.filter(
            Q(title__icontains=data["text"])
            | Q(number__icontains=data["text"])
            | Q(firm__name__icontains=data["text"])
        )
    if data["call"]:
        rows = rows.filter(call__number=data["call"])
    if data["state"]:
        rows = rows.filter(status=data["state"])
    return rows


def _row(application: Application, now: Any) -> dict[str, Any]:
    status = Status(application.status)
    due = getattr(application, "correction_due", None)
    check = getattr(application, "regional_check", None)
    place = getattr(application, "recommendation", None)
    return {
        "url": reverse("applications:recommendation_check", args=[application.pk]),
        "title": application.title,
        "number": application.number,
        "firm": application.firm.name,
        "region": application.region,
        "requested": application.requested,
        "submitted_at": application.submitted_at,
        "status": status,
        "label": STATUS_NAMES[status],
        "checked": check is not None,
        "open": status in (Status.SUBMITTED, Status.RETURNED),
        "rank": place.rank if place else None,
        "due": due if status == Status.RETURNED else None,
        "late": due is not None and due < now,
        "provisional": getattr(application, "correction_provisional", False),
    }


def _offices(user: User, calls: list[Any]) -> list[Office]:
    counted = reading.office_counts(user, calls)
    return [
        Office(
            call=f"{call.number} {call}",
            region=str(region),
            used=counted.used(call, region),
            quota=call.rule_set.quota(region.code),
            waiting=counted.waiting(call, region),
            url=reverse("applications:recommendation_order", args=[call.number, region.code]),
        )
        for call in calls
        for region in counted.offices
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """The facts beside the check; POST keeps the check."""
    application = _own(request, pk)
    if request.method != "POST":
        return _check_page(request, application, check=CheckForm.of(application))
    form = CheckForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            recommendation.check_dossier(
                application=application,
                site_visited_on=data["site_visited_on"],
                truthful=data["truthful"] == "yes",
                finance_agrees=data["finance_agrees"] == "yes",
                opinion=data["opinion"],
                by=request.user,
            )
        except Refused as refused:
            _add(form, refused)
        else:
            messages.success(
                request, _("Check of %(number)s recorded.") % {"number": application.number}
            )
            return redirect("applications:recommendation_check", pk=pk)
    return _check_page(request, application, check=form)


@login_required
@require_POST
def return_to_firm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return once, with every reason."""
    application = _own(request, pk)
    formset = ReasonSet(request.POST, prefix="reasons")
    if formset.is_valid():
        try:
            made = corrections.return_to_firm(
                application=application,
                reasons=reasons_of(formset),
                by=request.user,
            )
        except Refused as refused:
            return _check_page(request, application, reasons=formset, refused=refused)
        messages.success(
            request,
            ngettext(
                "%(number)s was returned with %(count)s reason; the firm has been told.",
                "%(number)s was returned with %(count)s reasons; the firm has been told.",
                len(made.reasons),
            )
            % {"number": application.number, "count": len(made.reasons)},
        )
        return redirect("applications:recommendations")
    return _check_page(request, application, reasons=formset)


@login_required
@require_POST
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Not recommend, with a reason."""
    application = _own(request, pk)
    form = RefuseForm(request.POST, prefix="refuse")
    if form.is_valid():
        try:
            recommendation.not_recommend(
                application=application,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refused:
            _add(form, refused)
        else:
            messages.success(
                request,
                _("%(number)s is not recommended; the firm has been told the reason.")
                % {"number": application.number},
            )
            return redirect("applications:recommendations")
    return _check_page(request, application, refuse=form)


def _own(request: SignedInRequest, pk: int) -> Application:
    """A dossier of the officer's own reporting line; 404 for any other."""
    application = reading.dossiers_of_line(_officer(request)).filter(pk=pk).first()
    if application is None:
        raise NotVisible
    return application


def _add(form: Any, refused: Refused) -> None:
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, str(refused.message))


def _check_page(
    request: SignedInRequest,
    application: Application,
    *,
    check: CheckForm | None = None,
    reasons: Any = None,
    refuse: RefuseForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    submission = application.submissions.latest("version")
    status = Status(application.status)
    returned = next((c for c in application.corrections.all() if c.stage == Stage.REGION), None)
    on_record = getattr(application, "regional_check", None)
    context = {
        "application": application,
        "submission": submission,
        "label": STATUS_NAMES[status],
        "facts": facts_of(application, submission),
        "files": files_of(application, submission),
        "check": check or CheckForm.of(application),
        "on_record": on_record,
        "stale": bool(on_record and on_record.submission_id != submission.pk),
        "reasons": reasons or ReasonSet(prefix="reasons"),
        "refuse": refuse or RefuseForm(prefix="refuse"),
        "refused": refused,
        "correction": returned,
        "open": status == Status.SUBMITTED,
        "may_return": status == Status.SUBMITTED and returned is None,
        "place": getattr(application, "recommendation", None),
    }
    is_error = refused is not None or any(
        f is not None and f.is_bound for f in (check, reasons, refuse)
    )
    return render(
        request,
        "applications/recommendation/check.html",
        context,
        status=422 if is_error else 200,
    )
