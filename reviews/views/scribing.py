"""录入: what a scribe types in from paper, checks of another scribe's, and locks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from audit.digests import canonical, sm3
from audit.refusals import NotVisible, Refused
from reviews.forms.offline import CheckForm, PaperForm, ReturnForm
from reviews.models import AssignmentState, ImportStatus, Seat, SheetImport
from reviews.offline.reading import SheetFaults
from reviews.rules import is_scribe
from reviews.selectors import offline as reading
from reviews.selectors.exports import BEFORE_THE_LOCK
from reviews.selectors.sheets import sheet_content, sheet_of
from reviews.services import paper, signing
from reviews.services.paper import Differs
from reviews.views.expert_words import language, panel_name
from reviews.views.panel_offline import stand_of

INLINE = frozenset({"application/pdf", "image/jpeg", "image/png"})


@login_required
@require_safe
def scribing(request: SignedInRequest) -> HttpResponse:
    """The panels whose paper the person types in, with how far each expert's has come."""
    appointments = list(reading.panels_to_type_in(request.user))
    if not any(is_scribe(request.user, one.panel_id) for one in appointments[:1]):
        raise NotVisible
    panels = [
        {
            "panel": one.panel,
            "call": one.panel.call,
            "name": panel_name(one.panel),
            "seats": [{"seat": s, "stand": stand_of(s)} for s in one.panel.seats.all()],
        }
        for one in appointments
    ]
    return render(request, "reviews/scribing.html", {"panels": panels})


def _seat(request: SignedInRequest, pk: int) -> Seat:
    seat = reading.seat_to_type_in(pk)
    if seat is None or not is_scribe(request.user, seat.panel_id):
        raise NotVisible
    return seat


def _paper(request: SignedInRequest, pk: int) -> SheetImport:
    row = reading.paper_import(pk)
    if row is None or not is_scribe(request.user, row.seat.panel_id):
        raise NotVisible
    return row


def _frame(seat: Seat) -> dict[str, Any]:
    return {
        "seat": seat,
        "call": seat.panel.call,
        "panel_name": panel_name(seat.panel),
        "nav_current": "portal:workbench",
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def scribe_seat(request: SignedInRequest, pk: int) -> HttpResponse:
    """Type in one expert's paper: the filled workbook and the scan of the signed pages."""
    seat = _seat(request, pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    faults, status = None, 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            row = paper.file_paper(seat=seat, by=request.user, **form.cleaned_data)
        except NotVisible:
            raise
        except SheetFaults as refusal:
            faults = refusal
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            status = refusal.status_code
        else:
            messages.success(request, _("Kept. Another scribe types the scores again to check."))
            return redirect("reviews:scribe_import", row.pk)
    imports = list(seat.imports.filter(kind="paper").select_related("maker", "checker"))
    pending = next((one for one in imports if one.status == ImportStatus.PENDING), None)
    context = {**_frame(seat), "form": form, "faults": faults, "imports": imports[:20]}
    context |= {"pending": pending, "may_file": pending is None}
    return render(request, "reviews/scribing_seat.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def scribe_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """Check another scribe's sheets by typing the scores again; or see how one's own stand."""
    row = _paper(request, pk)
    checks = row.status == ImportStatus.PENDING and row.maker_id != request.user.pk
    if request.method != "POST":
        return _import_page(request, row, _check_form(row) if checks else None)
    form = _check_form(row, request.POST)
    if not form.is_valid:
        return _import_page(request, row, form, status=422)
    try:
        paper.confirm_paper(row=row, scores=form.scores, agreed=form.agreed, by=request.user)
    except NotVisible:
        raise
    except Differs as refusal:
        form.differ(refusal.cells)
        return _import_page(request, row, form, refusal=str(refusal), status=422)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:scribe_import", pk)
    messages.success(request, _("Both typings agree; the marks are saved. Lock them next."))
    return redirect("reviews:scribe_sign", pk)


def _check_form(row: SheetImport, data: Any = None) -> CheckForm:
    rows = row.seat.assignments.select_related("application")
    titles = {a.application.number or "": a.application.title for a in rows}
    return CheckForm(row, sheet_of(row.seat.panel, row.stage), titles, language(), data)


def _import_page(
    request: SignedInRequest,
    row: SheetImport,
    form: CheckForm | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    pending = row.status == ImportStatus.PENDING
    context = {
        **_frame(row.seat),
        "row": row,
        "check": form if pending else None,
        "mine": row.maker_id == request.user.pk,
        "pending": pending,
        "locked": hasattr(row, "sheet"),
        "may_lock": _may_lock(request.user, row),
        "return_form": ReturnForm() if pending else None,
        **more,
    }
    return render(request, "reviews/scribing_import.html", context, status=status)


def _may_lock(user: User, row: SheetImport) -> bool:
    checked = row.status == ImportStatus.CONFIRMED and row.checker_id == user.pk
    return checked and not hasattr(row, "sheet")


@login_required
@require_POST
def return_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send another scribe's sheets back, or take the own ones back."""
    row, form = _paper(request, pk), ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say briefly what is wrong with the sheets."))
        return redirect("reviews:scribe_import", pk)
    try:
        paper.return_paper(row=row, reason=form.cleaned_data["reason"], by=request.user)
    except NotVisible:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:scribe_import", pk)
    messages.success(request, _("The sheets do not count; they can be typed in anew."))
    return redirect("reviews:scribe_seat", row.seat_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def scribe_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lock checked marks on the strength of the signed pages; asked once, with the digest."""
    row = _paper(request, pk)
    if not _may_lock(request.user, row):
        return redirect("reviews:scribe_import", pk)
    if request.method == "POST":
        return _lock(request, row)
    dossiers = reading.to_sign(row.seat, row.stage)
    content = sheet_content(row.seat.panel, _finished(dossiers), row.stage)
    context = {
        **_frame(row.seat),
        "row": row,
        "leaves": [leaf.code for leaf in sheet_of(row.seat.panel, row.stage).expert_leaves()],
        "dossiers": [_marks(one, row) for one in dossiers],
        "digest": sm3(canonical(content)),
        "count": len(dossiers),
    }
    return render(request, "reviews/scribing_sign.html", context)


def _finished(rows: list[Any]) -> list[Any]:
    """Only what is whole has a digest; the signature refuses while anything else is left."""
    return [row for row in rows if row.state == AssignmentState.FINISHED]


def _marks(one: Any, row: SheetImport) -> dict[str, Any]:
    """A dossier's marks as typed in: the scribes saw them, and see no others."""
    typed: dict[str, Any] = next(
        (d for d in row.content if d["application"] == one.application.number), {"marks": []}
    )
    scores = {mark["leaf"]: mark["score"] for mark in typed["marks"]}
    return {
        "order": one.application.place.order,
        "number": one.application.number,
        "title": one.application.title,
        "scores": list(scores.values()),
    }


def _lock(request: SignedInRequest, row: SheetImport) -> HttpResponse:
    shown = request.POST.get("digest", "") or "-"
    try:
        signing.sign(panel=row.seat.panel, by=request.user, digest=shown, paper=row)
    except NotVisible:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Locked. The expert has been told."))
    return redirect("reviews:scribe_import", row.pk)


@login_required
@require_safe
def scan(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The signed pages: for the panel's scribes, the expert who signed, and after the lock the
    supervisor.
    """
    row = reading.paper_import(pk)
    if row is None or not _may_see_scan(request.user, row):
        raise NotVisible
    response = FileResponse(
        row.scan.open("rb"),
        as_attachment=row.scan_type not in INLINE,
        filename=row.scan_name,
        content_type=row.scan_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _may_see_scan(user: User, row: SheetImport) -> bool:
    closed = row.seat.panel.call.status not in BEFORE_THE_LOCK
    return (
        is_scribe(user, row.seat.panel_id)
        or row.seat.expert.user_id == user.pk
        or (closed and has_role(user, Role.SUPERVISOR))
    )
