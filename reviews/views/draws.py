"""The draw of experts on two screens: the officer's who presses and the supervisor's who
witnesses.
"""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import CallStatus
from audit.refusals import Refused
from reviews.draw_words import DRAW_STATES, figure_words, verification
from reviews.forms.draws import PressForm, ReasonForm, RevealForm, SealForm, VoidForm
from reviews.models import Draw, Seat
from reviews.selectors import certificates
from reviews.selectors import office as reading
from reviews.services import draws as acts
from reviews.services import seats as seating
from reviews.services import voiding
from reviews.views import draw_page
from reviews.views.office import WATCHERS, add_refusal, frame, guard, is_officer, posted

PER_PAGE = 50


@login_required
@require_safe
def draws(request: SignedInRequest) -> HttpResponse:
    """Every draw, and the calls that wait for one."""
    guard(request, *WATCHERS)
    page = Paginator(reading.draws(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {
                "draw": d,
                "label": DRAW_STATES[d.status],
                "turn": draw_page.turn(d, request.user),
            }
            for d in page
        ],
        "ready": reading.calls_to_draw(),
        "officer": is_officer(request),
    }
    return render(request, "reviews/draws.html", context)


def _draw(request: SignedInRequest, number: str) -> Draw:
    guard(request, *WATCHERS)
    return get_object_or_404(
        Draw.objects.select_related("call__scheme", "operator", "supervisor", "voided_by"),
        number=number,
    )


@login_required
@require_safe
def draw(request: SignedInRequest, number: str) -> HttpResponse:
    """One draw; with ?verify it is computed again."""
    return _page(request, _draw(request, number))


def _page(request: SignedInRequest, row: Draw, form: Any = None, status: int = 200) -> HttpResponse:
    turn = draw_page.turn(row, request.user)
    read = None if row.drawn_at is None else certificates.read(row)
    groups = draw_page.result(request, row, read.replacements) if read else []
    seats = [s["seat"] for g in groups for s in g["seats"]]
    if form is None and turn == "reveal":
        form = RevealForm()
    if form is None and turn == "press":
        form = PressForm(source=row.public_entropy_source)
    context = {
        **frame(request, row.call, "draw"),
        "draw": row,
        "state_label": DRAW_STATES[row.status],
        "turn": turn,
        "held_by": draw_page.held_by(row),
        "form": form,
        "steps_taken": draw_page.steps(row, read.steps if read else certificates.course(row)),
        "groups": groups,
        # Who was matched has no place; whoever follows has one.
        "ordered": any(s["place"] for g in groups for s in g["seats"]),
        "panels": row.input["panels"],
        "candidates": len(row.input["experts"]),
        "recusals": len(row.input["recusals"]),
        "seats": {
            "all": len([s for s in seats if s.state in ("invited", "accepted")]),
            "accepted": len([s for s in seats if s.state == "accepted"]),
            "invited": len([s for s in seats if s.state == "invited"]),
            "vacant": draw_page.vacancies(seats),
        },
        "figures": figure_words(row),
        "verification": verification(acts.reproduce(row, read), matched=bool(row.figures))
        if read and "verify" in request.GET
        else None,
        "may_void": has_role(request.user, Role.SUPERVISOR)
        and row.operator_id != request.user.pk
        and row.status != "void"
        and row.call.status == CallStatus.SCREENED,
        "may_open": is_officer(request)
        and row.status == "drawn"
        and row.call.status == CallStatus.SCREENED,
        "supervises": has_role(request.user, Role.SUPERVISOR),
        "nav_current": "reviews:draws",
    }
    return render(request, "reviews/draw.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seal(request: SignedInRequest, number: str) -> HttpResponse:
    """A number on the person's own screen: generated or typed, sealed by its digest alone."""
    row = _draw(request, number)
    if draw_page.turn(row, request.user) != "seal":
        return redirect("reviews:draw", number=number)
    form = SealForm(posted(request), initial={"secret": acts.new_secret()})
    if request.method == "POST" and form.is_valid():
        try:
            acts.commit_secret(draw=row, secret=form.cleaned_data["secret"], by=request.user)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(
                request, _("Sealed. Only its digest is kept here; the number itself is with you.")
            )
            return redirect("reviews:draw", number=number)
    context = {"draw": row, "form": form, "nav_current": "reviews:draws"}
    return render(request, "reviews/draw_seal.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def reveal(request: SignedInRequest, number: str) -> HttpResponse:
    """The supervisor reveals."""
    row, form = _draw(request, number), RevealForm(request.POST)
    if form.is_valid():
        try:
            acts.reveal_supervisor(draw=row, secret=form.cleaned_data["secret"], by=request.user)
        except Refused as refused:
            row = _draw(request, number)  # as it stands now: somebody may have been faster
            mine = draw_page.turn(row, request.user) == "reveal"
            add_refusal(form, refused, drawn_again=mine)
        else:
            messages.success(request, _("Revealed. The officer can press the draw now."))
            return redirect("reviews:draw", number=number)
    return _page(request, row, form, 422)


@login_required
@require_POST
def press(request: SignedInRequest, number: str) -> HttpResponse:
    """The officer reveals and presses."""
    row = _draw(request, number)
    form = PressForm(request.POST, source=row.public_entropy_source)
    if form.is_valid():
        try:
            acts.perform_draw(draw=row, by=request.user, **form.cleaned_data)
        except Refused as refused:
            row = _draw(request, number)  # as it stands now: somebody may have been faster
            mine = draw_page.turn(row, request.user) == "press"
            add_refusal(form, refused, drawn_again=mine)
        else:
            messages.success(request, _("Drawn. Every expert has been invited."))
            return redirect("reviews:draw", number=number)
    return _page(request, row, form, 422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: SignedInRequest, number: str) -> HttpResponse:
    """The supervisor declares a draw void, with the reason."""
    row = _draw(request, number)
    guard(request, Role.SUPERVISOR)
    form = VoidForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            voiding.void_draw(draw=row, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Void. The officer can prepare a new draw with a reason."))
            return redirect("reviews:draw", number=number)
    context = {
        "draw": row,
        "form": form,
        "back": reverse("reviews:draw", args=[number]),
        "nav_current": "reviews:draws",
    }
    return render(request, "reviews/draw_void.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pass_over(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Ask the next in the drawn order instead of an expert who does not answer."""
    row = _draw(request, number)
    guard(request, Role.PROGRAMME_OFFICER)
    seat = get_object_or_404(Seat.objects.select_related("panel", "expert__user"), pk=pk, draw=row)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            follower = seating.pass_over(
                seat=seat, reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            if follower is None:
                messages.warning(request, _("Nobody is left in the drawn order of this seat."))
            else:
                messages.success(
                    request,
                    _("%(expert)s is next in the drawn order and has been invited.")
                    % {"expert": follower.expert.pseudonym},
                )
            return redirect("reviews:draw", number=number)
    context = {
        "draw": row,
        "seat": seat,
        "form": form,
        "back": reverse("reviews:draw", args=[number]),
        "nav_current": "reviews:draws",
    }
    return render(
        request, "reviews/draw_pass_over.html", context, status=422 if form.is_bound else 200
    )


@login_required
@require_safe
def certificate(request: SignedInRequest, number: str) -> HttpResponse:
    """Everything about the draw in one file, by pseudonym, for whoever wants to recompute it."""
    row = _draw(request, number)
    if row.drawn_at is None:
        raise Http404
    body = json.dumps(certificates.certificate_of(row), ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="draw-{row.number}.json"'
    return response
