"""The public page of a draw of experts, once the review it was for is closed."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import PageRequest
from portal.selectors import draws as reading
from reviews.draw import certificate as certificates
from reviews.draw_words import DRAW_STATES, figure_words, verification
from reviews.models import Draw
from reviews.selectors.certificates import certificate_of, public_draws
from reviews.views.expert_words import panel_name

PER_PAGE = 20  # panels


def _draw(number: str) -> Draw:
    return get_object_or_404(public_draws(), number=number)


@require_safe
def draw_detail(request: PageRequest, number: str) -> HttpResponse:
    """What was drawn, by whom, whether it holds, and how to find out for oneself."""
    draw = _draw(number)
    certificate = certificate_of(draw)
    drawn = reading.panels(draw, certificate)
    panels = [_panel(p) for p in drawn]
    asked = request.GET.get("dossier", "").strip()[:40]
    own = reading.own_dossiers(request.user, draw.call) | ({asked} if asked else set())
    mine = [_panel(reading.narrowed(p, own)) for p in drawn if own & set(p.dossiers)]
    context = {
        "draw": draw,
        "call": draw.call,
        "state_label": DRAW_STATES[draw.status],
        "certificate": certificate,
        "digest": certificates.digest(certificate),
        "figures": figure_words(draw),
        "verification": verification(
            reading.computed_again(certificate), matched=bool(draw.figures)
        ),
        "seats": len(certificate["result"]),
        "replaced": len(certificate["replacements"]),
        "panels": len(panels),
        # Who was matched has no place; whoever follows has one.
        "ordered": any(seat.place for p in drawn for seat in p.seats),
        "course": _course(draw, certificate["times"]),
        "asked": asked,
        "mine": mine,
        "own": own,
        "page": Paginator(panels, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "portal/draw_detail.html", context)


def _panel(panel: reading.PublicPanel) -> dict[str, Any]:
    return {"panel": panel, "name": panel_name(panel.panel) if panel.panel else ""}


def _course(draw: Draw, times: dict[str, str]) -> list[dict[str, Any]]:
    """The steps with who took them, by role."""
    at = {step: datetime.fromisoformat(text) for step, text in times.items()}
    officer, supervisor = _("programme officer"), _("supervisor")
    rows = [
        (_("List of candidates frozen, its digest published"), officer, at.get("prepared")),
        (_("Officer's number sealed"), officer, at.get("operator_committed")),
        (_("Supervisor's number sealed"), supervisor, at.get("supervisor_committed")),
        (_("Supervisor's number revealed"), supervisor, at.get("supervisor_revealed")),
        (_("Officer's number revealed, draw pressed"), officer, at.get("drawn")),
    ]
    if draw.voided_at is not None:
        rows.append((_("Voided"), supervisor, draw.voided_at))
    return [{"text": text, "who": who, "at": when, "state": "past"} for text, who, when in rows]


@require_safe
def draw_certificate(request: PageRequest, number: str) -> HttpResponse:
    """The certificate for script/verify-draw."""
    draw = _draw(number)
    body = json.dumps(certificate_of(draw), ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="draw-{draw.number}.json"'
    return response


@require_safe
def verifier(request: PageRequest) -> HttpResponse:
    """The program that checks a certificate, as text: a firm has no other way to the source."""
    body = (settings.BASE_DIR / "script/verify-draw").read_bytes()
    response = HttpResponse(body, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify-draw"'
    return response
