"""Scoring as the office follows it: who has come how far, never a mark; opening, more time,
closing.
"""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from applications.models import Call, CallStatus
from audit.refusals import Refused, WrongState
from audit.selectors import events_of
from calendars.deadlines import due
from calendars.selectors import working_days
from reviews.forms.draws import DueForm, ExtendForm
from reviews.models import SeatState, Stage
from reviews.office_words import GROUNDS, SEAT_STATES
from reviews.selectors import hearing, quorum, scores
from reviews.selectors import office as reading
from reviews.services import opening
from reviews.services import ranking as acts
from reviews.views.expert_words import panel_name
from reviews.views.office import HEARD, WATCHERS, acts_in, add_refusal, call_of, frame
from reviews.views.quorum import short_of_scores

SHOWN = 50


@login_required
@require_safe
def progress(request: SignedInRequest, number: str) -> HttpResponse:
    """Counts by panel and expert."""
    return _page(request, call_of(request, number, *WATCHERS))


def _page(
    request: SignedInRequest, call: Call, form: Any = None, status: int = 200
) -> HttpResponse:
    stage = stage_shown(call)
    shared, by_panel = frame(request, call, "progress"), scores.progress(call, stage)
    panels = [_panel(panel, by_panel.get(panel.pk, [])) for panel in call.panels.order_by("number")]
    experts = [e for rows in by_panel.values() for e in rows]
    signed, sheets = sum(e.signed for e in experts), sum(e.of for e in experts)
    done = sum(e.done for e in experts)
    due_at, now = call.scoring_due_at, request.clock.now
    heard = stage == Stage.HEARING and call.status == CallStatus.HEARING
    running = call.status == CallStatus.IN_REVIEW or heard
    over = bool(due_at and due_at <= now)
    unsigned = reading.unsigned(call) if running else 0
    recusals = list(reading.recusals_of(call)[: SHOWN + 1])
    more = len(recusals) > SHOWN
    context = {
        **shared,
        **short_of_scores(call, shared["draw"]),
        "panels": panels,
        "experts": len(experts),
        "signed": signed,
        "sheets": sheets,
        "done": done,
        "done_loads": [done],
        "running": running,
        "stage": stage,
        "opened_at": _opened_at(call) if running else None,
        "over": over,
        "unsigned": unsigned,
        "opening": acts_in(request, call) and call.status == CallStatus.SCREENED,
        "obstacle": _obstacle(call, experts) if call.status == CallStatus.SCREENED else "",
        "may_close": acts_in(request, call) and running and (not unsigned or over),
        "may_extend": acts_in(request, call) and running,
        "form": form or _form(request, call),
        "recusals": [
            {
                "row": r,
                "ground": GROUNDS.get(r.reason, r.reason),
                "kind": r.get_ground_display(),
            }
            for r in recusals[:SHOWN]
        ],
        "recusal_count": reading.recusals_of(call).count() if more else len(recusals),
        "nav_current": "reviews:panels",
    }
    return render(request, "reviews/progress.html", context, status=status)


def stage_shown(call: Call) -> Stage:
    """The hearing once its shortlist stands; the paper review before, and where there is none."""
    has_hearing = call.status in HEARD and call.rule_set.has_hearing
    return Stage.HEARING if has_hearing and hearing.has_shortlist(call) else Stage.PAPER


def _opened_at(call: Call) -> datetime | None:
    """When the scoring was opened, by the log, or the shortlist of the hearing drawn up."""
    if call.status == CallStatus.HEARING:
        shortlist = hearing.shortlist_of(call)
        return shortlist.made_at if shortlist is not None else None
    opened = events_of(call).filter(action="call.to_in_review").values_list("at", flat=True)
    return opened.last()


def _panel(panel: Any, rows: list[scores.ExpertProgress]) -> dict[str, Any]:
    return {
        "panel": panel,
        "name": panel_name(panel),
        "experts": [
            {"row": e, "state_label": SEAT_STATES[e.state], "open": e.of - e.done} for e in rows
        ],
        "signed": sum(e.signed for e in rows),
        "done": sum(e.done for e in rows),
        "of": sum(e.of for e in rows),
    }


def _obstacle(call: Call, experts: list[scores.ExpertProgress]) -> str:
    """What still stands in the way of opening the scoring; empty when nothing does."""
    if not experts:
        return _("The experts have not been drawn yet.")
    open_ = sum(e.state == SeatState.INVITED for e in experts)
    if open_:
        return ngettext(
            "%(count)s expert has not answered the invitation yet.",
            "%(count)s experts have not answered their invitation yet.",
            open_,
        ) % {"count": open_}
    return ""


def _form(request: SignedInRequest, call: Call) -> DueForm:
    """The usual deadline: so many working days from today by the call's rules."""
    day = due(request.clock.today, call.rule_set.scoring_days, working_days()).day
    initial = {"day": day, "hour": time(17)}
    return (
        ExtendForm(initial=initial)
        if call.status in (CallStatus.IN_REVIEW, CallStatus.HEARING)
        else DueForm(initial=initial)
    )


@login_required
@require_POST
def open_scoring(request: SignedInRequest, number: str) -> HttpResponse:
    """Open the scoring until a deadline."""
    call, form = call_of(request, number, Role.PROGRAMME_OFFICER), DueForm(request.POST)
    if call.status != CallStatus.SCREENED:
        raise WrongState(_("Scoring cannot be opened in this state of the call."))
    if form.is_valid():
        try:
            opening.open_scoring(call=call, due_at=form.due_at(), by=request.user)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Scoring is open; every expert has been told."))
            return redirect("reviews:progress", number=number)
    return _page(request, call, form, 422)


@login_required
@require_POST
def extend(request: SignedInRequest, number: str) -> HttpResponse:
    """Give the experts more time."""
    call, form = call_of(request, number, Role.PROGRAMME_OFFICER), ExtendForm(request.POST)
    if form.is_valid():
        try:
            opening.extend_scoring(
                call=call,
                due_at=form.due_at(),
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refused:
            extendable = call.status in (CallStatus.IN_REVIEW, CallStatus.HEARING)
            add_refusal(form, refused, drawn_again=extendable)
        else:
            messages.success(request, _("The experts have more time; every one has been told."))
            return redirect("reviews:progress", number=number)
    return _page(request, call, form, 422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, number: str) -> HttpResponse:
    """Close the scoring for ever; says what would not count, and what keeps it open."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    heard = call.status == CallStatus.HEARING
    if request.method == "POST":
        return _close(request, call, heard=heard)
    is_open = call.status in (CallStatus.IN_REVIEW, CallStatus.HEARING)
    short = scores.too_few(call, hearing=heard) if is_open else []
    agreed = quorum.agreed(call) if short else set()
    context = {
        "call": call,
        "short": [a for a in short if a.pk not in agreed],
        "going_on": [a for a in short if a.pk in agreed],
        "waiting": quorum.waiting().filter(call=call),
        "unsigned": reading.unsigned(call),
        "heard": heard,
        "before_hearing": not heard and call.rule_set.has_hearing,
        "fields": [("stage", call.status)],
        "back": reverse("reviews:progress", args=[number]),
        "nav_current": "reviews:panels",
    }
    return render(request, "reviews/progress_close.html", context)


def _close(request: SignedInRequest, call: Call, *, heard: bool) -> HttpResponse:
    """Close the stage that the page showed and go where the next act is."""
    if request.POST.get("stage", call.status) != call.status:
        raise WrongState  # a page left open since the paper review does not close the hearing
    if heard:
        acts.close_hearing(call=call, by=request.user)
    else:
        acts.close_scoring(call=call, by=request.user)
    if call.rule_set.has_hearing and not heard:
        messages.success(request, _("The paper review is closed. Draw up the shortlist next."))
        return redirect("reviews:hearing", number=call.number)
    messages.success(request, _("Scoring is closed. Compute the ranking next."))
    return redirect("reviews:ranking", number=call.number)
