"""离线评分 for the office: blank sheets to print, who types them in, how far each has come."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.selectors import users_with_role
from audit.refusals import NotVisible, Refused
from reviews.forms.offline import ScribeForm
from reviews.models import AssignmentState, ImportStatus, Panel, Seat
from reviews.rules import SCRIBES, is_scribe, stage_at
from reviews.selectors import offline as reading
from reviews.services import scribes as acts
from reviews.views.expert_words import panel_name
from reviews.views.office import WATCHERS, add_refusal, call_of, is_officer, posted
from reviews.views.offline import workbook_of

# Tone and word of how far the paper of one seat has come.
STANDS: dict[str, tuple[str, Promise]] = {
    "": ("todo", pgettext_lazy("paper sheets", "nothing typed in")),
    "signed": ("locked", pgettext_lazy("paper sheets", "signed and locked")),
    ImportStatus.PENDING: ("wait", pgettext_lazy("paper sheets", "waits for the second scribe")),
    ImportStatus.CONFIRMED: ("warn", pgettext_lazy("paper sheets", "checked, not locked yet")),
    ImportStatus.RETURNED: ("act", pgettext_lazy("paper sheets", "returned")),
    ImportStatus.WITHDRAWN: ("todo", pgettext_lazy("paper sheets", "taken back")),
}


def stand_of(seat: Seat) -> tuple[str, Promise]:
    """Of a seat with its panel's call, assignments and paper imports fetched, newest first, in the
    stage at hand.
    """
    stage = stage_at(seat.panel.call)
    mine = (a for a in seat.assignments.all() if a.stage == stage)
    if any(a.state == AssignmentState.LOCKED for a in mine):
        return STANDS["signed"]
    newest = next((one for one in seat.imports.all() if one.stage == stage), None)
    return STANDS[newest.status if newest else ""]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def panel_offline(request: SignedInRequest, number: str, panel: int) -> HttpResponse:
    """Blank sheets, the state of each paper, the scribes; a supervisor names one more."""
    call = call_of(request, number, *WATCHERS)
    found = get_object_or_404(Panel.objects.select_related("call"), call=call, number=panel)
    supervisor = has_role(request.user, Role.SUPERVISOR)
    under_way = call.status in reading.TAKEN_AWAY
    form = _form(request, found) if supervisor and under_way else None
    if request.method == "POST":
        if form is None:
            raise NotVisible
        if form.is_valid() and _appointed(request, found, form):
            return redirect("reviews:panel_offline", number, panel)
    seats = reading.seats_with_imports(found)
    context = {
        "call": call,
        "panel": found,
        "panel_name": panel_name(found),
        "stage": stage_at(call),
        "seats": [{"seat": s, "stand": stand_of(s)} for s in seats],
        "scribes": list(reading.scribes_of(found)),
        "prints": is_officer(request) and under_way and bool(seats),
        "form": form,
        "nav_current": "reviews:panels",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "reviews/offline_panel.html", context, status=status)


def _form(request: SignedInRequest, panel: Panel) -> ScribeForm:
    people = User.objects.none()
    for role in SCRIBES:
        people = people | users_with_role(role)
    named = panel.scribes.values("user")
    return ScribeForm(posted(request), people=people.exclude(pk__in=named))


def _appointed(request: SignedInRequest, panel: Panel, form: ScribeForm) -> bool:
    try:
        scribe = acts.appoint_scribe(panel=panel, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("%(name)s is a scribe now and has been told.") % {
        "name": scribe.user.name
    })  # fmt: skip
    return True


@login_required
@require_safe
def panel_sheets(request: SignedInRequest, number: str, panel: int) -> HttpResponse:
    """Blank sheets of all experts of a panel that can be printed now; never with a mark."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    found = get_object_or_404(Panel.objects.select_related("call"), call=call, number=panel)
    blocks = reading.panel_blocks(found)
    by_expert: dict[str, Any] = {s.expert.pseudonym: rows for s, rows in blocks.items()}
    return workbook_of(found, by_expert, for_paper=True)


@login_required
@require_safe
def seat_sheets(request: SignedInRequest, pk: int) -> HttpResponse:
    """Blank sheets of one expert, for the officer and for the panel's scribes."""
    seat = reading.seat_to_type_in(pk)
    if seat is None or not (is_officer(request) or is_scribe(request.user, seat.panel_id)):
        raise NotVisible
    blocks = reading.blocks_of(seat, with_marks=False)
    return workbook_of(seat.panel, {seat.expert.pseudonym: blocks}, for_paper=True)
