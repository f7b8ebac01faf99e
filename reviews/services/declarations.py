"""回避: an expert's word on each dossier before anything of it opens, and while it is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import CallStatus
from audit import clock
from audit.refusals import Invalid, NotVisible, WrongState
from audit.services import Entry
from notifications.services import Dispatch
from reviews.models import Assignment, AssignmentState, Declaration, Seat, SeatState, Stage
from reviews.rules import SCORABLE, tied
from reviews.selectors.people import People
from reviews.services.locking import lock_seat
from reviews.services.recusing import Recused, locked_rows
from reviews.services.succession import Succession

SHORTEST_REASON, LONGEST_REASON = 4, 400
UNDER_WAY = (CallStatus.SCREENED, CallStatus.IN_REVIEW, CallStatus.HEARING)


@dataclass(frozen=True, slots=True)
class Answer:
    """An expert's word on one dossier. A conflict says of what kind and why."""

    assignment: int
    conflict: bool
    kind: str = ""
    reason: str = ""


def declare(
    *, assignment: Assignment, conflict: bool, kind: str = "", reason: str = "", by: User
) -> Assignment:
    """Declare on one dossier. No conflict opens it; a conflict recuses the expert from it."""
    answer = Answer(assignment.pk, conflict, kind, reason)
    declare_all(seat=assignment.seat, answers=[answer], by=by)
    return Assignment.objects.get(pk=assignment.pk)


@transaction.atomic
def declare_all(*, seat: Seat, answers: Sequence[Answer], by: User) -> list[Assignment]:
    """Declare on several dossiers of a seat at once, all or none; each leaves its own record."""
    held = _own_seat(seat.pk, by)
    on = held.now.astimezone(clock.SHANGHAI).date()  # type: ignore[attr-defined]  # of `lock_seat`
    locked = _lock(held, [a.assignment for a in answers], on)
    for answer in answers:
        _require_declarable(locked[answer.assignment], answer)
    _require_untied([locked[a.assignment] for a in answers if not a.conflict])
    now = next(iter(locked.values())).now  # type: ignore[attr-defined]  # annotated
    _keep_words(locked, answers, now)
    passing = Succession(held, locked.values(), by=by, at=now)
    barred = [Recused(locked[a.assignment], a.reason.strip()) for a in answers if a.conflict]
    passing.recuse(barred, found="declared", role=Role.EXPERT)
    for answer in answers:
        if not answer.conflict:
            locked[answer.assignment].state = AssignmentState.OPEN
    if barred:
        passing.settle()
    passing.write([_entry(locked[a.assignment], a, by) for a in answers])
    return list(locked.values())


def _keep_words(locked: dict[int, Assignment], answers: Sequence[Answer], at: datetime) -> None:
    rows = [(locked[a.assignment], a) for a in answers]
    Declaration.objects.bulk_create(
        Declaration(
            seat_id=row.seat_id,
            expert_id=row.expert_id,
            application_id=row.application_id,
            conflict=answer.conflict,
            kind=answer.kind if answer.conflict else "",
            reason=answer.reason.strip() if answer.conflict else "",
            declared_at=at,
        )
        for row, answer in rows
    )


def _own_seat(pk: int, by: User) -> Seat:
    """The person's own seat, locked; a foreign one does not exist for them."""
    seat = lock_seat(pk)
    if seat.expert.user_id != by.pk or not seat.expert.active or not has_role(by, Role.EXPERT):
        raise NotVisible
    return seat


def _lock(seat: Seat, wanted: list[int], on: date) -> dict[int, Assignment]:
    """Assignments of a seat, locked in one order, each with whether a tie is on record on this day
    as `tied` and the instant as `now`. A foreign one does not exist.
    """
    rows = locked_rows().annotate(tied=tied(on), now=clock.NOW).filter(seat=seat, pk__in=wanted)
    found: dict[int, Assignment] = {a.pk: a for a in rows}
    if not wanted or set(wanted) != found.keys() or len(set(wanted)) != len(wanted):
        raise Invalid(_("Name dossiers of your own panel, each once."))
    return found


def _require_declarable(assignment: Assignment, answer: Answer) -> None:
    if assignment.seat.state != SeatState.ACCEPTED:
        raise WrongState(_("Accept the invitation first."))
    if assignment.state == AssignmentState.VOID:
        raise WrongState(_("This dossier is no longer with you."))
    if assignment.state != AssignmentState.TO_DECLARE:
        raise WrongState(_("You have already declared on this dossier."))
    if answer.conflict:
        _require_reason(answer.reason, f"reason-{assignment.pk}")


def _require_untied(clear: list[Assignment]) -> None:
    """Nobody declares away what is on record: a tie that came up after the draw, an own dossier."""
    for assignment in clear:
        if assignment.tied:  # type: ignore[attr-defined]  # asked by the query that locked it
            raise Invalid(
                _("A tie to the applicant of %(number)s is on record. Declare the conflict.")
                % {"number": assignment.application.number},
                field=f"reason-{assignment.pk}",
            )


def _require_reason(reason: str, field: str = "reason") -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Say what the conflict is."), field=field)
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(
            _("At most %(most)s characters.") % {"most": LONGEST_REASON},
            field=field,
        )


def _entry(assignment: Assignment, answer: Answer, by: User) -> Entry:
    return Entry(
        action="conflict.declare",
        obj=assignment,
        by=by,
        role=Role.EXPERT,
        source="to_declare",
        target="recused" if answer.conflict else assignment.state,
        after={"conflict": answer.conflict, "kind": answer.kind if answer.conflict else ""},
        scope=assignment.panel.call.number,
    )


@transaction.atomic
def step_aside(*, assignment: Assignment, ground: str, reason: str, by: User) -> Assignment:
    """An expert leaves a dossier that is open to them: a conflict found while reading ("conflict"),
    or no competence to judge it ("unable"). At once and for good; marks given on it do not count.
    """
    seat = _own_seat(assignment.seat_id, by)
    locked = locked_rows().annotate(now=clock.NOW).get(pk=assignment.pk)
    if locked.state == AssignmentState.LOCKED:
        raise WrongState(
            _(
                "You have signed. Tell the programme officer; a conflict found later is recorded "
                "there."
            )
        )
    if locked.state not in SCORABLE or locked.seat.state != SeatState.ACCEPTED:
        raise WrongState(_("This dossier is no longer with you."))
    if locked.panel.call.status not in UNDER_WAY:
        raise WrongState(_("Scoring is not open in this call."))
    if ground not in ("conflict", "unable"):
        raise Invalid(_("Choose why you leave this dossier."), field="ground")
    _require_reason(reason)
    found = "declared" if ground == "conflict" else "unable"
    left: list[Assignment] = [locked]
    if locked.stage == Stage.HEARING and ground == "conflict":  # it was there on paper, too
        left += _signed_beside(locked)
    passing = Succession(seat, left, by=by, at=locked.now)
    rows = [Recused(row, reason.strip()) for row in left]
    passing.recuse(rows, found=found, role=Role.EXPERT)
    passing.settle()
    passing.write(tell=partial(_filed, locked), roles=[Role.PROGRAMME_OFFICER])
    return locked


def _signed_beside(assignment: Assignment) -> QuerySet[Assignment]:
    """What the expert of a hearing has signed on the same dossier, locked."""
    return locked_rows().filter(
        expert=assignment.expert_id,
        application=assignment.application_id,
        state=AssignmentState.LOCKED,
    )


def _filed(assignment: Assignment, people: People) -> Iterator[Dispatch]:
    yield Dispatch(
        kind="recusal.filed",
        recipients=people.holding(Role.PROGRAMME_OFFICER),
        key=f"recusal.filed:{assignment.pk}",
        context={
            "number": assignment.application.number or "",
            "panel": assignment.panel.number,
            "call": assignment.panel.call,
            "expert": assignment.expert.pseudonym,
        },
        url="/panels/",
        about=assignment,
    )
