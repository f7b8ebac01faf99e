"""From the approved list on: notice, award, allocation notice, the end of reserve and call."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.roles import Role
from applications.models import Application
from applications.workflow import Status
from audit.refusals import Refused
from awards import rules
from awards.forms.lists import AllocationForm
from awards.forms.refusing import add_refusal
from awards.services import decisions, endings, notices, reserve
from awards.views.funding import call_of, page


@login_required
@require_POST
def publish(request: SignedInRequest, number: str) -> HttpResponse:
    """Publish the notice of every proposed project that has none yet."""
    notice = notices.publish_notice(call=call_of(request, number), by=request.user)
    messages.success(request, _("Published: notice %(number)s.") % {"number": notice.number})
    return redirect("portal:public_notice", number=notice.number)


@login_required
@require_POST
def award(request: SignedInRequest, number: str) -> HttpResponse:
    """Award what the notice period has let pass."""
    made = decisions.award(call=call_of(request, number), by=request.user)
    messages.success(
        request,
        ngettext(
            "%(count)s project awarded; its secretary is being appointed.",
            "%(count)s projects awarded; their secretaries are being appointed.",
            len(made),
        )
        % {"count": len(made)},
    )
    return redirect("awards:funding", number=number)


@login_required
@require_POST
def allocate(request: SignedInRequest, number: str) -> HttpResponse:
    """Record the finance department's allocation notice."""
    call, form = call_of(request, number), AllocationForm(request.POST)
    rules.require(request.user, Role.FINANCE_OFFICER)
    if form.is_valid():
        try:
            decisions.record_allocation(call=call, by=request.user, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused, drawn_again=False)
        else:
            messages.success(request, _("Recorded for every award without one."))
            return redirect("awards:funding", number=number)
    return page(request, call, 422, allocation=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close_reserve(request: SignedInRequest, number: str) -> HttpResponse:
    """Ask once more, then close the reserve list."""
    call = call_of(request, number)
    rules.require(request.user, Role.PROGRAMME_OFFICER)
    if request.method == "POST":
        count = reserve.close_reserve(call=call, by=request.user)
        messages.success(
            request,
            ngettext(
                "The reserve list is closed; %(count)s project is not funded.",
                "The reserve list is closed; %(count)s projects are not funded.",
                count,
            )
            % {"count": count},
        )
        return redirect("awards:funding", number=number)
    waiting = Application.objects.filter(call=call, status=Status.RESERVE).count()
    context = {
        "call": call,
        "waiting": waiting,
        "back": reverse("awards:funding", args=[number]),
        "nav_current": "awards:funding_list",
    }
    return render(request, "awards/close_reserve.html", context)


@login_required
@require_POST
def close_call(request: SignedInRequest, number: str) -> HttpResponse:
    """Close a call whose every project is settled."""
    endings.close_call(call=call_of(request, number), by=request.user)
    messages.success(request, _("The call is closed."))
    return redirect("awards:funding", number=number)
