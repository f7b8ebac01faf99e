"""Unused money of an ended year carried into the next: one officer enters, another settles."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.roles import Role
from audit.refusals import Refused
from awards import rules
from awards.forms.lists import CarryForm
from awards.forms.money import TextForm
from awards.forms.refusing import add_refusal
from awards.ledger import carriable
from awards.models import CarryOver, Envelope
from awards.selectors.ledger import carried_into, room_in
from awards.services import carrying


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """Enter what of the year goes to the next."""
    rules.require(request.user, Role.FINANCE_OFFICER)
    rows = Envelope.objects.select_related("scheme")
    envelope = get_object_or_404(rows, scheme__code=code, year=year)
    form = CarryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            carrying.propose_carry(source=envelope, by=request.user, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Entered. Another finance officer confirms it."))
            return redirect("awards:envelope")
    most = carriable(
        available=envelope.available,
        ceiling=envelope.ceiling,
        carried=envelope.carried,
        carried_in=carried_into(envelope),
    )
    context = {
        "envelope": envelope,
        "next": year + 1,
        "unused": most,
        "most": min(most, room_in(envelope.scheme, year + 1)),
        "form": form,
        "nav_current": "awards:envelope",
    }
    return render(request, "awards/carry.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def confirm_carry(request: SignedInRequest, pk: int) -> HttpResponse:
    """The second officer confirms."""
    rules.require(request.user, Role.FINANCE_OFFICER)
    row = get_object_or_404(CarryOver, pk=pk)
    carrying.confirm_carry(carry=row, by=request.user)
    messages.success(request, _("Confirmed; the money stands in the next year."))
    return redirect("awards:envelope")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refuse_carry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Refuse an amount that waits, or take one's own back, with a reason."""
    rules.require(request.user, Role.FINANCE_OFFICER)
    row = get_object_or_404(CarryOver.objects.select_related("source", "target"), pk=pk)
    form = TextForm(request.POST or None, label=_("Reason"))
    if request.method == "POST" and form.is_valid():
        try:
            carrying.refuse_carry(carry=row, reason=form.cleaned_data["text"], by=request.user)
        except Refused as refused:
            refused.field = "text"
            add_refusal(form, refused)
        else:
            messages.success(request, _("Refused. Another amount can be entered now."))
            return redirect("awards:envelope")
    context = {"carry": row, "form": form, "nav_current": "awards:envelope"}
    return render(
        request, "awards/refuse_carry.html", context, status=422 if form.is_bound else 200
    )
