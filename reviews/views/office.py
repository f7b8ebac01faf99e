"""What the office's pages share: who may see them, the call in the address, the tabs of its
stages.
"""

from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_any_role, has_role
from applications import stages
from applications.models import Call, CallStatus
from audit.refusals import NotPermitted, Refused
from reviews.models import Draw
from reviews.rules import other_part, other_parts
from reviews.selectors import office as reading

WATCHERS = (Role.PROGRAMME_OFFICER, Role.SUPERVISOR)
READERS = (*WATCHERS, Role.APPROVER, Role.FINANCE_OFFICER)  # of what is ranked
RANKED = (
    CallStatus.RANKED,
    CallStatus.DECIDED,
    CallStatus.ON_NOTICE,
    CallStatus.AWARDED,
    CallStatus.CLOSED,
)
HEARD = (CallStatus.HEARING, CallStatus.SCORED, *RANKED)


def guard(request: SignedInRequest, *roles: Role) -> None:
    """Refuse whoever holds none of these roles."""
    if not has_any_role(request.user, *roles):
        raise NotPermitted(
            _("Only the province's review office and its supervisors see this page.")
        )


def is_officer(request: SignedInRequest) -> bool:
    return has_role(request.user, Role.PROGRAMME_OFFICER)


def call_of(request: SignedInRequest, number: str, *roles: Role) -> Call:
    """The call of the address, for people with one of the roles; from the end of screening on. It
    knows which other part the person has in it.
    """
    guard(request, *roles)
    return get_object_or_404(
        Call.objects.select_related("scheme")
        .annotate(**other_parts(request.user))
        .exclude(status__in=(CallStatus.DRAFT, CallStatus.PROPOSED)),
        number=number,
    )


def acts_in(request: SignedInRequest, call: Call) -> bool:
    """Whether this officer acts for the office in the call of `call_of`: who sat on one of its
    panels or types in its paper sheets does not.
    """
    return is_officer(request) and other_part(call) is None


def frame(request: SignedInRequest, call: Call, current: str) -> dict[str, Any]:
    """What every page of a call's review shows: the rail, the tabs one may open, the draw."""
    watches = has_any_role(request.user, *WATCHERS)
    draw = reading.live_draw(call) if watches else None
    # A draw's page comes with the bare call; nobody has such a part before the draw.
    barred = other_part(call) if is_officer(request) and hasattr(call, "sat") else None
    return {
        "call": call,
        "steps": stages.rail(call, request.clock.now),
        "tabs": _tabs(call, current, draw, watches=watches),
        "draw": draw,
        "officer": is_officer(request) and barred is None,
        "barred": barred,
    }


def _tabs(call: Call, current: str, draw: Draw | None, *, watches: bool) -> list[dict[str, Any]]:
    pages = []
    if watches:
        pages.append(("panels", _("Panels"), reverse("reviews:call_panels", args=[call.number])))
        pages.append(("named", _("Named persons"), reverse("reviews:named", args=[call.number])))
        if draw is not None:
            pages.append(("draw", _("Draw"), reverse("reviews:draw", args=[draw.number])))
        pages.append(("progress", _("Progress"), reverse("reviews:progress", args=[call.number])))
        if call.rule_set.has_hearing and call.status in HEARD:
            pages.append(("hearing", _("Hearing"), reverse("reviews:hearing", args=[call.number])))
    if call.status in RANKED or call.status == CallStatus.SCORED:
        pages.append(("ranking", _("Ranking"), reverse("reviews:ranking", args=[call.number])))
    if call.status in RANKED:
        checks = reverse("reviews:call_site_checks", args=[call.number])
        pages.append(("site_checks", _("Site checks"), checks))
    return [
        {"label": label, "url": url, "current": name == current, "count": ""}
        for name, label, url in pages
    ]


def posted(request: SignedInRequest) -> QueryDict | None:
    """What was sent, though it be nothing; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def add_refusal(form: Any, refused: Refused, *, drawn_again: bool = True) -> None:
    """Say a refusal at its field, or on top where the form has no such field. An instant is asked
    for as day and hour. Where the page draws the form no more, which could say it, it is raised on.
    """
    if not drawn_again:
        raise refused
    field = "day" if refused.field in ("due_at", "starts_at") else refused.field
    form.add_error(field if field in form.fields else None, str(refused.message))
