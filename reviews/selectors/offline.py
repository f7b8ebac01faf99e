"""Score sheets to take away, blank or begun, and what came back of them."""

from dataclasses import replace

from django.db.models import Case, Prefetch, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from applications.figures import FiguresError
from applications.models import CallStatus
from applications.sheet import Sheet
from audit.refusals import WrongState
from reviews.models import (
    Assignment,
    AssignmentState,
    ImportStatus,
    Panel,
    Scribe,
    Seat,
    SeatState,
    SheetImport,
    Stage,
)
from reviews.offline.blank import PROTOCOL, SPOKEN, Block, Filled, Owner
from reviews.rules import SCORABLE, stage_at
from reviews.scoring import Computed
from reviews.selectors.sheets import computed_of, sheet_of

# In what order a panel has its dossiers: as it was formed, at the hearing as the lot has put them.
IN_ORDER = {
    Stage.PAPER: ("application__place__order",),
    Stage.HEARING: ("application__hearing__place",),
}
TAKEN_AWAY = (CallStatus.SCREENED, CallStatus.IN_REVIEW, CallStatus.HEARING)


def blocks_of(seat: Seat, *, with_marks: bool) -> list[Block]:
    """The sheets of a seat in the stage at hand, in the panel's order (at the hearing that of the
    lot), with the owner's marks so far or without any.

    Two queries, one without marks. Raises WrongState, saying what is to be done first.
    """
    rows = _dossiers(seat.panel, with_marks=with_marks).filter(seat=seat)
    return _blocks(seat, list(rows), with_marks=with_marks)


def panel_blocks(panel: Panel) -> dict[Seat, list[Block]]:
    """Blank sheets of every seat that can be printed now, by pseudonym. Two queries.

    Raises WrongState when there is none.
    """
    seats = Seat.objects.filter(panel=panel, state=SeatState.ACCEPTED, draw__status="drawn")
    found: dict[int, tuple[Seat, list[Assignment]]] = {
        seat.pk: (seat, [])
        for seat in seats.select_related("expert", "panel__call").order_by("expert__pseudonym")
    }
    for row in _dossiers(panel, with_marks=False).filter(seat__in=found):
        found[row.seat_id][1].append(row)
    blocks = {}
    for seat, rows in found.values():
        if not _obstacle(seat, rows):
            blocks[seat] = _blocks(seat, rows, with_marks=False)
    if not blocks:
        raise WrongState(
            _("No expert of this panel has declared on every dossier yet; print the sheets then.")
        )
    return blocks


def _dossiers(panel: Panel, *, with_marks: bool) -> QuerySet[Assignment]:
    stage = stage_at(panel.call)
    rows = (
        Assignment.objects.filter(stage=stage, state__in=(AssignmentState.TO_DECLARE, *SCORABLE))
        .select_related("application__firm", "application__place", "submission")
        .order_by(*IN_ORDER[stage], "pk")
    )
    return rows.prefetch_related("marks") if with_marks else rows


def _obstacle(seat: Seat, rows: list[Assignment]) -> str:
    """Why no sheets of this seat can be taken away now; "" when they can."""
    if seat.panel.call.status not in TAKEN_AWAY:
        return str(_("Scoring is not open in this call."))
    if seat.state != SeatState.ACCEPTED:
        return str(_("Accept the invitation first."))
    left = sum(row.state == AssignmentState.TO_DECLARE for row in rows)
    if left:
        words = ngettext(
            "%(count)s dossier waits for the declaration of conflicts; sheets come after it.",
            "%(count)s dossiers wait for the declaration of conflicts; sheets come after it.",
            left,
        )
        return words % {"count": left}
    if not rows and seat.panel.call.status == CallStatus.HEARING:
        return str(_("No hearing of this seat waits for marks: it is not set yet, or signed."))
    return "" if rows else str(_("No dossier of this seat waits for marks: it is signed."))


def _blocks(seat: Seat, rows: list[Assignment], *, with_marks: bool) -> list[Block]:
    if obstacle := _obstacle(seat, rows):
        raise WrongState(obstacle)
    panel = seat.panel
    stage = stage_at(panel.call)
    sheet = sheet_of(panel, stage)
    protocol = SPOKEN if stage == Stage.HEARING else PROTOCOL
    owner = Owner(panel.call.number, panel.number, seat.code, seat.expert.pseudonym, protocol)
    blank = [
        _block(owner, sheet, row, order if stage == Stage.HEARING else row.application.place.order)
        for order, row in enumerate(rows, start=1)
    ]
    return [_begun(*pair) for pair in zip(blank, rows, strict=True)] if with_marks else blank


def _begun(block: Block, row: Assignment) -> Block:
    """The same sheet with the owner's marks so far."""
    marks = {m.leaf: Filled(m.score, m.comment, m.version) for m in row.marks.all()}
    overall = Filled(None, row.overall_comment, row.overall_version)
    return replace(block, marks=marks, overall=overall)


def _block(owner: Owner, sheet: Sheet, row: Assignment, order: int) -> Block:
    content = row.submission.content
    return Block(
        assignment=row.pk,
        owner=owner,
        order=order,
        number=row.application.number or "",
        title=row.application.title,
        firm=content.get("firm", {}).get("name") or row.application.firm.name,
        submission=(row.submission.version, row.submission.digest),
        sheet=sheet,
        computed=_computed(sheet, row),
    )


def _computed(sheet: Sheet, row: Assignment) -> dict[str, Computed]:
    """The formula leaves; empty when a stored figure cannot be read."""
    if not sheet.formula_leaves():
        return {}
    try:
        return computed_of(sheet, row.submission.content)
    except FiguresError:
        return {}


def own_imports(seat: Seat) -> QuerySet[SheetImport]:
    """What the seat's expert has uploaded, newest first."""
    return seat.imports.filter(kind="own").defer("content")


def own_import(user: User, pk: int) -> SheetImport | None:
    """One upload of the person's own seat; None for any other."""
    rows = SheetImport.objects.filter(pk=pk, kind="own", seat__expert__user=user)
    return rows.select_related("seat__panel__call", "seat__expert", "seat__draw").first()


def scribes_of(panel: Panel) -> QuerySet[Scribe]:
    return panel.scribes.select_related("user", "appointed_by").order_by("appointed_at", "pk")


def panels_to_type_in(user: User) -> QuerySet[Scribe]:
    """The appointments of a scribe in calls whose review is under way, with their seats."""
    seats = Seat.objects.filter(state=SeatState.ACCEPTED, draw__status="drawn")
    imports = SheetImport.objects.filter(kind="paper").defer("content")
    return (
        Scribe.objects.filter(user=user, panel__call__status__in=TAKEN_AWAY)
        .select_related("panel__call")
        .prefetch_related(
            Prefetch(
                "panel__seats",
                seats.select_related("expert")
                .order_by("expert__pseudonym")
                .prefetch_related(Prefetch("imports", imports), "assignments"),
            )
        )
        .order_by("panel__call_id", "panel__number")
    )


def seat_to_type_in(pk: int) -> Seat | None:
    """A seat whose paper may be typed in, with its panel."""
    rows = Seat.objects.filter(pk=pk, state=SeatState.ACCEPTED, draw__status="drawn")
    return rows.select_related("panel__call", "expert__user", "draw").first()


def paper_import(pk: int) -> SheetImport | None:
    rows = SheetImport.objects.filter(pk=pk, kind="paper").select_related(
        "seat__panel__call", "seat__expert__user", "seat__draw", "maker", "checker", "sheet"
    )
    return rows.first()


def seats_with_imports(panel: Panel) -> list[Seat]:
    """The accepted seats of a panel by pseudonym with how far each paper has come: states only."""
    imports = SheetImport.objects.filter(kind="paper").defer("content")
    seats = Seat.objects.filter(panel=panel, state=SeatState.ACCEPTED, draw__status="drawn")
    return list(
        seats.select_related("expert__user", "panel__call")
        .prefetch_related(Prefetch("imports", imports), "assignments")
        .order_by("expert__pseudonym")
    )


def to_sign(seat: Seat, stage: str) -> list[Assignment]:
    """The dossiers that a signature would cover now, with all that its digest is taken over."""
    rows = seat.assignments.filter(stage=stage, state__in=(*SCORABLE, AssignmentState.LOCKED))
    return list(
        rows.select_related("application__place", "application__firm", "submission")
        .prefetch_related("marks")
        .order_by("application__place__order", "pk")
    )


def paper_of(user: User) -> QuerySet[SheetImport]:
    """What is typed in from paper, in the stage at hand, on the panels where the person is a
    scribe.
    """
    mine = Scribe.objects.filter(user=user).values("panel")
    at_hand = Case(
        When(seat__panel__call__status=CallStatus.HEARING, then=Value(Stage.HEARING)),
        default=Value(Stage.PAPER),
    )
    return SheetImport.objects.filter(kind="paper", seat__panel__in=mine, stage=at_hand)


def to_check(typed: QuerySet[SheetImport], user: User) -> QuerySet[SheetImport]:
    """Those that wait for this scribe's second typing."""
    return typed.filter(status=ImportStatus.PENDING).exclude(maker=user)


def to_lock(typed: QuerySet[SheetImport], user: User) -> QuerySet[SheetImport]:
    """Those that this scribe has checked and not locked yet."""
    return typed.filter(status=ImportStatus.CONFIRMED, checker=user, sheet=None)
