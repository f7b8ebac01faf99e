"""回避: an expert's word on each dossier before anything of it opens, and conflicts found later."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, CallStatus
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import record
from reviews.models import (
    Assignment,
    AssignmentState,
    Declaration,
    Expert,
    Recusal,
    Seat,
    SeatState,
)
from reviews.rules import own_assignment, require
from reviews.services.seats import replace_seat


def _lock(assignment: Assignment) -> Assignment:
    return (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("panel__call", "expert__user", "application", "seat")
        .get(pk=assignment.pk)
    )


@transaction.atomic
def declare(
    *, assignment: Assignment, conflict: bool, kind: str = "", reason: str = "", by: User
) -> Assignment:
    """Declare on one dossier. No conflict opens it; a conflict recuses the expert from it."""
    own_assignment(by, assignment)
    locked = _lock(assignment)
    if locked.seat.state != SeatState.ACCEPTED:
        raise WrongState(_("Accept the invitation first."))
    if locked.state != AssignmentState.TO_DECLARE:
        raise WrongState(_("You have already declared on this dossier."))
    if conflict and len(reason.strip()) < 4:
        raise Invalid(_("Say what the conflict is."), field="reason")
    Declaration.objects.create(
        expert=locked.expert,
        application=locked.application,
        conflict=conflict,
        kind=kind if conflict else "",
        reason=reason.strip() if conflict else "",
        declared_at=clock.now(),
    )
    record(
        action="conflict.declare",
        obj=locked,
        by=by,
        role=Role.EXPERT,
        source="to_declare",
        target="recused" if conflict else "open",
        after={"conflict": conflict, "kind": kind},
        scope=locked.panel.call.number,
    )
    if conflict:
        return _recuse(locked, found="declared", reason=reason.strip(), by=by)
    locked.state = AssignmentState.OPEN
    locked.save(update_fields=["state"])
    assign_perm("applications.score_application", by, locked.application)
    return locked


def _recuse(assignment: Assignment, *, found: str, reason: str, by: User) -> Assignment:
    source = assignment.state
    Recusal.objects.create(
        panel=assignment.panel,
        expert=assignment.expert,
        application=assignment.application,
        found=found,
        reason=reason,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    assignment.state = (
        AssignmentState.VOID if source == AssignmentState.LOCKED else AssignmentState.RECUSED
    )
    assignment.save(update_fields=["state"])
    remove_perm("applications.score_application", assignment.expert.user, assignment.application)
    record(
        action="recusal.record",
        obj=assignment,
        by=by,
        source=source,
        target=assignment.state,
        reason=reason,
        scope=assignment.panel.call.number,
    )
    _replace_if_too_many(assignment, by)
    return assignment


def _replace_if_too_many(assignment: Assignment, by: User) -> None:
    """Barred from more than the allowed share of the panel: the whole seat goes to the next in order."""
    rules = assignment.panel.call.rule_set
    seat = (
        Seat.objects.select_for_update(of=("self",))
        .select_related("panel")
        .get(pk=assignment.seat_id)
    )
    total = assignment.panel.places.count()
    barred = seat.assignments.filter(state__in=("recused", "void")).count()
    if (
        barred * 100 > rules.max_single_recusals_percent * total
        and seat.state == SeatState.ACCEPTED
    ):
        if not seat.assignments.filter(state="locked").exists():
            replace_seat(seat, state=SeatState.REPLACED, reason="too many recusals", by=by)


@transaction.atomic
def record_conflict(*, expert: Expert, application: Application, reason: str, by: User) -> Recusal:
    """A conflict found later: the score is void (招标投标法实施条例 art. 48), everything else stays."""
    require(by, Role.PROGRAMME_OFFICER, Role.SUPERVISOR)
    if len(reason.strip()) < 10:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    assignment = Assignment.objects.filter(expert=expert, application=application).first()
    if assignment is None:
        raise Invalid(_("The expert does not review this dossier."), field="expert")
    locked = _lock(assignment)
    if locked.state in (AssignmentState.RECUSED, AssignmentState.VOID):
        raise WrongState(_("The recusal is already recorded."))
    if locked.panel.call.status not in (
        CallStatus.SCREENED,
        CallStatus.IN_REVIEW,
        CallStatus.SCORED,
    ):
        raise WrongState(_("The ranking already stands; use the objection procedure."))
    _recuse(locked, found="later", reason=reason.strip(), by=by)
    return Recusal.objects.get(expert=expert, application=application)
