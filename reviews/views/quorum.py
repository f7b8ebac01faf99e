"""Dossiers with too few scores: which they are, and two people's word that they go on."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_any_role
from applications.models import Application, Call
from audit.refusals import Refused
from reviews.forms.draws import ShortfallForm
from reviews.models import Draw, Shortfall
from reviews.selectors import quorum as reading
from reviews.services import quorum as acts
from reviews.views.office import WATCHERS, add_refusal, call_of, guard, posted

DECIDERS = (Role.PROGRAMME_OFFICER, Role.APPROVER)


def short_of_scores(call: Call, draw: Draw | None) -> dict[str, Any]:
    """What `reviews/short.html` shows: dossiers that can no longer get their scores, and whether
    somebody's word on them waits or stands.
    """
    if draw is None or draw.drawn_at is None or call.status not in reading.WATCHED:
        return {"short": []}
    short = reading.short_dossiers(call)
    said = list(call.shortfalls.select_related("proposed_by")) if short else []
    agreed = {pk for row in said if row.confirmed_at is not None for pk in row.applications}
    return {
        "short": [
            {"row": row, "agreed": row.application.pk in agreed, "left": row.needed - row.possible}
            for row in short
        ],
        "short_open": [row for row in short if row.application.pk not in agreed],
        "shortfalls": [row for row in said if row.confirmed_at is None],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedInRequest, number: str) -> HttpResponse:
    """The officer's reason why the dossiers that are short go on; a second person agrees."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    form = ShortfallForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            acts.propose_shortfall(call=call, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Recorded. It counts once a second person agrees."))
            return redirect("reviews:progress", number=number)
    agreed = reading.agreed(call)
    context = {
        "call": call,
        "form": form,
        "short": [a for a in reading.short_now(call, request.clock.now) if a.pk not in agreed],
        "back": reverse("reviews:progress", args=[number]),
        "nav_current": "reviews:panels",
    }
    return render(
        request, "reviews/shortfall_new.html", context, status=422 if form.is_bound else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def shortfall(request: SignedInRequest, pk: int) -> HttpResponse:
    """One such word: the dossiers, the reason, who gave it and who agreed; POST agrees."""
    guard(request, *WATCHERS, Role.APPROVER)
    row = get_object_or_404(
        Shortfall.objects.select_related("call", "proposed_by", "confirmed_by"), pk=pk
    )
    if request.method == "POST":
        acts.confirm_shortfall(shortfall=row, by=request.user)
        messages.success(request, _("Agreed. The officer may close the scoring or rank."))
        return redirect("reviews:shortfall", pk=pk)
    named = Application.objects.filter(pk__in=row.applications).select_related("firm")
    context = {
        "call": row.call,
        "row": row,
        "dossiers": named.order_by("number"),
        "may_agree": row.confirmed_at is None
        and row.proposed_by_id != request.user.pk
        and has_any_role(request.user, *DECIDERS),
        "watches": has_any_role(request.user, *WATCHERS),
        "nav_current": "reviews:panels",
    }
    return render(request, "reviews/shortfall.html", context)
