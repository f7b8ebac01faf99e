"""The ranked recommendation of one office for one call: order, look again, send.

Works without script: numbers may be typed, and the arrows send the form to have two rows swapped.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import Region
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import Application, Call, CallStatus
from applications.selectors import recommendation as reading
from applications.services import recommendation
from audit.refusals import Invalid, NotPermitted, NotVisible, Refused


@dataclass(slots=True)
class Row:
    """One dossier that may be ranked. `rank`: as typed, "" when it stays off the list."""

    application: Application
    rank: str
    ready: bool
    why_not: str
    error: str = ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: SignedInRequest, number: str, code: str) -> HttpResponse:
    """GET: the dossiers to rank. POST `act`: an arrow, `review` (look again), `edit` or `send`."""
    user = request.user
    if not has_role(user, Role.REGIONAL_OFFICER):
        raise NotPermitted(_("Only a regional officer works on recommendations."))
    region = next((r for r in reading.own_offices(user) if r.code == code), None)
    if region is None:
        raise NotVisible
    call = get_object_or_404(reading.calls_to_recommend(), number=number)
    letter = request.POST.get("letter_no", "").replace("\0", "").strip()
    act = request.POST.get("act", "")
    if act == "send":
        return _send(request, call, region, letter)
    rows = _rows(call, region, request)
    if act.startswith(("up:", "down:")):
        _move(rows, act)
    elif request.method == "POST" and act != "edit":
        return _review(request, call, region, rows, letter)
    return _page(request, call, region, rows, letter)


def _review(
    request: SignedInRequest, call: Call, region: Region, rows: list[Row], letter: str
) -> HttpResponse:
    listed = _listed(rows)
    if listed is None:
        return _page(request, call, region, rows, letter, status=422)
    problem = _problem(call, region, listed, letter)
    if problem:
        return _page(request, call, region, rows, letter, problem=problem, status=422)
    return _page(request, call, region, rows, letter, listed=listed)


def _send(request: SignedInRequest, call: Call, region: Region, letter: str) -> HttpResponse:
    """The dossiers are looked at by the service, under lock; here only when it refuses."""
    problem = ""
    try:
        made = recommendation.set_recommendation(
            call=call,
            region=region,
            ordered=_typed_order(request),
            letter_no=letter,
            by=request.user,
        )
    except Refused as refused:
        problem = str(refused.message)
    if problem:
        rows = _rows(call, region, request)
        if _listed(rows) is None:
            return _page(request, call, region, rows, letter, status=422)
        return _page(request, call, region, rows, letter, problem=problem, status=409)
    messages.success(
        request,
        ngettext(
            "%(count)s dossier recommended by letter %(letter)s.",
            "%(count)s dossiers recommended by letter %(letter)s.",
            len(made),
        )
        % {"count": len(made), "letter": letter},
    )
    return redirect("applications:recommendation_order", number=call.number, code=region.code)


def _typed_order(request: SignedInRequest) -> list[int]:
    """The ids of the dossiers given a place, in its order. Invalid unless each place is a number
    of its own."""
    order = {}
    for name in request.POST:
        way, _sep, key = name.partition("_")
        typed = request.POST.get(name, "").strip()
        if way != "rank" or not typed:
            continue
        place = _place(typed)
        if not (key.isdecimal() and len(key) < 19 and 1 <= place <= 999) or place in order:
            raise Invalid(_("Give a whole number from 1, or leave it empty."))
        order[place] = int(key)
    return [order[place] for place in sorted(order)]


def _rows(call: Call, region: Region, request: SignedInRequest) -> list[Row]:
    made = []
    for application in reading.ready_to_rank(call, region):
        why_not = _why_not(application)
        typed = request.POST.get(f"rank_{application.pk}", "").strip()
        made.append(Row(application, typed, not why_not, why_not))
    made.sort(key=lambda row: (_place(row.rank), row.application.number or ""))
    return made


def _place(rank: str) -> int:
    return int(rank) if rank.isdecimal() and len(rank) < 6 else 10**6


def _why_not(application: Application) -> str:
    check = getattr(application, "regional_check", None)
    if check is None:
        return _("not checked yet")
    if check.submission_id != application.latest:  # type: ignore[attr-defined]  # annotated
        return _("corrected since the check")
    if not check.truthful:
        return _("found not to agree with the facts")
    if not check.finance_agrees:
        return _("finance department does not agree")
    return ""


def _move(rows: list[Row], act: str) -> None:
    """Swap a ranked row with its neighbour, or give an unranked one the next place; renumber."""
    way, _sep, key = act.partition(":")
    ranked = [row for row in rows if row.rank and row.ready]
    moved = next((row for row in rows if str(row.application.pk) == key and row.ready), None)
    if moved is None:
        return
    if moved not in ranked:
        ranked.append(moved)
    else:
        at = ranked.index(moved)
        to = max(0, at - 1) if way == "up" else at + 1
        if to >= len(ranked):
            ranked.remove(moved)  # below the last place: off the list
            moved.rank = ""
        else:
            ranked.insert(to, ranked.pop(at))
    for place, row in enumerate(ranked, start=1):
        row.rank = str(place)
    rows.sort(key=lambda row: (_place(row.rank), row.application.number or ""))


def _listed(rows: list[Row]) -> list[Row] | None:
    """The ranked rows in order, or None after marking what is wrong with the numbers."""
    seen: set[int] = set()
    fine = True
    for row in rows:
        if not row.rank:
            continue
        if not row.ready:
            row.error = _("Cannot be recommended: %(why)s.") % {"why": row.why_not}
        elif not row.rank.isdecimal() or not 1 <= _place(row.rank) <= 999:
            row.error = _("Give a whole number from 1, or leave it empty.")
        elif int(row.rank) in seen:
            row.error = _("Place %(rank)s is given twice.") % {"rank": row.rank}
        else:
            seen.add(int(row.rank))
        fine = fine and not row.error
    return [row for row in rows if row.rank] if fine else None


def _problem(call: Call, region: Region, listed: list[Row], letter: str) -> str:
    if not listed:
        return _("Give at least one dossier a place.")
    if len(letter) < 4:
        return _("Give the number of the joint letter, from 4 to 80 characters.")
    free = _free(call, region, reading.places(call, region))
    if len(listed) > free:
        return ngettext(
            "The quota leaves %(free)s place; this list has %(more)s. Take %(over)s off.",
            "The quota leaves %(free)s places; this list has %(more)s. Take %(over)s off.",
            free,
        ) % {
            "free": free,
            "more": len(listed),
            "over": len(listed) - free,
        }
    return ""


def _free(call: Call, region: Region, places: reading.Places) -> int:
    offices = reading.offices_for(region)
    return max(
        0, min(call.rule_set.quota(office.code) - places.used[office.pk] for office in offices)
    )


def _page(
    request: SignedInRequest,
    call: Call,
    region: Region,
    rows: list[Row],
    letter: str,
    *,
    listed: list[Row] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    places = reading.places(call, region)
    context: dict[str, Any] = {
        "call": call,
        "region": region,
        "rows": rows,
        "letter": letter,
        "listed": listed,
        "problem": problem,
        "errors": [row for row in rows if row.error],
        "ready": sum(row.ready for row in rows),
        "placed": sum(bool(row.rank) for row in rows),
        "quota": call.rule_set.quota(region.code),
        "used": places.used[region.pk],
        "free": _free(call, region, places),
        "next": places.last + 1,
        "done": list(reading.ranked(call, region)),
        "open": call.status == CallStatus.PUBLISHED,
    }
    return render(request, "applications/recommendation/order.html", context, status=status)
