"""Credit records: a firm's own with its objection; the office's view of all that projects made."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Level, User
from accounts.roles import Role
from accounts.rules import acts_for_a_firm, firm_ids, has_any_role, has_role
from applications.forms.credit import CreditForm
from applications.models import CreditRecord
from applications.services import credit as services
from audit.refusals import NotPermitted, Refused, WrongState

SEES_ALL = (Role.PROGRAMME_OFFICER, Role.APPROVER, Role.FINANCE_OFFICER, Role.SUPERVISOR)
PAGE_SIZE = 50


def _visible(user: User) -> QuerySet[CreditRecord]:
    """Records that projects made: the office all, a firm its own."""
    rows = CreditRecord.objects.filter(application__isnull=False).select_related(
        "application__firm", "application__call", "objected_by", "decided_by"
    )
    if has_any_role(user, *SEES_ALL):
        return rows
    return rows.filter(Q(application__firm__in=firm_ids(user)))


@login_required
@require_safe
def credit_list(request: SignedInRequest) -> HttpResponse:
    """The newest first; what was withdrawn or has expired stays readable."""
    if not (has_any_role(request.user, *SEES_ALL) or acts_for_a_firm(request.user)):
        raise NotPermitted(_("Credit records are open to the office and to the firm concerned."))
    page: Any = Paginator(_visible(request.user).order_by("-pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    today = request.clock.today
    page.object_list = [{"row": row, "state": _state(row, today)} for row in page.object_list]
    return render(request, "applications/credit_list.html", {"page": page})


def _state(row: CreditRecord, today: Any) -> tuple[str, str]:
    if row.decision == "withdrawn":
        return "stop", _("withdrawn")
    if row.until is not None and row.until < today:
        return "done", _("expired")
    if row.objection and not row.decision:
        return "wait", _("objected to")
    return "warn", _("counts at screening")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def credit_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """One record; its firm objects, an officer decides on the objection."""
    row = _visible(request.user).filter(pk=pk).first()
    if row is None or row.application is None:
        raise Http404
    owner = row.application.firm_id in firm_ids(request.user, Level.OWNER)
    officer = has_role(request.user, Role.PROGRAMME_OFFICER)
    may_object = owner and not row.objection
    may_decide = officer and bool(row.objection) and not row.decision
    form = CreditForm(request.POST or None)
    form.fields["text"].label = _("Your answer to the firm") if officer else _("What you object to")
    if request.method == "POST":
        if not (owner or officer):
            raise NotPermitted(_("The firm objects to its record, an officer decides on it."))
        if not (may_object or may_decide):
            raise WrongState(_("This was settled meanwhile. Open the page again and check."))
        if form.is_valid() and _act(request, row, form, decide=may_decide):
            messages.success(request, _("Kept on record."))
            return redirect("applications:credit_record", pk=pk)
    context = {
        "row": row,
        "application": row.application,
        "state": _state(row, request.clock.today),
        "form": form,
        "may_object": may_object,
        "may_decide": may_decide,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "applications/credit_record.html", context, status=status)


def _act(request: SignedInRequest, row: CreditRecord, form: forms.Form, *, decide: bool) -> bool:
    text = form.cleaned_data["text"]
    try:
        if decide:
            keep = "withdraw" not in request.POST
            services.decide_on_record(record=row, keep=keep, text=text, by=request.user)
        else:
            services.object_to_record(record=row, text=text, by=request.user)
    except (NotPermitted, WrongState):
        raise
    except Refused as refused:
        form.add_error("text", str(refused.message))
        return False
    return True
