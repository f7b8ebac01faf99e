"""Panels of a call: forming them, moving dossiers, the seats wanted, what the pool can supply."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from applications.models import Call, CallStatus
from audit.refusals import Refused, WrongState
from reviews.forms.panels import PREFIX, MoveForm, SeatSet, SizesForm, one_more, seats_of
from reviews.grouping import LARGEST, SMALLEST
from reviews.models import Panel, PanelApplication
from reviews.office_words import seat_name, shortage_words
from reviews.selectors import draws as drawing
from reviews.selectors import office as reading
from reviews.selectors.quorum import WATCHED
from reviews.services import panels as acts
from reviews.views.expert_words import panel_name
from reviews.views.office import (
    WATCHERS,
    acts_in,
    add_refusal,
    call_of,
    frame,
    guard,
    is_officer,
    posted,
)
from reviews.views.quorum import short_of_scores

PER_PAGE = 50


@login_required
@require_safe
def calls(request: SignedInRequest) -> HttpResponse:
    """The calls whose dossiers can be grouped or are."""
    guard(request, *WATCHERS)
    page = Paginator(reading.calls_to_group(), PER_PAGE).get_page(request.GET.get("page"))
    rows = [_call_row(call) for call in page]
    return render(request, "reviews/panels_calls.html", {"page": page, "rows": rows})


def _call_row(call: Any) -> dict[str, Any]:
    draw = call.live_draws[0] if call.live_draws else None
    return {
        "call": call,
        "state": call.status,
        "state_label": call.get_status_display(),
        "panels": call.panel_count,
        "dossiers": call.dossiers or call.eligible,
        "draw": draw,
    }


@login_required
@require_safe
def panels(request: SignedInRequest, number: str) -> HttpResponse:
    """The panels of one call with their dossiers and seats."""
    return _page(request, call_of(request, number, *WATCHERS))


def _page(
    request: SignedInRequest, call: Call, form: SizesForm | None = None, status: int = 200
) -> HttpResponse:
    shared = frame(request, call, "panels")
    rows, draw = reading.panels_of(call), shared["draw"]
    industries = reading.industries()
    rules = call.rule_set
    changeable = (
        is_officer(request)
        and draw is None
        and call.status in (CallStatus.PUBLISHED, CallStatus.SCREENED)
    )
    drawn_before = changeable and call.draws.exists()
    context = {
        **shared,
        **short_of_scores(call, draw),
        "panels": [_panel(p, industries, matched=rules.by_application) for p in rows],
        "changeable": changeable,
        "matched": rules if rules.by_application else None,
        "may_form": changeable and not drawn_before,
        "may_record": acts_in(request, call)
        and draw is not None
        and draw.status == "drawn"
        and call.status in WATCHED,
        "form": form or SizesForm(initial={"smallest": SMALLEST, "largest": LARGEST}),
        "dossiers": sum(len(p.dossiers) for p in rows),  # type: ignore[attr-defined,misc]  # prefetched
        "waiting": None if rows else _not_yet(call),
        **_supply(request, call, rows, industries, wanted=changeable and bool(rows)),
        "nav_current": "reviews:panels",
    }
    return render(request, "reviews/panels.html", context, status=status)


def _not_yet(call: Call) -> dict[str, int]:
    """How many dossiers are eligible, and how many are still being checked."""
    found = call.applications
    return {
        "eligible": found.filter(status="eligible").count(),
        "checked": found.filter(status__in=reading.STILL_CHECKED).count(),
    }


def _supply(
    request: SignedInRequest, call: Call, rows: list[Panel], industries: Any, *, wanted: bool
) -> dict[str, Any]:
    """Which seats could not be filled, when asked for."""
    if not wanted or "supply" not in request.GET:
        return {"checked": False}
    try:
        found = drawing.supply_report(call)
    except WrongState as refused:
        return {"checked": True, "unreadable": refused.message}
    seats = {str(p.number): {s["id"]: s for s in p.seats_wanted} for p in rows}
    return {
        "checked": True,
        "shortages": [shortage_words(s, seats[s.panel], industries) for s in found],
    }


def _panel(panel: Any, industries: Any, *, matched: bool) -> dict[str, Any]:
    size = len(panel.dossiers)
    return {
        "panel": panel,
        "name": panel_name(panel),
        "count": size,
        # A matching asks nobody to read a whole panel.
        "odd": not matched and not SMALLEST <= size <= LARGEST,
        "seats": [
            {
                "name": seat_name(s["kind"], s["specialty"], industries),
                "count": s["count"],
            }
            for s in panel.seats_wanted
        ],
        "experts": sum(s["count"] for s in panel.seats_wanted),
        "dossiers": [place.application for place in panel.dossiers],
        "requested": sum(p.application.requested or 0 for p in panel.dossiers),
    }


@login_required
@require_http_methods(["POST"])
def form(request: SignedInRequest, number: str) -> HttpResponse:
    """Form the panels, replacing those there are."""
    call, sizes = call_of(request, number, Role.PROGRAMME_OFFICER), SizesForm(request.POST)
    if sizes.is_valid():
        try:
            made = acts.form_panels(call=call, by=request.user, **sizes.cleaned_data)
        except Refused as refused:
            add_refusal(sizes, refused, drawn_again=not call.draws.exists())
        else:
            words = ngettext("%(count)s panel formed.", "%(count)s panels formed.", len(made))
            messages.success(request, words % {"count": len(made)})
            return redirect(f"{reverse('reviews:call_panels', args=[number])}?supply=1")
    return _page(request, call, sizes, 422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Move one dossier to another panel, with a reason."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    place = get_object_or_404(
        PanelApplication.objects.select_related("panel", "application"),
        application=pk,
        panel__call=call,
    )
    others = [p for p in call.panels.order_by("number") if p.pk != place.panel_id]
    words = [
        (p, _("Panel %(number)s: %(name)s") % {"number": p.number, "name": panel_name(p)})
        for p in others
    ]
    form = MoveForm(posted(request), panels=words)
    if request.method == "POST" and form.is_valid():
        target = next(p for p in others if str(p.pk) == form.cleaned_data["panel"])
        try:
            acts.move_dossier(
                application=place.application,
                panel=target,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(
                request,
                _("%(dossier)s is now on panel %(panel)s.")
                % {"dossier": place.application.number, "panel": target.number},
            )
            return redirect("reviews:call_panels", number=number)
    context = {
        "call": call,
        "place": place,
        "form": form,
        "alone": not others,
        "back": reverse("reviews:call_panels", args=[number]),
        "nav_current": "reviews:panels",
    }
    return render(
        request, "reviews/panels_move.html", context, status=422 if form.is_bound else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: SignedInRequest, number: str, panel: int) -> HttpResponse:
    """Which experts a panel wants."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    row = call.panels.filter(number=panel).first()
    if row is None:
        raise Http404
    industries = list(reading.industries().values())
    kwargs: Any = {"form_kwargs": {"industries": industries}, "prefix": PREFIX}
    if request.method != "POST":
        return _seats_page(request, row, SeatSet(initial=row.seats_wanted, **kwargs))
    if "more" in request.POST:
        return _seats_page(request, row, SeatSet(one_more(request.POST), **kwargs))
    formset = SeatSet(request.POST, **kwargs)
    if formset.is_valid():
        try:
            acts.set_seats(panel=row, seats=seats_of(formset), by=request.user)
        except Refused as refused:
            if not formset.forms:
                raise
            formset.forms[0].add_error(None, str(refused.message))
        else:
            messages.success(
                request, _("Panel %(panel)s asks for these experts.") % {"panel": row.number}
            )
            return redirect(f"{reverse('reviews:call_panels', args=[number])}?supply=1")
    return _seats_page(request, row, formset, 422)


def _seats_page(
    request: SignedInRequest, panel: Panel, formset: Any, status: int = 200
) -> HttpResponse:
    context = {
        "call": panel.call,
        "panel": panel,
        "name": panel_name(panel),
        "formset": formset,
        "drawn": panel.call.draws.exclude(status="void").exists(),
        "matched": panel.call.rule_set.by_application,
        "nav_current": "reviews:panels",
    }
    return render(request, "reviews/panels_seats.html", context, status=status)
