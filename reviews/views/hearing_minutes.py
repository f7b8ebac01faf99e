"""The minutes of one hearing: kept once, corrected by two people, every version shown."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.roles import Role
from applications.models import Call, CallStatus
from audit.refusals import Refused
from reviews.forms.hearing import CorrectionForm, MinutesForm
from reviews.models import HearingMinutes, MinutesCorrection, ShortlistEntry
from reviews.rules import other_part
from reviews.selectors import hearing as reading
from reviews.services import hearing_minutes
from reviews.services import minutes_corrections as corrections
from reviews.views.hearing import heard_call
from reviews.views.office import WATCHERS, acts_in, add_refusal, is_officer, posted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Keep the minutes of one hearing; the supervisor reads what is kept."""
    call = heard_call(request, number, *WATCHERS)
    entry = _entry(call, pk)
    kept = getattr(entry, "minutes", None)
    writes = kept is None and acts_in(request, call) and call.status == CallStatus.HEARING
    if request.method == "POST" and not writes:
        raise Http404
    slot = reading.slot_at(entry, call)
    begun = slot is not None and slot.begins <= request.clock.now
    form = MinutesForm(posted(request)) if writes and (begun or request.method == "POST") else None
    if form is not None and form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            hearing_minutes.record_minutes(
                entry=entry,
                came=given["came"] == "yes",
                number=given["number"],
                text=given["text"],
                by=request.user,
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("The minutes are kept."))
            return redirect("reviews:hearing", number=number)
    status = 422 if form is not None and form.is_bound else 200
    return _page(request, call, entry, status, form=form)


def _entry(call: Call, pk: int) -> ShortlistEntry:
    return get_object_or_404(
        ShortlistEntry.objects.select_related(
            "shortlist__call", "application__firm", "minutes__recorded_by", "panel__sitting"
        ),
        shortlist__call=call,
        application=pk,
        place__isnull=False,
    )


def _page(
    request: SignedInRequest, call: Call, entry: ShortlistEntry, status: int = 200, **more: Any
) -> HttpResponse:
    kept = getattr(entry, "minutes", None)
    rows = list(kept.corrections.select_related("proposed_by", "decided_by")) if kept else []
    pending = next((row for row in rows if row.accepted is None), None)
    corrects = acts_in(request, call) and call.status in reading.CORRECTED_IN
    form = more.pop("correction", None)
    if kept is not None and form is None and corrects and pending is None:
        stands = next((row for row in reversed(rows) if row.accepted), kept)
        form = CorrectionForm(initial={"number": stands.number, "text": stands.text})
    context = {
        "call": call,
        "entry": entry,
        "application": entry.application,
        "slot": reading.slot_at(entry, call),
        "minutes": kept,
        "versions": _versions(kept, rows),
        "pending": pending,
        "decides": pending is not None and corrects and pending.proposed_by_id != request.user.pk,
        "correction": form,
        "barred": other_part(call) if is_officer(request) else None,
        "back": reverse("reviews:hearing", args=[call.number]),
        "nav_current": "reviews:panels",
        **more,
    }
    return render(request, "reviews/hearing_minutes.html", context, status=status)


def _versions(kept: HearingMinutes | None, rows: list[MinutesCorrection]) -> list[dict[str, Any]]:
    """The minutes and what was confirmed or refused since, the newest first."""
    if kept is None:
        return []
    found: list[dict[str, Any]] = [
        {"row": row, "version": row.version, "refused": not row.accepted}
        for row in rows
        if row.accepted is not None
    ]
    first = {"row": kept, "version": 1, "refused": False}
    standing = next((one for one in reversed(found) if not one["refused"]), first)
    return [one | {"stands": one is standing} for one in reversed([first, *found])]


@login_required
@require_POST
def correct(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Write a correction; it waits for a second officer."""
    call = heard_call(request, number, Role.PROGRAMME_OFFICER)
    entry, form = _entry(call, pk), CorrectionForm(request.POST)
    if not hasattr(entry, "minutes"):
        raise Http404
    if form.is_valid():
        try:
            corrections.propose_correction(
                minutes=entry.minutes, by=request.user, **form.cleaned_data
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Kept. It counts once another officer has confirmed it."))
            return redirect("reviews:hearing_minutes", number, pk)
    return _page(request, call, entry, 422, correction=form)


@login_required
@require_POST
def decide(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Confirm the correction that waits, or refuse it."""
    call = heard_call(request, number, Role.PROGRAMME_OFFICER)
    waits = MinutesCorrection.objects.select_related("minutes__entry__shortlist").filter(
        minutes__entry__application=pk, minutes__entry__shortlist__call=call
    )
    row = get_object_or_404(waits, pk=posted_id(request), accepted=None)
    accept = request.POST.get("verdict") == "confirm"
    corrections.decide_correction(correction=row, accept=accept, by=request.user)
    said = _("The correction stands.") if accept else _("The correction is refused.")
    messages.success(request, said)
    return redirect("reviews:hearing_minutes", number, pk)


def posted_id(request: SignedInRequest) -> int:
    """The correction that the page showed; another one is not decided blindly."""
    given = str(request.POST.get("correction", ""))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
