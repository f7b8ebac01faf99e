"""What may be marked now: assignments held for whoever marks them, and why the others are not."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import CallStatus
from audit import clock
from audit.refusals import NotVisible, TooLate, WrongState
from calendars.wording import moment_text
from reviews.models import Assignment, AssignmentState, SeatState, SheetImport, Stage
from reviews.rules import SCORABLE, may_type_in
from reviews.selectors.hearing import slot_of, times_of


def lock_open(pks: Iterable[int], by: User, paper: SheetImport | None = None) -> list[Assignment]:
    """Assignments of one seat and stage that the person may mark now, locked: their own, or those
    of `paper` that they checked against it. Each with the instant as `.now`.
    """
    locked = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("panel__call", "panel__sitting", "seat", "expert", "application")
        .filter(pk__in=set(pks))
        .annotate(now=clock.NOW)
        .order_by("pk")
    )
    rows: list[Assignment] = list(locked)
    if len({(row.seat_id, row.stage) for row in rows}) != 1:
        raise NotVisible
    for row in rows:
        if paper is None and not (row.expert.user_id == by.pk and row.expert.active):
            raise NotVisible
        if paper is not None and not (row.seat_id == paper.seat_id and row.expert.active):
            raise NotVisible
        if paper is not None and row.stage != paper.stage:
            raise NotVisible
    if not (may_type_in(by, paper) if paper else has_role(by, Role.EXPERT)):
        raise NotVisible
    begins = times_of(rows[0].panel) if rows[0].stage == Stage.HEARING else {}
    for row in rows:
        require_scorable(row, row.now, begins)  # type: ignore[attr-defined]  # annotated above
    return rows


def require_scorable(
    assignment: Assignment,
    now: datetime | None = None,
    begins: Mapping[int, datetime] | None = None,
) -> None:
    """Refuse unless declared on, unsigned, in an open review, within its time. `begins`: when the
    dossiers' hearings begin, by their ids, if that is read already.
    """
    if assignment.state == AssignmentState.LOCKED:
        raise WrongState(
            _("You have signed; your marks are locked and cannot be changed by anybody.")
        )
    if assignment.state == AssignmentState.RECUSED:
        raise WrongState(_("You are recused from this dossier; it takes no marks from you."))
    if assignment.seat.state != SeatState.ACCEPTED or assignment.state not in SCORABLE:
        raise WrongState(_("This dossier is not open to you. Declare on it first."))
    call = assignment.panel.call
    if assignment.stage == Stage.HEARING:
        if begins is None:
            time = slot_of(assignment.application)
            begins = {} if time is None else {assignment.application_id: time.begins}
        require_begun(assignment, now or clock.now(), begins.get(assignment.application_id))
    elif call.status != CallStatus.IN_REVIEW:
        raise WrongState(_("Scoring is not open in this call."))
    if call.scoring_due_at and (now or clock.now()) >= call.scoring_due_at:
        raise TooLate(
            _("The time for scoring has passed; nothing was saved. Tell the programme officer.")
        )


def require_begun(assignment: Assignment, now: datetime, begins: datetime | None) -> None:
    """Refuse before the dossier's own time at the hearing, and after the stage is closed."""
    if assignment.panel.call.status != CallStatus.HEARING:
        raise WrongState(_("The hearing stage is not open in this call."))
    if begins is None:
        raise WrongState(_("Day and place of this hearing are not set yet."))
    if now < begins:
        raise WrongState(
            _("This hearing begins %(at)s; marks are given from then on.")
            % {"at": moment_text(begins, get_language() or "", year_now=now.year)}
        )
