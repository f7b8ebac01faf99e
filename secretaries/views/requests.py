"""Requests: the list, a new one, and the page on which each side acts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.rules import acts_for_a_firm
from audit.refusals import NotPermitted, NotVisible, Refused
from calendars.selectors import working_days
from secretaries import rules
from secretaries.forms.work import ActForm, PassForm, RequestFilter, RequestForm
from secretaries.models import RequestStatus, ServiceRequest
from secretaries.selectors import projects as reading
from secretaries.selectors.candidates import current_assignment
from secretaries.selectors.clocks import clock_of, timed
from secretaries.services import requests
from secretaries.views.projects import seen

PAGE_SIZE = 50
DONE = {
    "answer": gettext_lazy("Answered; the firm is asked to confirm."),
    "pass": gettext_lazy("Passed on; the clock goes on."),
    "note": gettext_lazy("Noted."),
    "call_back": gettext_lazy("Call-back recorded."),
    "satisfied": gettext_lazy("Closed. Thank you."),
    "unsatisfied": gettext_lazy("Your word is recorded; whoever acts next has been told."),
    "silent": gettext_lazy("Closed."),
    "decide": gettext_lazy("Decided and closed; both sides have been told."),
}


def _base(request: SignedInRequest) -> str:
    return "base_public.html" if acts_for_a_firm(request.user) else "base.html"


@login_required
@require_safe
def request_list(request: SignedInRequest) -> HttpResponse:
    """Every request the person may see, the newest first."""
    if not rules.has_requests(request.user):
        raise NotPermitted(_("Requests are open to firms, service secretaries and their lead."))
    rows = reading.requests_for(request.user, lead=rules.is_lead(request.user))
    filters = RequestFilter(request.GET or None)
    if filters.is_bound and filters.is_valid():
        rows = _filtered(rows, filters.cleaned_data)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    table, now = working_days(), request.clock.now
    shown = timed(page, now, table)
    context = {
        "page": page,
        "rows": shown,
        "filters": filters,
        "base": _base(request),
        "projects": reading.served_of_firms(request.user),
    }
    return render(request, "secretaries/requests.html", context)


def _filtered(rows: QuerySet[ServiceRequest], data: dict[str, Any]) -> QuerySet[ServiceRequest]:
    if data["text"]:
        rows = rows.filter(
            Q(number__icontains=data["text"])
            | Q(title__icontains=data["text"])
            | Q(application__title__icontains=data["text"])
        )
    if data["state"]:
        rows = rows.filter(status=data["state"])
    if data["category"]:
        rows = rows.filter(category=data["category"])
    return rows


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Raise a request for a project."""
    application = seen(request, pk)
    if not (
        rules.speaks_for_firm(request.user, application)
        or rules.serves(request.user, application, request.clock.today)
    ):
        raise NotPermitted(_("Requests are raised by the firm or by the project's secretary."))
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = requests.raise_request(
                application=application, by=request.user, **form.cleaned_data
            )
        except Refused as refused:
            _add(form, refused)
        else:
            messages.success(
                request,
                _("%(number)s was raised; an answer is due in %(days)s working days.")
                % {"number": made.number, "days": made.days},
            )
            return redirect("secretaries:request", pk=made.pk)
    context = {"application": application, "form": form, "base": _base(request)}
    return render(
        request, "secretaries/request_new.html", context, status=422 if form.is_bound else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request with its clock and acts; POST `act` does one of them."""
    row = (
        reading.requests_for(
            request.user, lead=rules.is_lead(request.user) or rules.watches(request.user)
        )
        .select_related("application__call", "raised_by", "closed_by")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotVisible
    if request.method != "POST":
        return _page(request, row)
    if not _acts(request, row):
        raise NotPermitted
    act = request.POST.get("act", "")
    form: ActForm | PassForm = (PassForm if act == "pass" else ActForm)(request.POST, prefix=act)
    words = form.cleaned_data if form.is_valid() else {}
    optional = act in ("satisfied", "silent")
    if not form.is_valid() and not optional:
        return _page(request, row, act=act, form=form)
    try:
        done = _do(act, row, request, words)
    except (NotPermitted, NotVisible):
        raise
    except Refused as refused:
        if optional:
            return _page(request, row, refused=refused)
        _add(form, refused)
        return _page(request, row, act=act, form=form)
    messages.success(request, done)
    return redirect("secretaries:request", pk=pk)


def _acts(request: SignedInRequest, row: ServiceRequest) -> bool:
    """Whether any act on the request could be this person's."""
    return (
        rules.is_lead(request.user)
        or rules.speaks_for_firm(request.user, row.application)
        or rules.serves(request.user, row.application, request.clock.today)
    )


def _do(act: str, row: ServiceRequest, request: SignedInRequest, words: dict[str, str]) -> str:
    """Do the act; the words that tell it was done. An unknown act is no page."""
    by, text = request.user, words.get("text", "")
    match act:
        case "answer":
            requests.answer(request=row, text=text, by=by)
        case "pass":
            requests.pass_on(request=row, unit=words["unit"], text=text, by=by)
        case "note":
            requests.add_note(request=row, text=text, by=by)
        case "call_back":
            requests.record_call_back(request=row, text=text, by=by)
        case "satisfied":
            requests.confirm(request=row, satisfied=True, by=by)
        case "unsatisfied":
            requests.confirm(request=row, satisfied=False, text=text, by=by)
        case "silent":
            requests.close_silent(request=row, by=by)
        case "decide":
            requests.close_by_lead(request=row, text=text, by=by)
        case _:
            raise NotVisible
    return str(DONE[act])


def _add(form: Any, refused: Refused) -> None:
    form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))


def _page(
    request: SignedInRequest,
    row: ServiceRequest,
    *,
    act: str = "",
    form: ActForm | PassForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    user, application = request.user, row.application
    current = current_assignment(application)
    serving = rules.serves(user, application, request.clock.today)
    of_firm = rules.speaks_for_firm(user, application)
    lead = rules.is_lead(user)
    is_open, answered = row.status == RequestStatus.OPEN, row.status == RequestStatus.ANSWERED
    offered = {
        "answer": is_open and serving,
        "pass": is_open and serving,
        "satisfied": answered and of_firm and not row.contested,
        "unsatisfied": answered and of_firm and not row.contested,
        "call_back": answered and (serving or lead),
        "silent": answered
        and (serving or lead)
        and row.raised_by_id != user.pk
        and not row.contested,
        "decide": answered and lead and row.contested,
        "note": row.status != RequestStatus.CLOSED and (serving or of_firm or lead),
    }
    forms = {
        name: form
        if form is not None and name == act
        else (PassForm if name == "pass" else ActForm)(prefix=name)
        for name, shown in offered.items()
        if shown
    }
    context = {
        "row": row,
        "application": application,
        "clock": clock_of(row, request.clock.now, working_days()),
        "current": current,
        "acts": row.actions.select_related("by"),
        "forms": forms,
        "refused": refused,
        "act": act,
        "base": _base(request),
    }
    return render(
        request,
        "secretaries/request.html",
        context,
        status=422 if form is not None or refused is not None else 200,
    )
