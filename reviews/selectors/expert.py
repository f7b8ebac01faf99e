"""An expert's own seats and dossiers. Nothing here tells of anybody else's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet, Sum, Value

from accounts.models import User
from applications.models import CallStatus
from reviews.models import (
    Assignment,
    AssignmentState,
    Expert,
    HearingMinutes,
    Recusal,
    Seat,
    SeatState,
    Stage,
)
from reviews.rules import stage_at

READABLE = (AssignmentState.OPEN, AssignmentState.FINISHED, AssignmentState.LOCKED)
LEFT = (AssignmentState.RECUSED, AssignmentState.VOID)
BEFOREHAND = ("system", "named")  # how a recusal was found that the draw's input held
UNDER_WAY = (CallStatus.SCREENED, CallStatus.IN_REVIEW, CallStatus.HEARING)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an expert is with a panel's dossiers; what they left does not count."""

    states: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.states.total() - self.left

    @property
    def done(self) -> int:
        return self.states[AssignmentState.FINISHED] + self.states[AssignmentState.LOCKED]

    @property
    def left(self) -> int:
        return sum(self.states[state] for state in LEFT)

    @property
    def to_declare(self) -> int:
        return self.states[AssignmentState.TO_DECLARE]

    @property
    def to_score(self) -> int:
        return self.states[AssignmentState.OPEN]

    @property
    def is_signed(self) -> bool:
        return self.states[AssignmentState.LOCKED] > 0

    @property
    def is_complete(self) -> bool:
        """Every dossier finished, nothing signed yet."""
        return self.total > 0 and self.states[AssignmentState.FINISHED] == self.total


@dataclass(frozen=True, slots=True)
class Place:
    """One dossier among the expert's: which one it is to them, how it stands, and the sum of the
    points given to it by this expert; None before the first. `absent`: its firm did not come to
    the hearing."""

    pk: int
    order: int
    state: str
    given: Decimal | None = None
    absent: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in READABLE


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a sum of points stands among an expert's own, best first: `place` of `count`, shared
    by `beside` others; the highest and the lowest of the others."""

    place: int
    count: int
    beside: int
    highest: Decimal
    lowest: Decimal


def standing_of(given: Decimal, others: Sequence[Decimal]) -> Standing | None:
    """None while there is nothing to stand among."""
    if not others:
        return None
    return Standing(
        place=1 + sum(other > given for other in others),
        count=len(others) + 1,
        beside=sum(other == given for other in others),
        highest=max(others),
        lowest=min(others),
    )


def progress_of(states: list[str]) -> Progress:
    return Progress(Counter(states))


ORDERS = {
    Stage.PAPER: ("application__place__order", "pk"),
    Stage.HEARING: ("application__hearing__place", "pk"),
}


def laid_out(stage: str = Stage.PAPER) -> QuerySet[Assignment]:
    """Dossiers of a stage as experts know of them, in the panel's order, at the hearing in that of
    the lot: without those they are barred from beforehand, since the firm may have asked for it
    (申请回避). With what tells why a sheet is void: `.absent`, `.conflicted`, `.seat_state`.
    """
    beforehand = Recusal.objects.filter(
        expert=OuterRef("expert"), application=OuterRef("application"), found__in=BEFOREHAND
    )
    own = {"expert": OuterRef("expert"), "application": OuterRef("application")}
    entry = OuterRef("application__hearing")
    rows = Assignment.objects.filter(stage=stage).exclude(Exists(beforehand))
    if stage == Stage.HEARING:
        rows = rows.annotate(absent=Exists(HearingMinutes.objects.filter(entry=entry, came=False)))
    else:
        rows = rows.annotate(absent=Value(value=False))
    rows = rows.annotate(
        conflicted=Exists(Recusal.objects.filter(**own)), seat_state=F("seat__state")
    )
    return rows.order_by(*ORDERS[Stage(stage)])


def why_void(row: Any) -> str:
    """Why a void sheet of `laid_out` is void: the firm did not come to the hearing, a recusal, or
    the stage closed before it was signed; "" when the seat was given back.
    """
    if row.absent:
        return "absent"
    if row.conflicted:
        return "recused"
    return "unsigned" if row.seat_state == SeatState.ACCEPTED else ""


def seats_of_person(user: User) -> QuerySet[Seat]:
    """A person's seats of draws that stand, newest first, each with its dossiers of the paper
    review in order.

    None for who holds the role but is not, or no longer, in the pool.
    """
    dossiers = laid_out().select_related("application__firm")
    return (
        Seat.objects.filter(expert__user=user, expert__active=True)
        .exclude(draw__status="void")
        .select_related("panel__call", "draw", "expert")
        .prefetch_related(Prefetch("assignments", dossiers.prefetch_related("marks")))
        .order_by("-invited_at", "-pk")
    )


def hearings_of_person(user: User) -> list[Seat]:
    """The seats whose panels hear dossiers again, newest first, with those dossiers and their
    places in order."""
    dossiers = laid_out(Stage.HEARING).select_related("application__firm", "application__hearing")
    heard = Assignment.objects.filter(seat=OuterRef("pk"), stage=Stage.HEARING)
    return list(
        Seat.objects.filter(Exists(heard), expert__user=user, expert__active=True)
        .select_related("panel__call", "panel__sitting", "draw", "expert")
        .prefetch_related(Prefetch("assignments", dossiers.prefetch_related("marks")))
        .order_by("-invited_at", "-pk")
    )


def live_seats(expert: Expert) -> QuerySet[Seat]:
    """Seats in which something may wait for the expert, with the bare dossiers."""
    return (
        Seat.objects.filter(
            expert=expert,
            state__in=(SeatState.INVITED, SeatState.ACCEPTED),
            panel__call__status__in=UNDER_WAY,
        )
        .exclude(draw__status="void")
        .select_related("panel__call")
        .prefetch_related("assignments")
        .order_by("invited_at", "pk")
    )


def at_hand(seat: Seat) -> list[Assignment]:
    """The dossiers of a seat, fetched with it, in the stage that its call is in."""
    stage = stage_at(seat.panel.call)
    return [row for row in seat.assignments.all() if row.stage == stage]


def seat_of(user: User, pk: int) -> Seat | None:
    """One own seat of an active expert; None for a foreign one."""
    return (
        Seat.objects.filter(expert__user=user, expert__active=True, pk=pk)
        .exclude(draw__status="void")
        .select_related("panel__call", "draw", "expert")
        .first()
    )


def undeclared(user: User, pk: int) -> list[tuple[int, Assignment]]:
    """The dossiers of one own accepted seat of an active expert that wait for a declaration, each
    with which of the expert's it is, and all with one and the same `.seat`; none of a foreign one.
    """
    rows = list(
        laid_out()
        .filter(
            seat=pk,
            seat__state=SeatState.ACCEPTED,
            expert__user=user,
            expert__active=True,
        )
        .exclude(seat__draw__status="void")
        .select_related("application__firm", "seat__panel__call", "seat__draw", "seat__expert")
    )
    for row in rows:
        row.seat = rows[0].seat
    numbered = enumerate(rows, start=1)
    return [(order, row) for order, row in numbered if row.state == AssignmentState.TO_DECLARE]


def is_under_way(seat: Seat, stage: str) -> bool:
    """Is there something for the expert to do in this seat at this stage?"""
    call = seat.panel.call
    return (
        seat.state in (SeatState.INVITED, SeatState.ACCEPTED)
        and call.status in UNDER_WAY
        and stage == stage_at(call)
    )


def own_assignment_of(user: User, pk: int) -> Assignment | None:
    """An own dossier that is open to read to an active expert, with all that its page needs; None
    for any other.
    """
    return (
        Assignment.objects.filter(pk=pk, expert__user=user, expert__active=True, state__in=READABLE)
        .select_related(
            "panel__call",
            "seat",
            "sheet",
            "application__firm",
            "application__region",
            "application__industry",
            "submission",
        )
        .first()
    )


def places_of(seat: Seat, stage: str = Stage.PAPER) -> list[Place]:
    """Every dossier of a seat and stage in its order, counted from 1."""
    rows = laid_out(stage).filter(seat=seat).annotate(given=Sum("marks__score"))
    values = rows.values_list("pk", "state", "given", "absent")
    return [Place(pk, order, *rest) for order, (pk, *rest) in enumerate(values, start=1)]


def marked(seat: Seat, stage: str = Stage.PAPER) -> list[Assignment]:
    """Every dossier of a seat and stage with its marks and its sheet."""
    rows = laid_out(stage).filter(seat=seat)
    return list(
        rows.select_related("application__firm", "submission", "sheet").prefetch_related("marks")
    )


def points_given(assignment: Assignment) -> Decimal | None:
    """The sum of an own dossier's marks so far; None before the first."""
    scores = [m.score for m in assignment.marks.all() if m.score is not None]
    return sum(scores, Decimal("0.00")) if scores else None
