"""Acts on the funding list before it is published: drawing, deviations, submission, decision."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from accounts.roles import Role
from applications.models import Application
from audit.refusals import Refused
from awards import rules
from awards.forms.lists import ApproveForm, DeviationForm, SendBackForm
from awards.forms.refusing import add_refusal
from awards.models import Deviation
from awards.selectors import lists
from awards.services import deviations, funding
from awards.views.funding import call_of, guard, list_of, minutes_choices, page, projects


@login_required
@require_POST
def draw(request: SignedInRequest, number: str) -> HttpResponse:
    """Draw the line on the latest ranking."""
    funding.draw_funding_list(call=call_of(request, number), by=request.user)
    messages.success(
        request, _("The line is drawn by the call's rules. Check it, then submit it for decision.")
    )
    return redirect("awards:funding", number=number)


@login_required
@require_POST
def deviate(request: SignedInRequest, number: str) -> HttpResponse:
    """Ask for a deviation; a second person settles it."""
    found = list_of(request, number)
    rules.require(request.user, Role.PROGRAMME_OFFICER)
    form = DeviationForm(request.POST, projects=projects(lists.items_of(found)))
    if form.is_valid():
        try:
            deviations.propose_deviation(
                funding_list=found,
                application=Application.objects.get(pk=form.cleaned_data["application"]),
                kind=form.cleaned_data["kind"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Recorded. It counts once a second person agrees."))
            return redirect("awards:funding", number=number)
    return page(request, found.call, 422, deviation=form)


@login_required
@require_POST
def settle(request: SignedInRequest, pk: int) -> HttpResponse:
    """A second person agrees to a deviation or refuses it; who asked for it takes it back."""
    guard(request)
    deviation = get_object_or_404(Deviation.objects.select_related("funding_list__call"), pk=pk)
    if "confirm" in request.POST:
        deviations.confirm_deviation(deviation=deviation, by=request.user)
        messages.success(request, _("Agreed; the line was drawn anew."))
    elif "withdraw" in request.POST:
        deviations.withdraw_deviation(deviation=deviation, by=request.user)
        messages.success(request, _("Taken back; the list stays as the rules draw it."))
    else:
        deviations.refuse_deviation(deviation=deviation, by=request.user)
        messages.success(request, _("Refused; the list stays as the rules draw it."))
    return redirect("awards:funding", number=deviation.funding_list.call.number)


@login_required
@require_POST
def submit(request: SignedInRequest, number: str) -> HttpResponse:
    """Submit the list for decision."""
    funding.submit_list(funding_list=list_of(request, number), by=request.user)
    messages.success(request, _("Submitted for decision."))
    return redirect("awards:funding", number=number)


@login_required
@require_POST
def decide(request: SignedInRequest, number: str) -> HttpResponse:
    """The approver approves the list or sends it back."""
    found = list_of(request, number)
    rules.require(request.user, Role.APPROVER)
    back = "back" in request.POST
    kept = lists.minutes_of(found.call)
    form: Any = (
        SendBackForm(request.POST)
        if back
        else ApproveForm(request.POST, minutes=minutes_choices(kept))
    )
    if form.is_valid():
        try:
            if back:
                funding.send_back_list(
                    funding_list=found, note=form.cleaned_data["back_note"], by=request.user
                )
                messages.success(request, _("Sent back with your reason."))
            else:
                chosen = next(one for one in kept if one.pk == form.cleaned_data["minutes"])
                note = form.cleaned_data["note"]
                funding.approve_list(funding_list=found, minutes=chosen, note=note, by=request.user)
                messages.success(request, _("Approved. The officer can publish the notice."))
        except Refused as refused:
            refused.field = "back_note" if back else refused.field
            add_refusal(form, refused, drawn_again=False)
        else:
            return redirect("awards:funding", number=number)
    return page(request, found.call, 422, **{"back" if back else "approve": form})
