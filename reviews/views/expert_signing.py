"""All own marks of a panel in one table, and the one signature that locks them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from applications.models import CallStatus
from applications.sheet import Leaf
from audit.digests import canonical, sm3
from audit.refusals import NotVisible, Refused
from reviews.addresses import marks_url
from reviews.models import Assignment, AssignmentState, ScoreSheet, Seat, SeatState, Stage
from reviews.rules import stage_at
from reviews.selectors import expert as own
from reviews.selectors.sheets import problems_of, sheet_content, sheet_of
from reviews.services import signing
from reviews.views.expert import own_seat
from reviews.views.expert_words import language, panel_name, state_of

SIGN_NAMES: dict[str, str] = {Stage.PAPER: "reviews:sign", Stage.HEARING: "reviews:sign_hearing"}
OPEN = (CallStatus.IN_REVIEW, CallStatus.HEARING)


@login_required
@require_safe
def my_marks(request: SignedInRequest, pk: int, stage: str = Stage.PAPER) -> HttpResponse:
    """Every own mark beside the others, to compare before signing; read-only afterwards."""
    seat = own_seat(request, pk, SeatState.ACCEPTED)
    context = _context(seat, stage)
    if not context["rows"]:
        return redirect("reviews:my_reviews")
    return render(request, "reviews/expert_marks.html", context)


def _context(seat: Seat, stage: str) -> dict[str, Any]:
    panel = seat.panel
    sheet, least = sheet_of(panel, stage), panel.call.rule_set.comment_min_chars
    leaves = sheet.expert_leaves()
    rows = own.marked(seat, stage)
    counted = [r for r in rows if r.state in own.READABLE]
    signed = next((r.sheet for r in rows if r.sheet_id), None)
    progress = own.progress_of([r.state for r in rows])
    content = signed.content if signed else sheet_content(panel, counted, stage)
    complete = progress.is_complete and not any(
        problems_of(sheet, {m.leaf: m for m in r.marks.all()}, least) for r in counted
    )
    return {
        "seat": seat,
        "call": panel.call,
        "panel_name": panel_name(panel),
        "leaves": [
            {"code": leaf.code, "name": leaf.name(language()), "most": leaf.weight}
            for leaf in leaves
        ],
        "rows": [_row(r, n, leaves) for n, r in enumerate(rows, start=1)] if counted else [],
        "expert_max": sheet.expert_max,
        "progress": progress,
        "sheet": signed,
        "digest": sm3(canonical(content)) if complete and not signed else "",
        "is_hearing": stage == Stage.HEARING,
        "marks_url": marks_url(seat.pk, stage),
        "sign_url": reverse(SIGN_NAMES[stage], args=[seat.pk]),
        "is_open": panel.call.status in OPEN and stage == stage_at(panel.call),
        "due": panel.call.scoring_due_at,
        "next": next((r for r in rows if r.state == AssignmentState.OPEN), None),
    }


def _row(row: Assignment, order: int, leaves: Sequence[Leaf]) -> dict[str, Any]:
    """One dossier: its marks in the order of the sheet, their sum, how many comments."""
    codes = [leaf.code for leaf in leaves]
    marks = {m.leaf: m for m in row.marks.all()}
    counts = row.state in own.READABLE
    tone, word = state_of(row)
    cells = [marks[code].score if code in marks else None for code in codes]
    return {
        "pk": row.pk,
        "order": order,
        "title": row.application.title,
        "firm": row.application.firm.name,
        "counts": counts,
        "state": tone,
        "state_label": word,
        "is_finished": row.state in (AssignmentState.FINISHED, AssignmentState.LOCKED),
        "cells": cells if counts else [None] * len(codes),
        "sum": own.points_given(row) if counts else None,
        "comments": sum(bool(m.comment) for m in marks.values()) if counts else 0,
        "overall": row.overall_comment if counts else "",
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: SignedInRequest, pk: int, stage: str = Stage.PAPER) -> HttpResponse:
    """Asked once, with the digest of what is signed; then locked for ever."""
    seat = own_seat(request, pk, SeatState.ACCEPTED)
    if request.method == "POST":
        return _sign(request, seat, stage)
    context = _context(seat, stage)
    if context["sheet"] or not context["digest"]:
        return redirect(marks_url(pk, stage))
    return render(request, "reviews/expert_sign.html", context)


def _sign(request: SignedInRequest, seat: Seat, stage: str) -> HttpResponse:
    shown = request.POST.get("digest", "")
    try:
        sheet: ScoreSheet = signing.sign(
            panel=seat.panel, stage=stage, by=request.user, digest=shown or "-"
        )
    except NotVisible:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Signed and locked: %(count)d dossiers. Thank you.")
            % {"count": len(sheet.content["dossiers"])},
        )
    return redirect(marks_url(seat.pk, stage))
