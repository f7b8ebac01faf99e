"""An expert's own reviews: invitations, declarations, and how far one is."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role
from audit.refusals import NotVisible, Refused
from calendars.instants import end_of_day
from calendars.selectors import working_days
from reviews.addresses import marks_url
from reviews.forms.declaration import DeclarationForm
from reviews.forms.marks import DeclineForm
from reviews.models import Assignment, AssignmentState, Seat, SeatState, Stage
from reviews.rules import stage_at
from reviews.selectors import expert as own
from reviews.selectors import hearing
from reviews.services import declarations, seats
from reviews.services.seats import answer_due
from reviews.views.expert_words import panel_name, state_of

LEFT = (SeatState.DECLINED, SeatState.REPLACED)


@login_required
@require_safe
def my_reviews(request: SignedInRequest) -> HttpResponse:
    """What waits, then the dossiers of each panel under way, then earlier rounds."""
    if not has_role(request.user, Role.EXPERT):
        raise NotVisible
    now = request.clock.now
    found = [_round(seat, Stage.PAPER, now) for seat in own.seats_of_person(request.user)]
    if any(one["call"].rule_set.has_hearing for one in found):
        heard = [_round(seat, Stage.HEARING, now) for seat in own.hearings_of_person(request.user)]
        found = heard + found
    _set_answer_by(found)
    context = {
        "rounds": [one for one in found if one["under_way"]],
        "earlier": [one for one in found if not one["under_way"]],
        "now": now,
    }
    return render(request, "reviews/expert_list.html", context)


def _round(seat: Seat, stage: Stage, now: datetime) -> dict[str, Any]:
    rows = list(seat.assignments.all())
    progress = own.progress_of([row.state for row in rows])
    opened = progress.total - progress.to_declare
    places = (row.application.hearing for row in rows)
    times = hearing.times_among(seat.panel, places) if stage == Stage.HEARING else {}
    sitting = getattr(seat.panel, "sitting", None) if stage == Stage.HEARING else None
    is_open = seat.panel.call.status in ("in_review", "hearing")
    return {
        "seat": seat,
        "call": seat.panel.call,
        "panel_name": panel_name(seat.panel),
        "progress": progress,
        "answer_by": None,
        "stage": stage.value,
        "under_way": own.is_under_way(seat, stage),
        "sitting": sitting,
        "marks_url": marks_url(seat.pk, stage),
        "is_open": is_open,
        "goes_offline": stage == stage_at(seat.panel.call),
        "may_mark": is_open and (sitting is None or sitting.starts_at <= now),
        "has_left": seat.state in LEFT,
        "next": next((r for r in rows if r.state == AssignmentState.OPEN), None),
        # Titles are shown only where the expert may read the dossier.
        "rows": [_row(row, n, times.get(row.application_id)) for n, row in enumerate(rows, start=1)]
        if opened and not progress.to_declare
        else [],
    }


def _set_answer_by(rounds: list[dict[str, Any]]) -> None:
    """Until when the expert has to answer each invitation; one query where there is one."""
    invited = [one for one in rounds if one["seat"].state == SeatState.INVITED]
    table = working_days() if invited else None
    for one in invited:
        if table is not None:
            one["answer_by"] = end_of_day(answer_due(one["seat"], table).day)


def _row(row: Assignment, order: int, at: datetime | None) -> dict[str, Any]:
    tone, word = state_of(row)
    return {
        "pk": row.pk,
        "order": order,
        "at": at,
        "title": row.application.title,
        "firm": row.application.firm.name,
        "state": tone,
        "state_label": word,
        "points": own.points_given(row) if row.state not in own.LEFT else None,
        "readable": row.state in own.READABLE,
    }


def own_seat(request: SignedInRequest, pk: int, *states: str) -> Seat:
    """The person's own seat in one of these states; otherwise there is no such page."""
    seat = own.seat_of(request.user, pk) if has_role(request.user, Role.EXPERT) else None
    if seat is None or (states and seat.state not in states):
        raise NotVisible
    return seat


@login_required
@require_POST
def accept_seat(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept an invitation; the declaration comes next."""
    seat = own_seat(request, pk)
    try:
        seats.accept(seat=seat, by=request.user)
    except NotVisible:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:my_reviews")
    messages.success(request, _("You have accepted. Now declare for each dossier."))
    return redirect("reviews:declare", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline_seat(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the seat back with a reason; the next in the drawn order is invited."""
    seat = own_seat(request, pk, SeatState.INVITED, SeatState.ACCEPTED)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            seats.decline(seat=seat, reason=form.cleaned_data["reason"], by=request.user)
        except NotVisible:
            raise
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field == "reason" else None, str(refusal))
        else:
            messages.success(request, _("You have given the seat back. Thank you for telling us."))
            return redirect("reviews:my_reviews")
    context = {"seat": seat, "call": seat.panel.call, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "reviews/expert_decline.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: SignedInRequest, pk: int) -> HttpResponse:
    """One answer for each dossier; of a dossier only its title and its firm are shown."""
    rows = own.undeclared(request.user, pk) if has_role(request.user, Role.EXPERT) else []
    if not rows:
        own_seat(request, pk, SeatState.ACCEPTED)
        return redirect("reviews:my_reviews")
    seat = rows[0][1].seat
    form = DeclarationForm(rows, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid:
        try:
            kept = declarations.declare_all(seat=seat, answers=form.answers, by=request.user)
        except NotVisible:
            raise
        except Refused as refusal:
            form.problems.append(str(refusal))
        else:
            conflicts = sum(line.answer == "conflict" for line in form.lines)
            messages.success(request, declared_words(kept[0].seat, conflicts))
            return redirect("reviews:my_reviews")
    context = {
        "seat": seat,
        "call": seat.panel.call,
        "panel_name": panel_name(seat.panel),
        "form": form,
        "unanswered": sum(bool(line.error) for line in form.lines),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "reviews/expert_declare.html", context, status=status)


def declared_words(seat: Seat, conflicts: int) -> str:
    """What an expert is told who declared so many conflicts; `seat` as it is after that."""
    if not conflicts:
        return _("Your declaration is kept. The dossiers are open to you.")
    if seat.state != SeatState.ACCEPTED:
        return _(
            "Your declaration is kept. You are recused from too many dossiers of this panel to sit "
            "on it: the seat passes to the next in the drawn order, and its dossiers close for you."
        )
    return _("Your declaration is kept. You are recused from %(count)d of the dossiers.") % {
        "count": conflicts
    }
