"""现场核查, the office's and the checkers' pages: ordering, one check, its files, its decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_any_role
from applications.models import Call, CallStatus
from audit.refusals import NotPermitted, NotVisible, Refused, WrongState
from reviews.forms.site_checks import EvidenceForm, FindingForm, OrderForm, ReasonForm
from reviews.models import SiteCheck, SiteEvidence, SiteFinding
from reviews.selectors import rankings as ranked
from reviews.selectors import site_checks as reading
from reviews.services import site_checks as acts
from reviews.services import site_deciding as deciding
from reviews.services import site_findings as findings
from reviews.services.site_findings import FiguresRefused
from reviews.site_figures import CHECKED, stored
from reviews.site_rules import CHECKERS, READERS, is_checker, may_read
from reviews.views.office import acts_in, add_refusal, call_of, frame, guard, posted
from reviews.views.site_check_page import check_page

PER_PAGE = 50
INLINE = frozenset({"application/pdf", "image/jpeg", "image/png"})


@login_required
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """The checks a person goes on; the office that reads rankings sees all."""
    guard(request, *READERS, *CHECKERS)
    rows = reading.checks_for(request.user, every=has_any_role(request.user, *READERS))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": list(page)}
    return render(request, "reviews/site_checks.html", context)


@login_required
@require_safe
def of_call(request: SignedInRequest, number: str) -> HttpResponse:
    """The checks of one call."""
    call = call_of(request, number, *READERS)
    page = Paginator(reading.checks_of(call), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request, call, "site_checks"),
        "page": page,
        "rows": list(page),
        "may_order": acts_in(request, call) and call.status == CallStatus.RANKED,
        "nav_current": "reviews:ranking_list",
    }
    return render(request, "reviews/site_checks_of_call.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: SignedInRequest, number: str) -> HttpResponse:
    """Order a check of some dossiers of the ranking."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    form = OrderForm(posted(request), people=reading.people_who_may_go(call))
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.order_checks(
                call=call,
                applications=form.applications(),
                day=form.cleaned_data["day"],
                checkers=list(form.cleaned_data["checkers"]),
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(
                request, _("Ordered: %(n)s. The people who go are told.") % {"n": len(made)}
            )
            return redirect("reviews:call_site_checks", number=number)
    return _order_page(request, call, form)


def _order_page(request: SignedInRequest, call: Call, form: OrderForm) -> HttpResponse:
    found = ranked.latest(call)
    if found is None or call.status != CallStatus.RANKED:
        raise Http404
    page = Paginator(reading.entries_to_check(found), PER_PAGE).get_page(request.GET.get("page"))
    chosen = form.chosen() or {request.GET.get("dossier", "")}
    unranked = next((entry.pk for entry in page if entry.rank is None), None)
    context = {
        "call": call,
        "form": form,
        "page": page,
        "entries": [
            {
                "entry": entry,
                "chosen": str(entry.application_id) in chosen,
                "first_unranked": entry.pk == unranked,
            }
            for entry in page
        ],
        "nav_current": "reviews:ranking_list",
    }
    status = 422 if form.is_bound else 200
    return render(request, "reviews/site_check_order.html", context, status=status)


def check_for(request: SignedInRequest, pk: int) -> SiteCheck:
    """The check of the address, for the office's readers and the people who go."""
    check = reading.check_of(pk)
    if check is None or not may_read(request.user, check):
        raise NotVisible
    return check


def check_of_mine(request: SignedInRequest, pk: int) -> SiteCheck:
    """The same, for an act of the people who go; 403 for those who only read."""
    row = check_for(request, pk)
    if not is_checker(request.user, row):
        raise NotPermitted(_("Only the people who go on this check do this."))
    return row


@login_required
@require_safe
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """One check: who goes and when, what was found, the firm's view, and what is to be done."""
    return check_page(request, check_for(request, pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was found, figure by figure; made for a phone in a workshop."""
    row = check_of_mine(request, pk)
    form = FindingForm(posted(request), call=row.application.call)
    if request.method == "POST" and form.is_valid():
        try:
            findings.record_finding(check=row, report=form.report(), by=request.user)
        except (NotVisible, NotPermitted):
            raise
        except FiguresRefused as refused:
            form.refuse(refused.problems)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Recorded. Another checker confirms it."))
            return redirect("reviews:site_check", pk=pk)
    return _record_page(request, row, form)


def _record_page(request: SignedInRequest, row: SiteCheck, form: FindingForm) -> HttpResponse:
    submission = row.application.submissions.order_by("-version").first()
    if submission is None:
        raise NotVisible
    given = submission.content["figures"]
    files = list(row.evidence.all())
    form.offer(files)
    form.initial["visited_on"] = request.clock.today
    lines = list(form.lines({name: stored(name, given.get(name)) for name in CHECKED}))
    context = {
        "check": row,
        "application": row.application,
        "form": form,
        "lines": lines,
        "wrong": [line for line in lines if line.errors],
        "others": [form[name] for name in FindingForm.base_fields if form[name].errors],
        "files": files,
        "nav_current": "reviews:site_checks",
    }
    status = 422 if form.is_bound else 200
    return render(request, "reviews/site_check_record.html", context, status=status)


@login_required
@require_POST
def add_evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep one file from the spot."""
    row = check_of_mine(request, pk)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            findings.add_evidence(check=row, upload=form.cleaned_data["upload"], by=request.user)
        except (NotVisible, NotPermitted):
            raise
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("The file is kept with the check."))
            return redirect("reviews:site_check", pk=pk)
    return check_page(request, row, evidence=form, status=422)


@login_required
@require_safe
def evidence(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """A file from the spot: for the office, the people who go; for the firm what it is told of."""
    row = SiteEvidence.objects.select_related("site_check__application__call").filter(pk=pk).first()
    if row is None:
        raise NotVisible
    if not may_read(request.user, row.site_check) and not reading.shown_to(request.user, row):
        raise NotVisible
    response = FileResponse(
        row.file.open("rb"),
        as_attachment=not ("inline" in request.GET and row.content_type in INLINE),
        filename=row.name,
        content_type=row.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _pending(row: SiteCheck) -> SiteFinding:
    found = reading.pending_of(row)
    if found is None:
        raise WrongState(_("Nothing waits for a decision here."))
    return found


@login_required
@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """The second checker confirms what was found."""
    row = check_of_mine(request, pk)
    deciding.confirm_finding(finding=_pending(row), by=request.user)
    messages.success(request, _("Confirmed. The formulas take what was found."))
    return redirect("reviews:site_check", pk=pk)


@login_required
@require_POST
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """The second checker sends the finding back; a new one is due."""
    row = check_of_mine(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            deciding.return_finding(
                finding=_pending(row), reason=form.cleaned_data["reason"], by=request.user
            )
        except (NotVisible, NotPermitted):
            raise
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Sent back. A new finding is due."))
            return redirect("reviews:site_check", pk=pk)
    return check_page(request, row, reason=form, status=422)


@login_required
@require_POST
def call_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """The officer calls the check off, with a reason."""
    guard(request, Role.PROGRAMME_OFFICER)
    row = check_for(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            acts.call_off(check=row, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Called off. The reason stays on record."))
            return redirect(reverse("reviews:site_check", args=[pk]))
    return check_page(request, row, reason=form, status=422)
