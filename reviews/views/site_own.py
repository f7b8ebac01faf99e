"""现场核查, the firm's page: what was found about its own dossier, and its view."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from applications.rules import SUBMIT, acts_for_firm, holds
from audit.refusals import NotVisible, Refused
from reviews.forms.site_checks import ViewForm
from reviews.models import FindingState, SiteCheck
from reviews.selectors import site_checks as reading
from reviews.services import site_deciding
from reviews.views.office import add_refusal, posted
from reviews.views.site_check_page import finding_shown


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was found, beside what the firm submitted; an owner states the firm's view in time."""
    row = reading.check_of(pk)
    if row is None or not acts_for_firm(request.user, row.application):
        raise NotVisible
    if request.method == "POST" and not holds(request.user, SUBMIT, row.application):
        raise NotVisible
    form = ViewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        pending = reading.pending_of(row)
        if pending is None:
            raise NotVisible
        try:
            text = form.cleaned_data["text"]
            site_deciding.state_view(finding=pending, text=text, by=request.user)
        except NotVisible:
            raise
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Sent. The checkers read it before they confirm."))
            return redirect("reviews:own_site_check", pk=pk)
    return _page(request, row, form)


def _page(request: SignedInRequest, row: SiteCheck, form: ViewForm) -> HttpResponse:
    told = reading.told_to_firm(row)
    pending = next((f for f in told if f.state == FindingState.PENDING), None)
    waits = (
        pending is not None
        and pending.is_against_the_firm
        and not hasattr(pending, "view")
        and (pending.provisional or request.clock.now <= pending.view_by)
    )
    context = {
        "check": row,
        "application": row.application,
        "findings": [finding_shown(f) for f in told],
        "pending": pending,
        "waits": waits,
        "form": form if waits and holds(request.user, SUBMIT, row.application) else None,
        "nav_current": "applications:dossier_list",
    }
    status = 422 if form.is_bound else 200
    return render(request, "reviews/site_check_own.html", context, status=status)
