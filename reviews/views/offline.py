"""离线评分 for the expert: take the own sheets away, bring them back, settle what clashes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role
from audit.refusals import NotVisible, Refused, WrongState
from calendars.wording import moment_text
from reviews.addresses import marks_url
from reviews.forms.offline import WorkbookForm
from reviews.models import (
    Assignment,
    ImportStatus,
    Mark,
    Panel,
    Seat,
    SeatState,
    SheetImport,
)
from reviews.offline import workbook
from reviews.offline.blank import Block
from reviews.offline.reading import SheetFaults
from reviews.rules import stage_at
from reviews.selectors import offline as reading
from reviews.selectors.sheets import sheet_of
from reviews.services import offline, scoring
from reviews.services.imports import typed_of
from reviews.services.marking import MarksConflict, Typed
from reviews.views.expert import own_seat
from reviews.views.expert_words import language, panel_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_offline(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the sheets away and bring them back; every fault of a file at once."""
    seat = own_seat(request, pk, SeatState.ACCEPTED)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, seat, form, status=422 if request.method == "POST" else 200)
    try:
        row = offline.take_own(seat=seat, upload=form.cleaned_data["upload"], by=request.user)
    except NotVisible:
        raise
    except SheetFaults as refusal:
        return _page(request, seat, WorkbookForm(), faults=refusal, status=422)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field == "upload" else None, str(refusal))
        return _page(request, seat, form, status=refusal.status_code)
    if row.status == ImportStatus.PENDING:
        return redirect("reviews:my_import", row.pk)
    messages.success(
        request,
        ngettext(
            "%(count)s dossier of the workbook is saved. Check all marks, then sign.",
            "%(count)s dossiers of the workbook are saved. Check all marks, then sign.",
            len(row.content),
        )
        % {"count": len(row.content)},
    )
    return redirect(marks_url(row.seat_id, row.stage))


def _page(
    request: SignedInRequest, seat: Seat, form: WorkbookForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "seat": seat,
        "call": seat.panel.call,
        "panel_name": panel_name(seat.panel),
        "stage": (stage := stage_at(seat.panel.call)),
        "marks_url": marks_url(seat.pk, stage),
        "form": form,
        "obstacle": _obstacle(seat),
        "imports": list(reading.own_imports(seat)[:20]),
        "nav_current": "reviews:my_reviews",
        **more,
    }
    return render(request, "reviews/offline_own.html", context, status=status)


def _obstacle(seat: Seat) -> str:
    try:
        reading.blocks_of(seat, with_marks=False)
    except WrongState as refusal:
        return str(refusal)
    return ""


@login_required
@require_safe
def my_sheets(request: SignedInRequest, pk: int) -> HttpResponse:
    """The own sheets as a workbook, with the own marks so far."""
    seat = own_seat(request, pk, SeatState.ACCEPTED)
    blocks = reading.blocks_of(seat, with_marks=True)
    return workbook_of(seat.panel, {seat.expert.pseudonym: blocks}, for_paper=False)


def workbook_of(
    panel: Panel, by_expert: dict[str, list[Block]], *, for_paper: bool
) -> HttpResponse:
    """A workbook of a panel for download. It names neither firm nor expert outside of itself."""
    call = panel.call
    paper = workbook.Paper(
        call=f"{call} {call.number}",
        panel=_("Panel %(number)s") % {"number": panel.number},
        due=moment_text(call.scoring_due_at, language(), year_now=None)
        if call.scoring_due_at
        else "",
        made_at=panel.created_at,
        for_paper=for_paper,
    )
    response = HttpResponse(workbook.write(paper, by_expert), content_type=XLSX)
    experts = f"-{next(iter(by_expert))}" if len(by_expert) == 1 else ""
    name = f"sheets-{call.number}-{panel.number}{experts}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the workbook and the system both changed, side by side, until the expert has chosen."""
    row = reading.own_import(request.user, pk)
    if row is None or not has_role(request.user, Role.EXPERT):
        raise NotVisible
    if row.status != ImportStatus.PENDING:
        return redirect("reviews:my_offline", row.seat_id)
    if request.method != "POST":
        return _both(request, row)
    try:
        offline.settle_own(row=row, by=request.user, **_chosen(request, row))
    except NotVisible:
        raise
    except MarksConflict as conflict:
        return _both(request, row, refusal=str(conflict), status=conflict.status_code)
    except Refused as refusal:
        return _both(request, row, refusal=str(refusal), status=refusal.status_code)
    messages.success(request, _("Saved as chosen. Check all marks, then sign."))
    return redirect(marks_url(row.seat_id, row.stage))


def _chosen(request: SignedInRequest, row: SheetImport) -> dict[str, Any]:
    """The cells for which the workbook wins, and the versions that the page showed."""
    mine, versions = set(), {}
    for typed in typed_of(row):
        for leaf in [*(e.leaf for e in typed.entries), ""]:
            name = f"{typed.assignment}-{leaf or 'overall'}"
            version = str(request.POST.get(f"{name}-version", ""))
            if version.isascii() and version.isdigit() and len(version) < 9:
                versions[typed.assignment, leaf] = int(version)
            if request.POST.get(f"{name}-choice") == "mine":
                mine.add((typed.assignment, leaf))
    return {"mine": mine, "versions": versions}


def _both(
    request: SignedInRequest, row: SheetImport, *, status: int = 200, **more: Any
) -> HttpResponse:
    typed = typed_of(row)
    clash = scoring.stale_of(typed)
    context = {
        "row": row,
        "seat": row.seat,
        "call": row.seat.panel.call,
        "panel_name": panel_name(row.seat.panel),
        "dossiers": _clashes(row, typed, clash),
        "nav_current": "reviews:my_reviews",
        **more,
    }
    return render(request, "reviews/offline_conflict.html", context, status=status)


def _clashes(
    row: SheetImport, typed: list[Typed], clash: dict[int, tuple[str, ...]]
) -> list[dict[str, Any]]:
    sheet = sheet_of(row.seat.panel, row.stage)
    stands = Assignment.objects.filter(pk__in=clash, seat=row.seat)
    rows = stands.select_related("application__place").prefetch_related("marks")
    by_pk = {one.assignment: one for one in typed}
    return [
        {
            "title": one.application.title,
            "number": one.application.number,
            "cells": [_cell(one, by_pk[one.pk], leaf, sheet) for leaf in clash[one.pk]],
        }
        for one in rows.order_by("application__place__order")
    ]


def _cell(stands: Assignment, typed: Typed, code: str, sheet: Any) -> dict[str, Any]:
    name = f"{stands.pk}-{code or 'overall'}"
    if not code:
        assert typed.overall is not None
        return {
            "name": name,
            "title": _("Overall comment"),
            "version": stands.overall_version,
            "mine": {"comment": typed.overall.comment},
            "theirs": {"comment": stands.overall_comment},
        }
    mark = next((m for m in stands.marks.all() if m.leaf == code), None) or Mark(leaf=code)
    entry = next(e for e in typed.entries if e.leaf == code)
    return {
        "name": name,
        "title": f"{code} {sheet.leaf(code).name(language())}",
        "version": mark.version,
        "mine": {"score": entry.score, "comment": entry.comment, "scored": True},
        "theirs": {"score": mark.score, "comment": mark.comment, "scored": True},
    }
