"""An expert's own sheets filled without network: uploaded in person, so nobody checks them.

The expert is the maker of the marks as on the page; a second pair of eyes would only be somebody
who sees marks before the lock. What the system and the workbook both changed, the expert settles.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from audit.refusals import NotVisible, WrongState
from audit.services import Entry as Event
from audit.services import record_all
from reviews.models import ImportStatus, Seat, SheetImport
from reviews.offline.opening import opened
from reviews.offline.reading import read
from reviews.rules import stage_at
from reviews.selectors.offline import blocks_of
from reviews.services import scoring
from reviews.services.imports import (
    decide,
    files_removed_on_failure,
    keep_workbook,
    told_of,
    typed_of,
)
from reviews.services.locking import lock_seat
from reviews.services.marking import Entry, MarksConflict, Overall, Typed

Cell = tuple[int, str]  # assignment, leaf; "" for the overall comment


@transaction.atomic
def take_own(*, seat: Seat, upload: "File[Any]", by: User) -> SheetImport:
    """Read the expert's filled workbook and save its marks, all or none; complete dossiers are
    finished. Where the system has newer marks, the import stays pending for `settle_own`.

    Raises SheetFaults with every fault, Invalid for a file that is not read at all.
    """
    held = _own_seat(seat, by)
    blocks = blocks_of(held, with_marks=True)
    book, checked = opened(upload)
    filled = read(book, blocks, whole=False, least=held.panel.call.rule_set.comment_min_chars)
    _clear_the_way(held)
    stage, now = stage_at(held.panel.call), held.now  # type: ignore[attr-defined]  # of `lock_seat`
    row = SheetImport(seat=held, stage=stage, kind="own", maker=by, made_at=now)
    with files_removed_on_failure(row):
        keep_workbook(row, upload, checked, filled)
        row.save(force_insert=True)
        entries = _written(typed_of(row), by)
        if entries is not None:
            decide(row, ImportStatus.CONFIRMED)
        record_all([*(entries or []), told_of(row, "sheets.upload", by, Role.EXPERT)])
    return row


def _own_seat(seat: Seat, by: User) -> Seat:
    if not has_role(by, Role.EXPERT):
        raise NotVisible
    held = lock_seat(seat.pk)
    if held.expert.user_id != by.pk or not held.expert.active:
        raise NotVisible
    return held


def _clear_the_way(seat: Seat) -> None:
    """What the expert left unsettled is not what they want now; paper waits for its own people."""
    stage = stage_at(seat.panel.call)
    for row in SheetImport.objects.filter(seat=seat, status=ImportStatus.PENDING):
        if row.kind == "paper" and row.stage == stage:
            raise WrongState(
                _("Your sheets on paper are being typed in. Ask the office to return them first.")
            )
        if row.kind == "own":
            row.seat = seat
            decide(row, ImportStatus.WITHDRAWN)


def _written(typed: Sequence[Typed], by: User) -> list[Event] | None:
    """The marks, stored, and what is to be recorded of them; None, and nothing stored, where the
    system has newer ones.
    """
    try:
        return scoring.write_sheets(typed=typed, finish=True, by=by)[1]
    except MarksConflict:
        return None


@transaction.atomic
def settle_own(
    *, row: SheetImport, mine: Collection[Cell], versions: Mapping[Cell, int], by: User
) -> SheetImport:
    """Settle what the system and the workbook both changed: the workbook's mark is taken for the
    cells in `mine`, over the versions that the page showed; elsewhere what stands is kept.

    Raises MarksConflict when the system has changed again.
    """
    seat = _own_seat(row.seat, by)
    locked = SheetImport.objects.select_for_update().get(pk=row.pk)
    if locked.kind != "own" or locked.seat_id != seat.pk:
        raise NotVisible
    if locked.status != ImportStatus.PENDING:
        raise WrongState(_("This workbook is settled already."))
    locked.seat = seat
    typed = typed_of(locked)
    clash = scoring.stale_of(typed)
    if any((pk, leaf) not in versions for pk, leaves in clash.items() for leaf in leaves):
        raise MarksConflict(clash)
    chosen = [_settled(one, clash.get(one.assignment, ()), mine, versions) for one in typed]
    _rows, entries = scoring.write_sheets(typed=chosen, finish=True, by=by)
    decide(locked, ImportStatus.CONFIRMED)
    settled = told_of(locked, "sheets.settle", by, Role.EXPERT, source=ImportStatus.PENDING)
    record_all([*entries, settled])
    return locked


def _settled(
    typed: Typed, clash: Collection[str], mine: Collection[Cell], versions: Mapping[Cell, int]
) -> Typed:
    """What is saved of a dossier: all that does not clash, and of what does the expert's choice."""
    pk = typed.assignment
    entries = []
    for e in typed.entries:
        if e.leaf not in clash:
            entries.append(e)
        elif (pk, e.leaf) in mine:
            entries.append(Entry(e.leaf, e.tier, e.score, e.comment, versions[pk, e.leaf]))
    overall = typed.overall
    if overall is not None and "" in clash:
        overall = Overall(overall.comment, versions[pk, ""]) if (pk, "") in mine else None
    return Typed(pk, entries, overall)
