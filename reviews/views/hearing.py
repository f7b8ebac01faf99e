"""The hearing as the office runs it: shortlist, day and place, minutes."""

from datetime import time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from applications.call_reading import hearing_rows
from applications.models import Call, CallStatus
from audit.clock import SHANGHAI
from audit.refusals import Refused
from calendars.deadlines import due
from calendars.selectors import working_days
from reviews.forms.draws import DueForm
from reviews.forms.hearing import SittingForm
from reviews.models import Panel, ShortlistEntry
from reviews.selectors import hearing as reading
from reviews.services import hearing as acts
from reviews.views.expert_words import panel_name
from reviews.views.office import WATCHERS, acts_in, add_refusal, call_of, frame, posted


def heard_call(request: SignedInRequest, number: str, *roles: Role) -> Call:
    """A call whose rules have a hearing, from the close of the paper review on."""
    call = call_of(request, number, *roles)
    early = (CallStatus.PUBLISHED, CallStatus.SCREENED, CallStatus.IN_REVIEW)
    if not call.rule_set.has_hearing or call.status in early:
        raise Http404
    return call


@login_required
@require_safe
def hearing(request: SignedInRequest, number: str) -> HttpResponse:
    """The shortlist in the order of the lot, with times and minutes; who is not on it, and why."""
    return _page(request, heard_call(request, number, *WATCHERS))


def _page(
    request: SignedInRequest, call: Call, form: DueForm | None = None, status: int = 200
) -> HttpResponse:
    shortlist = reading.shortlist_of(call)
    entries = reading.entries_of(call) if shortlist else []
    running = call.status == CallStatus.HEARING
    context = {
        **frame(request, call, "hearing"),
        "shortlist": shortlist,
        "panels": _panels(request, call, entries),
        "off": [entry for entry in entries if entry.place is None],
        "rules": hearing_rows(call.rule_set),
        "form": form or _due_form(request, call),
        "running": running,
        "may_act": running and acts_in(request, call),
        "nav_current": "reviews:panels",
    }
    return render(request, "reviews/hearing.html", context, status=status)


def _due_form(request: SignedInRequest, call: Call) -> DueForm:
    """The usual deadline: as many working days from today as the paper review has."""
    day = due(request.clock.today, call.rule_set.scoring_days, working_days()).day
    return DueForm(initial={"day": day, "hour": time(17)})


def _panels(
    request: SignedInRequest, call: Call, entries: list[ShortlistEntry]
) -> list[dict[str, Any]]:
    """The panels that hear, each with its dossiers in the order of the lot."""
    found: dict[int, dict[str, Any]] = {}
    for entry in sorted(entries, key=lambda e: (e.panel.number, e.place or 0)):
        if entry.place is None:
            continue
        panel = found.setdefault(
            entry.panel.number,
            {
                "panel": entry.panel,
                "name": panel_name(entry.panel),
                "sitting": getattr(entry.panel, "sitting", None),
                "rows": [],
            },
        )
        panel["rows"].append(_row(request, call, entry))
    for panel in found.values():
        sitting = panel["sitting"]
        panel["may_set"] = sitting is None or sitting.starts_at > request.clock.now
    return list(found.values())


def _row(request: SignedInRequest, call: Call, entry: ShortlistEntry) -> dict[str, Any]:
    slot = reading.slot_at(entry, call)
    minutes = getattr(entry, "minutes", None)
    begun = slot is not None and slot.begins <= request.clock.now
    tone, word = "todo", pgettext("hearing of a dossier", "to be heard")
    if minutes is not None:
        tone = "done" if minutes.came else "stop"
        word = (
            pgettext("hearing of a dossier", "heard")
            if minutes.came
            else pgettext("hearing of a dossier", "did not come")
        )
    return {
        "entry": entry,
        "slot": slot,
        "minutes": minutes,
        "due": begun and minutes is None,
        "tone": tone,
        "word": word,
    }


@login_required
@require_POST
def shortlist(request: SignedInRequest, number: str) -> HttpResponse:
    """Draw up the shortlist; the order follows from the draw's seed."""
    call, form = heard_call(request, number, Role.PROGRAMME_OFFICER), DueForm(request.POST)
    if form.is_valid():
        try:
            acts.draw_up_shortlist(call=call, due_at=form.due_at(), by=request.user)
        except Refused as refused:
            add_refusal(form, refused, drawn_again=reading.shortlist_of(call) is None)
        else:
            messages.success(request, _("The shortlist stands; every firm has been told."))
            return redirect("reviews:hearing", number=number)
    return _page(request, call, form, 422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sitting(request: SignedInRequest, number: str, panel: int) -> HttpResponse:
    """Set day and place of a panel's hearing."""
    call = heard_call(request, number, Role.PROGRAMME_OFFICER)
    found = get_object_or_404(
        Panel.objects.select_related("call", "sitting"), call=call, number=panel
    )
    stands = getattr(found, "sitting", None)
    initial = {"day": request.clock.today, "hour": time(9)}
    if stands is not None:
        starts = stands.starts_at.astimezone(SHANGHAI)
        initial = {"day": starts.date(), "hour": starts.time(), "venue": stands.venue}
    form = SittingForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            acts.set_sitting(
                panel=found,
                starts_at=form.starts_at(),
                venue=form.cleaned_data["venue"],
                by=request.user,
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Set. Each firm is told its own hour, the experts too."))
            return redirect("reviews:hearing", number=number)
    context = {
        "call": call,
        "panel": found,
        "name": panel_name(found),
        "form": form,
        "back": reverse("reviews:hearing", args=[number]),
        "nav_current": "reviews:panels",
    }
    return render(
        request, "reviews/hearing_sitting.html", context, status=422 if form.is_bound else 200
    )
