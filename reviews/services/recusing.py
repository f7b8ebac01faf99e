"""回避: an expert leaves dossiers of one seat, and what follows; whoever found the ground."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from applications.models import CallStatus
from applications.workflow import Status
from audit.services import Entry
from notifications.services import Dispatch
from reviews.models import Assignment, AssignmentState, Recusal, Seat, SeatState
from reviews.selectors.quorum import Short
from reviews.services import access
from reviews.services.quorum import keep_quorum
from reviews.services.replacing import released, replace_seat


@dataclass(frozen=True, slots=True)
class Recused:
    """A dossier that an expert leaves, and why; of what the office found also the kind of the
    conflict and what shows it.
    """

    assignment: Assignment
    reason: str
    ground: str = ""
    evidence: str = ""


def locked_rows() -> QuerySet[Assignment]:
    """Assignments, locked in one order."""
    return (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("panel__call", "expert__user", "application", "seat")
        .order_by("pk")
    )


def recuse(
    rows: Sequence[Recused], *, found: str, by: User, role: str, at: datetime
) -> list[Entry]:
    """Recuse from dossiers of one seat, in one stage or both: their marks count no more, nothing is
    edited.

    Returns what is to be recorded.
    """
    left = [row.assignment for row in rows]
    opened = [a.pk for a in left if a.state != AssignmentState.TO_DECLARE]
    once = {row.assignment.application_id: row for row in rows}
    Recusal.objects.bulk_create(
        Recusal(
            panel_id=row.assignment.panel_id,
            expert_id=row.assignment.expert_id,
            application_id=row.assignment.application_id,
            found=found,
            reason=row.reason,
            ground=row.ground,
            evidence=row.evidence,
            recorded_by=by,
            recorded_at=at,
        )
        for row in once.values()
    )
    entries = [_left(row, found, by, role) for row in rows]
    for state in (AssignmentState.VOID, AssignmentState.RECUSED):
        pks = [a.pk for a in left if a.state == state]
        if pks:
            Assignment.objects.filter(pk__in=pks).update(state=state)
    if opened:
        access.close(opened)
    return entries


def _left(row: Recused, found: str, by: User, role: str) -> Entry:
    """Move the assignment, in memory, to where a recusal leads; the entry tells of it."""
    assignment = row.assignment
    source, signed = assignment.state, assignment.state == AssignmentState.LOCKED
    assignment.state = AssignmentState.VOID if signed else AssignmentState.RECUSED
    told = {"found": found}
    if row.ground:
        told |= {"ground": row.ground, "evidence": row.evidence}
    return Entry(
        action="recusal.record",
        obj=assignment,
        by=by,
        role=role,
        source=source,
        target=assignment.state,
        reason=row.reason,
        after=told,
        scope=assignment.panel.call.number,
    )


def make_up_for(
    seat: Seat, by: User, tell: Callable[[list[User]], Dispatch] | None = None
) -> list[Short]:
    """What follows from recusals: barred from too much of the panel, the expert gives the seat to
    the next in order; then every dossier keeps enough experts, as far as can be. Returns those
    that do not.
    """
    if seat.draw.call.status in (CallStatus.SCREENED, CallStatus.IN_REVIEW) and _has_too_many(seat):
        told = [] if seat.expert.user_id == by.pk else [released(seat)]
        replace_seat(seat, state=SeatState.REPLACED, reason="too many recusals", by=by, told=told)
    return keep_quorum(seat, by=by, tell=tell)


def _has_too_many(seat: Seat) -> bool:
    """Barred from more than the allowed share of the panel, with nothing signed."""
    if seat.state != SeatState.ACCEPTED or seat.draw.input.get("matching"):
        return False  # matched with single dossiers, each stands for itself
    judged = seat.assignments.exclude(application__status=Status.WITHDRAWN)
    states = list(judged.values_list("state", flat=True))
    barred = sum(s in (AssignmentState.RECUSED, AssignmentState.VOID) for s in states)
    allowed = seat.draw.call.rule_set.max_single_recusals_percent
    return barred * 100 > allowed * len(states) and AssignmentState.LOCKED not in states
