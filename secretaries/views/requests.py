"""Requests: the list, a new one, and the page on which each side acts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.rules import acts_for_a_firm
from applications.models import Application
from audit.refusals import Invalid, NotPermitted, NotVisible, Refused
from secretaries import rules
from secretaries.forms.acts import ActForm, NoWordsForm
from secretaries.forms.work import RequestFilter, RequestForm
from secretaries.models import ServiceRequest
from secretaries.selectors import projects as reading
from secretaries.selectors.candidates import current_assignment
from secretaries.selectors.clocks import clock_of, shares_of, timed
from secretaries.services import requests
from secretaries.views import request_acts as acts
from secretaries.views.projects import seen

PAGE_SIZE = 50


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
    table, now = request.clock.table, request.clock.now
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
    serves = rules.serving(request.user, OuterRef("pk"))
    application = seen(request, pk, Application.objects.annotate(serves=serves))
    if not (rules.speaks_for_firm(request.user, application) or application.serves):  # type: ignore[attr-defined]  # annotated
        raise NotPermitted(_("Requests are raised by the firm or by the project's secretary."))
    # The instant at which a person opened the form names it: a double click sends the same one.
    opened = "" if request.method == "POST" else request.clock.now.isoformat()
    form = RequestForm(request.POST or None, initial={"sent_form": opened})
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
                ngettext(
                    "%(number)s was raised; an answer is due in %(days)s working day.",
                    "%(number)s was raised; an answer is due in %(days)s working days.",
                    made.finish.days,
                )
                % {"number": made.number, "days": made.finish.days},
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
        .select_related(
            "application__call",
            "application__region__reports_to",
            "raised_by",
            "closed_by",
            "response",
            "extension__asked_by",
            "extension__decided_by",
            "satisfaction",
            "inquiry",
        )
        .annotate(serves=rules.serving(request.user, OuterRef("application")))
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotVisible
    if request.method != "POST":
        return _page(request, row)
    if not acts.may_act(request.user, row):
        raise NotPermitted
    name = request.POST.get("act", "")
    if name not in acts.ACTS:
        return _page(request, row, refused=Invalid())
    return _act(request, row, name)


def _act(request: SignedInRequest, row: ServiceRequest, name: str) -> HttpResponse:
    """Do the act; its form again when something is missing or refused."""
    form = acts.bind(name, request.POST, row)
    if not form.is_valid():
        return _page(request, row, name=name, form=form)
    try:
        acts.ACTS[name].do(row, request.user, form.cleaned_data)
    except (NotPermitted, NotVisible):
        raise
    except Refused as refused:
        if isinstance(form, NoWordsForm):
            return _page(request, row, refused=refused)
        _add(form, refused)
        return _page(request, row, name=name, form=form)
    messages.success(request, str(acts.ACTS[name].done))
    return redirect("secretaries:request", pk=row.pk)


def _add(form: Any, refused: Refused) -> None:
    form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))


def _page(
    request: SignedInRequest,
    row: ServiceRequest,
    *,
    name: str = "",
    form: ActForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    user, application, table = request.user, row.application, request.clock.table
    clock = clock_of(row, request.clock.now, table)
    reader = acts.Reader(
        user,
        serving=row.serves,  # type: ignore[attr-defined]  # annotated
        of_firm=rules.speaks_for_firm(user, application),
        lead=rules.is_lead(user),
        clock=clock,
    )
    shares = shares_of(row, request.clock.now, table)
    held = [s.hold for s in shares if s.hold.until is None and not s.hold.is_office]
    context = {
        "row": row,
        "application": application,
        "clock": clock,
        "shares": shares,
        "leading": [share for share in shares if not share.hold.is_support],
        "pauses": list(row.finish.pauses.all()),
        "extension": getattr(row, "extension", None),
        "satisfaction": getattr(row, "satisfaction", None),
        "inquiry": getattr(row, "inquiry", None),
        "escalations": list(reading.escalations_of(row)),
        "current": current_assignment(application),
        "acts": row.actions.select_related("by"),
        "forms": acts.forms_of(acts.offered(row, reader, held), held, name, form),
        "refused": refused,
        "act": name,
        "sent": form,
        "of_firm": rules.belongs_to_firm(user, application),
        "opens": rules.reads_service(user, application),
        "base": _base(request),
    }
    status = 422 if form is not None or refused is not None else 200
    return render(request, "secretaries/request.html", context, status=status)
