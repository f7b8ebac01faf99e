"""Overdue inquiries: the list, and the page on which each is explained and closed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_any_role
from audit.refusals import NotPermitted, NotVisible, Refused
from secretaries import rules
from secretaries.forms.acts import ActForm, FindingForm
from secretaries.models import OverdueInquiry
from secretaries.selectors.inquiries import inquiries_for
from secretaries.services import inquiries

PAGE_SIZE = 50


@login_required
@require_safe
def inquiry_list(request: SignedInRequest) -> HttpResponse:
    """Every inquiry the person may read, the open ones first."""
    user = request.user
    reads = has_any_role(user, Role.SECRETARY, Role.SECRETARY_LEAD, Role.REGIONAL_OFFICER)
    if not (reads or rules.watches(user)):
        raise NotPermitted(_("Inquiries are open to secretaries, their lead and officers."))
    page = Paginator(inquiries_for(user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "secretaries/inquiries.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def inquiry_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One inquiry; POST `act` explains or closes it."""
    row = (
        inquiries_for(request.user)
        .select_related("request__finish", "explained_by", "closed_by")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotVisible
    if request.method != "POST":
        return _page(request, row)
    act = request.POST.get("act", "")
    if act == "explain":
        form: ActForm | FindingForm = _explanation(request.POST)
    elif act == "close":
        form = FindingForm(request.POST, prefix="close")
    else:
        raise NotVisible
    if form.is_valid():
        try:
            if act == "explain":
                inquiries.explain(inquiry=row, text=form.cleaned_data["text"], by=request.user)
            else:
                inquiries.close_inquiry(inquiry=row, by=request.user, **form.cleaned_data)
        except (NotPermitted, NotVisible):
            raise
        except Refused as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, str(refused.message))
        else:
            done = _("Explanation kept; the lead has been told.") if act == "explain" else ""
            messages.success(request, done or _("Closed; the secretary has been told."))
            return redirect("secretaries:inquiry", pk=pk)
    return _page(request, row, act=act, form=form)


def _explanation(data: Any = None) -> ActForm:
    label = _("Why it took so long, and what has been done since")
    return ActForm(data, prefix="explain", label=label)


def _page(
    request: SignedInRequest,
    row: OverdueInquiry,
    *,
    act: str = "",
    form: ActForm | FindingForm | None = None,
) -> HttpResponse:
    user, application = request.user, row.request.application
    is_open = row.closed_at is None
    explains = (
        is_open
        and row.explained_at is None
        and (row.subject_id == user.pk or rules.serves(user, application, request.clock.today))
    )
    closes = (
        is_open and rules.is_lead(user) and user.pk not in (row.subject_id, row.explained_by_id)
    )
    # What was sent comes back with what is wrong, also where somebody else was first.
    forms = {
        "explain": _explanation() if explains else None,
        "close": FindingForm(prefix="close", initial={"responsible": row.step}) if closes else None,
        **({act: form} if form is not None else {}),
    }
    context = {
        "row": row,
        "application": application,
        "shares": [{"title": unit, "amount": days} for unit, days in row.shares],
        **forms,
    }
    status = 200 if form is None else 422
    return render(request, "secretaries/inquiry.html", context, status=status)
