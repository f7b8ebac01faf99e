"""Sheets marked on paper: typed in by one scribe, typed again blind by another, locked on the scan.

Two scribes and not maker and officer: whoever types in sees marks before the lock, which an officer
who runs the call must not. The supervisor names them, they act in the call in no other way, and
neither may check what they typed in themselves. The checker sees no score of the maker's, only
which cells differ; what the paper says is settled by the paper.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from applications import uploads
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.services import record_all
from notifications.services import notify
from reviews.models import AssignmentState, ImportStatus, Scribe, Seat, SheetImport
from reviews.offline.opening import opened
from reviews.offline.reading import Fault, ReadBlock, SheetFaults, read
from reviews.rules import is_scribe, stage_at
from reviews.selectors.offline import blocks_of
from reviews.services import scoring
from reviews.services.imports import (
    decide,
    files_removed_on_failure,
    keep_scan,
    keep_workbook,
    record_import,
    told_of,
    typed_of,
)
from reviews.services.locking import lock_seat
from reviews.services.marking import MarksConflict
from reviews.services.scorable import require_scorable
from reviews.services.scribes import role_of

Cell = tuple[str, str]  # number of the dossier, leaf; "overall" for the overall comment
SHORTEST_REASON = 4
SCANS = ("pdf", "jpg", "jpeg", "png")


class Differs(Invalid):
    """The second typing is not the first. `cells`: where, not what."""

    def __init__(self, cells: Collection[Cell]) -> None:
        words = ngettext(
            "%(count)s cell differs from what was typed in first. Look at the paper: correct your "
            "entry, or return the sheets.",
            "%(count)s cells differ from what was typed in first. Look at the paper: correct your "
            "entries, or return the sheets.",
            len(cells),
        )
        super().__init__(words % {"count": len(cells)})
        self.cells = frozenset(cells)


def _held(seat: Seat, by: User) -> Seat:
    """The seat, locked, for a scribe of its panel; it does not exist for anybody else."""
    if not is_scribe(by, seat.panel_id):
        raise NotVisible
    return lock_seat(seat.pk)


@transaction.atomic
def file_paper(*, seat: Seat, upload: "File[Any]", scan: "File[Any]", by: User) -> SheetImport:
    """Type in an expert's paper: the filled workbook and the scan of the signed pages. No mark yet.

    Every dossier of the seat must be there and complete. Raises SheetFaults with every fault,
    Invalid for a file that is not read at all.
    """
    held = _held(seat, by)
    blocks = blocks_of(held, with_marks=True)
    rows = held.assignments.select_related("panel__call", "seat")
    now = held.now  # type: ignore[attr-defined]  # of `lock_seat`
    # Every dossier is on the paper: the last of a hearing must have begun.
    require_scorable(rows.get(pk=blocks[-1].assignment), now)
    stage = stage_at(held.panel.call)
    if SheetImport.objects.filter(seat=held, stage=stage, status=ImportStatus.PENDING).exists():
        raise WrongState(
            _("Sheets of this expert wait already. They are checked, returned or taken back first.")
        )
    if not (scan.name or "").lower().endswith(SCANS):
        raise Invalid(_("Scan the signed pages as PDF, JPG or PNG."), field="scan")
    book, checked = opened(upload)
    filled = read(book, blocks, whole=True, least=held.panel.call.rule_set.comment_min_chars)
    row = SheetImport(seat=held, stage=stage, kind="paper", maker=by, made_at=held.now)  # type: ignore[attr-defined]  # of `lock_seat`
    with files_removed_on_failure(row):
        keep_workbook(row, upload, checked, filled)
        _require_unmarked(row, filled)
        keep_scan(row, scan, _checked_scan(scan))
        row.save(force_insert=True)
        record_import(row, "sheets.type_in", by, role_of(by))
        _tell(row, "sheets.to_check", _other_scribes(held, by))
    return row


def _checked_scan(scan: "File[Any]") -> uploads.Checked:
    try:
        return uploads.check(scan)
    except Invalid as refusal:
        raise Invalid(refusal.message, field="scan") from None


def _require_unmarked(row: SheetImport, filled: list[ReadBlock]) -> None:
    """Marks that the expert made in the system are never typed over by somebody else."""
    numbers = {block.assignment: block.number for block in filled}
    words = _(
        "The expert has marked dossier %(number)s in the system since the sheets were printed; "
        "only they can go on with it, there."
    )
    faults = [
        Fault("", "", words % {"number": numbers[pk]}) for pk in scoring.stale_of(typed_of(row))
    ]
    if faults:
        raise SheetFaults(faults)


def _other_scribes(seat: Seat, by: User) -> list[User]:
    rows = Scribe.objects.filter(panel_id=seat.panel_id).exclude(user=by).select_related("user")
    return [row.user for row in rows]


def _tell(row: SheetImport, kind: str, people: list[User]) -> None:
    notify(
        kind=kind,
        recipients=people,
        key=f"{kind}:{row.pk}",
        context={
            "call": row.seat.panel.call.number,
            "panel": row.seat.panel.number,
            "expert": row.seat.expert.pseudonym,
        },
        url=f"/scribing/imports/{row.pk}/",
        about=row,
    )


def _pending(row: SheetImport, by: User) -> SheetImport:
    """A paper import that waits, locked after its seat, for a scribe of the panel."""
    seat = _held(row.seat, by)
    locked = SheetImport.objects.select_for_update().get(pk=row.pk)
    if locked.kind != "paper":
        raise NotVisible
    if locked.status != ImportStatus.PENDING:
        raise WrongState(_("These sheets have been checked, returned or taken back already."))
    locked.seat = seat
    return locked


@transaction.atomic
def confirm_paper(
    *, row: SheetImport, scores: Mapping[Cell, Decimal | None], agreed: Collection[Cell], by: User
) -> SheetImport:
    """The second typing. scores: every score from the paper; agreed: comments that stand there.

    Only when all is equal the sheets become marks, through the door that every mark goes through.
    Raises Differs with the cells that are not.
    """
    locked = _pending(row, by)
    if locked.maker_id == by.pk:
        raise NotPermitted(_("You typed these sheets in; another scribe checks them."))
    if differing := _differing(locked, scores, agreed):
        raise Differs(differing)
    decide(locked, ImportStatus.CONFIRMED, checker=by)
    try:
        saved, entries = scoring.write_sheets(
            typed=typed_of(locked), finish=True, paper=locked, by=by
        )
    except MarksConflict:
        raise WrongState(
            _("The expert has marked in the system meanwhile. Return the sheets.")
        ) from None
    if any(one.state != AssignmentState.FINISHED for one in saved):
        raise WrongState(_("The sheets are no longer complete by the score sheet. Return them."))
    confirmed = told_of(locked, "sheets.confirm", by, role_of(by), source=ImportStatus.PENDING)
    record_all([*entries, confirmed])
    return locked


def _differing(
    row: SheetImport, scores: Mapping[Cell, Decimal | None], agreed: Collection[Cell]
) -> set[Cell]:
    found = set()
    for dossier in row.content:
        number = dossier["application"]
        for mark in dossier["marks"]:
            cell = (number, mark["leaf"])
            same = scores.get(cell) == Decimal(mark["score"])
            if not same or (mark["comment"] and cell not in agreed):
                found.add(cell)
        if dossier["overall"]["comment"] and (number, "overall") not in agreed:
            found.add((number, "overall"))
    return found


@transaction.atomic
def return_paper(*, row: SheetImport, reason: str, by: User) -> SheetImport:
    """Send sheets back with a reason; the maker's own are taken back. They never become marks."""
    locked = _pending(row, by)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Say briefly what is wrong with the sheets."), field="reason")
    if locked.maker_id == by.pk:
        decide(locked, ImportStatus.WITHDRAWN, reason=reason.strip())
        record_import(locked, "sheets.take_back", by, role_of(by), source=ImportStatus.PENDING)
        return locked
    decide(locked, ImportStatus.RETURNED, checker=by, reason=reason.strip())
    record_import(locked, "sheets.return", by, role_of(by), source=ImportStatus.PENDING)
    _tell(locked, "sheets.returned", [locked.maker])
    return locked
