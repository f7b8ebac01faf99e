"""The yearly envelopes side by side, and a ceiling entered by one officer, confirmed by another."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import Scheme
from audit.refusals import NotPermitted, Refused
from awards import rules
from awards.forms.lists import CeilingForm
from awards.forms.money import TextForm
from awards.forms.refusing import add_refusal
from awards.models import CarryOver, Envelope, EnvelopeChange
from awards.selectors import ledger, lists
from awards.selectors.law_clocks import LawClock, law_clocks
from awards.services import envelopes


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def envelope_page(request: SignedInRequest) -> HttpResponse:
    """The years side by side, each with its documents and clocks; the form of the next ceiling."""
    if not rules.sees_funding(request.user):
        raise NotPermitted(_("The envelope is open to the province's officers."))
    if request.method == "POST":
        rules.require(request.user, Role.FINANCE_OFFICER)
    scheme = Scheme.objects.get()
    form = CeilingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            envelopes.propose_ceiling(scheme=scheme, by=request.user, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Entered. Another finance officer confirms it."))
            return redirect("awards:envelope")
    envelopes_ = list(lists.envelopes(scheme))
    clocks = law_clocks(scheme, envelopes_, request.clock.today)
    context = {
        "scheme": scheme,
        "years": [_year(e, clocks[e.year], request.clock.today.year) for e in envelopes_],
        "table": ledger.side_by_side(scheme, envelopes_),
        "form": form,
        "finance": has_role(request.user, Role.FINANCE_OFFICER),
        "nav_current": "awards:envelope",
    }
    return render(request, "awards/envelope.html", context, status=422 if form.is_bound else 200)


def _year(envelope: Envelope, clocks: list[LawClock], this_year: int) -> dict[str, Any]:
    changes, carries = envelope.changes.all(), envelope.carried_out.all()
    return {
        "envelope": envelope,
        "loads": ledger.loads(envelope),
        "clocks": clocks,
        "pending": next((c for c in changes if _waits(c)), None),
        "settled": [c for c in changes if not _waits(c)],
        "carrying": next((c for c in carries if _waits(c)), None),
        "carried": [c for c in carries if not _waits(c)],
        "may_carry": envelope.year < min(this_year, envelope.scheme.last_year)
        and envelope.available > 0
        and not envelope.reserved
        and not any(_waits(c) for c in carries),
    }


def _waits(change: EnvelopeChange | CarryOver) -> bool:
    return change.confirmed_at is None and change.refused_at is None


@login_required
@require_POST
def confirm_ceiling(request: SignedInRequest, pk: int) -> HttpResponse:
    """The second officer confirms."""
    rules.require(request.user, Role.FINANCE_OFFICER)
    change = get_object_or_404(EnvelopeChange, pk=pk)
    envelopes.confirm_ceiling(change=change, by=request.user)
    messages.success(request, _("Confirmed; the ceiling is in force."))
    return redirect("awards:envelope")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refuse_ceiling(request: SignedInRequest, pk: int) -> HttpResponse:
    """Refuse a ceiling that waits, or take one's own back, with a reason."""
    rules.require(request.user, Role.FINANCE_OFFICER)
    change = get_object_or_404(EnvelopeChange.objects.select_related("envelope"), pk=pk)
    form = TextForm(request.POST or None, label=_("Reason"))
    if request.method == "POST" and form.is_valid():
        try:
            envelopes.refuse_ceiling(
                change=change, reason=form.cleaned_data["text"], by=request.user
            )
        except Refused as refused:
            refused.field = "text"
            add_refusal(form, refused)
        else:
            messages.success(request, _("Refused. Another ceiling can be entered now."))
            return redirect("awards:envelope")
    context = {"change": change, "form": form, "nav_current": "awards:envelope"}
    return render(
        request, "awards/refuse_ceiling.html", context, status=422 if form.is_bound else 200
    )
