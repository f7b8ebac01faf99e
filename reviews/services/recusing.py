"""回避: an expert leaves dossiers of one seat; whoever found the ground."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from audit.services import Entry
from reviews.models import Assignment, AssignmentState, Recusal


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


def recusal_of(row: Recused, *, found: str, by: User, at: datetime) -> Recusal:
    """The recusal to be stored."""
    return Recusal(
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


def leave(row: Recused, *, found: str, by: User, role: str) -> Entry:
    """Move the assignment, in memory, to where a recusal leads: signed marks are void, nothing is
    edited. Returns what is to be recorded.
    """
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
