"""Invitations: accept, decline, give up on one who does not answer; the next in drawn order
follows.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import CallStatus
from audit import clock
from audit.refusals import Invalid, NotVisible, WrongState
from audit.services import record
from calendars.deadlines import Deadline, due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from reviews.models import AssignmentState, Seat, SeatState
from reviews.rules import acts_as, require
from reviews.services.locking import lock_seat
from reviews.services.succession import Succession

ANSWER_DAYS = 2  # working days an expert has to answer before the next may be asked


def _own_seat(seat: Seat, by: User) -> Seat:
    locked = lock_seat(seat.pk)
    if locked.expert.user_id != by.pk or not acts_as(locked.expert, by):
        raise NotVisible
    if locked.draw.call.status not in (CallStatus.SCREENED, CallStatus.IN_REVIEW):
        raise WrongState(_("The review is over; the seat stays as it was."))
    return locked


@transaction.atomic
def accept(*, seat: Seat, by: User) -> Seat:
    """The expert accepts the seat."""
    locked = _own_seat(seat, by)
    if locked.state != SeatState.INVITED:
        raise WrongState(_("This invitation has already been answered."))
    locked.state, locked.answered_at = SeatState.ACCEPTED, clock.now()
    locked.save(update_fields=["state", "answered_at"])
    record(
        action="seat.accept",
        obj=locked,
        by=by,
        role=Role.EXPERT,
        source="invited",
        target="accepted",
        scope=locked.draw.call.number,
    )
    return locked


@transaction.atomic
def decline(*, seat: Seat, reason: str, by: User) -> Seat | None:
    """The expert declines with a reason; returns the seat of whoever is next in the drawn order."""
    locked = _own_seat(seat, by)
    if locked.state not in (SeatState.INVITED, SeatState.ACCEPTED):
        raise WrongState(_("This invitation has already been answered."))
    passing = Succession(locked, by=by, at=clock.now())
    rows = passing.table.rows_of(locked)
    if any(row.state == AssignmentState.LOCKED for row in rows):
        raise WrongState(
            _("Your sheets are signed and locked; the seat can no longer be given back.")
        )
    if len(reason.strip()) < 2:
        raise Invalid(_("Say briefly why you cannot take part."), field="reason")
    follower = passing.vacate(locked, state=SeatState.DECLINED, reason=reason.strip())
    passing.keep_quorum()
    passing.write()
    return follower


def answer_due(seat: Seat, table: WorkingDays) -> Deadline:
    """Until when an invited expert may take to answer, before the office may ask the next."""
    return due(day_of(seat.invited_at), ANSWER_DAYS, table)


@transaction.atomic
def pass_over(*, seat: Seat, reason: str, by: User) -> Seat | None:
    """Ask the next in the drawn order because an invited expert has not answered in time."""
    require(by, Role.PROGRAMME_OFFICER)
    locked = lock_seat(seat.pk)
    if locked.state != SeatState.INVITED or locked.draw.status != "drawn":
        raise WrongState(_("This invitation has already been answered."))
    if locked.draw.call.status not in (CallStatus.SCREENED, CallStatus.IN_REVIEW):
        raise WrongState(_("The review is over; the seat stays as it was."))
    limit = end_of_day(answer_due(locked, working_days()).day)
    now = clock.now()
    if now <= limit:
        raise WrongState(
            _("The expert has %(days)s working days to answer; that time is not over yet.")
            % {"days": ANSWER_DAYS}
        )
    if len(reason.strip()) < 4:
        raise Invalid(_("Say briefly what was done to reach the expert."), field="reason")
    passing = Succession(locked, by=by, at=now)
    follower = passing.vacate(locked, state=SeatState.REPLACED, reason=reason.strip())
    passing.keep_quorum()
    passing.write()
    return follower
