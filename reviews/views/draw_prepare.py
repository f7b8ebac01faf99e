"""Before a draw: what it would stand on, whether every seat can be filled, and its freezing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.roles import Role
from audit.refusals import Refused, WrongState
from reviews.forms.draws import PrepareForm
from reviews.office_words import shortage_words
from reviews.selectors import draws as drawing
from reviews.selectors import naming
from reviews.selectors import office as reading
from reviews.services import draws as acts
from reviews.views.expert_words import panel_name
from reviews.views.office import add_refusal, call_of, frame, posted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: SignedInRequest, number: str) -> HttpResponse:
    """What the draw would stand on, whether every seat can be filled; POST freezes it."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    last = reading.last_draw(call)
    if last is not None and last.status != "void":
        return redirect("reviews:draw", number=last.number)
    form = PrepareForm(posted(request), again=last is not None)
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.prepare_draw(call=call, by=request.user, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(
                request, _("The list is frozen. Now you and a supervisor each seal a number.")
            )
            return redirect("reviews:draw", number=made.number)
    rows, industries = reading.panels_of(call), reading.industries()
    context = {
        **frame(request, call, "panels"),
        "form": form,
        "again": last is not None,
        "voided": last,
        "panels": [
            {
                "panel": p,
                "name": panel_name(p),
                "dossiers": len(p.dossiers),  # type: ignore[attr-defined]  # prefetched
                "experts": _asked_for(call, p),
            }
            for p in rows
        ],
        **_supply(call, rows, industries),
        "namesakes": len(naming.undecided(call, drawing.candidates(call))),
        "nav_current": "reviews:draws",
    }
    return render(
        request, "reviews/draw_prepare.html", context, status=422 if form.is_bound else 200
    )


def _asked_for(call: Any, panel: Any) -> str:
    rules = call.rule_set
    if rules.by_application:
        return _("%(n)s for each dossier") % {"n": rules.panel_size}
    return str(sum(seat["count"] for seat in panel.seats_wanted))


def _supply(call: Any, rows: list[Any], industries: Any) -> dict[str, Any]:
    try:
        found = drawing.supply_report(call)
    except WrongState as refused:
        return {"unreadable": refused.message, "shortages": []}
    seats = {str(p.number): {s["id"]: s for s in p.seats_wanted} for p in rows}
    return {"shortages": [shortage_words(s, seats[s.panel], industries) for s in found]}
