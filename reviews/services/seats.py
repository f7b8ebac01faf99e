"""Invitations: accept, decline, give up on one who does not answer; the next in drawn order
follows.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import CallStatus
from audit import clock
from audit.refusals import Invalid, NotVisible, WrongState
from audit.services import record
from calendars.deadlines import Deadline, due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from notifications.services import notify
from reviews.models import Assignment, Draw, Expert, Seat, SeatState
from reviews.rules import expert_of, require
from reviews.selectors import draws as reading
from reviews.services import access
from reviews.services.seating import invite

ANSWER_DAYS = 2  # working days an expert has to answer before the next may be asked


def lock_seat(pk: int) -> Seat:
    """A seat, locked with its call and its draw, in this order wherever one is held: the scoring
    opens and closes, a ranking is computed, and a draw is voided before or after, never meanwhile.
    """
    seat = (
        # PostgreSQL locks in the order named here, and reads anew what it had to wait for.
        Seat.objects.select_for_update(no_key=True, of=("draw__call", "draw", "self"))
        .select_related("panel", "draw__call", "expert__user")
        .get(pk=pk)
    )
    seat.panel.call = seat.draw.call
    return seat


def _own_seat(seat: Seat, by: User) -> Seat:
    expert = expert_of(by)
    locked = lock_seat(seat.pk)
    if locked.expert_id != expert.pk:
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
    if locked.assignments.filter(state="locked").exists():
        raise WrongState(
            _("Your sheets are signed and locked; the seat can no longer be given back.")
        )
    if len(reason.strip()) < 2:
        raise Invalid(_("Say briefly why you cannot take part."), field="reason")
    return replace_seat(locked, state=SeatState.DECLINED, reason=reason.strip(), by=by)


def replace_seat(seat: Seat, *, state: SeatState, reason: str, by: User) -> Seat | None:
    """Vacate a seat held by `lock_seat` and invite the next feasible expert, in its transaction."""
    draw = seat.draw
    source = seat.state
    seat.state, seat.answered_at, seat.reason = state, clock.now(), reason
    seat.save(update_fields=["state", "answered_at", "reason"])
    left = list(
        Assignment.objects.filter(seat=seat)
        .exclude(state__in=("locked", "void"))
        .values_list("pk", flat=True)
    )
    access.close(left)
    Assignment.objects.filter(pk__in=left).update(state="void")
    record(
        action=f"seat.{state}",
        obj=seat,
        by=by,
        source=source,
        target=state,
        reason=reason,
        scope=draw.call.number,
    )
    successor = _next_expert(draw)
    if successor is None:
        notify(
            kind="seat.vacant",
            recipients=users_with_role(Role.PROGRAMME_OFFICER),
            key=f"seat.vacant:{seat.pk}",
            context={"panel": seat.panel.number, "call": draw.call.number},
            url=f"/draws/{draw.number}/",
            about=seat,
        )
        return None
    new = Seat.objects.create(
        draw=draw,
        panel=seat.panel,
        code=seat.code,
        expert_id=successor[0],
        rank=successor[1],
        invited_at=clock.now(),
        follows=seat,
    )
    invite(new)
    return new


def _next_expert(draw: Draw) -> tuple[int, int] | None:
    """(expert pk, rank) of who follows the seat vacated just now, by replaying every
    replacement.
    """
    last = reading.replacements_of(draw)[-1]
    if last.replaced_by is None or last.rank is None:
        return None
    return Expert.objects.values_list("pk", flat=True).get(pseudonym=last.replaced_by), last.rank


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
    if locked.draw.call.status != CallStatus.SCREENED:
        raise WrongState(_("The review has opened."))
    limit = end_of_day(answer_due(locked, working_days()).day)
    if clock.now() <= limit:
        raise WrongState(
            _("The expert has %(days)s working days to answer; that time is not over yet.")
            % {"days": ANSWER_DAYS}
        )
    if len(reason.strip()) < 4:
        raise Invalid(_("Say briefly what was done to reach the expert."), field="reason")
    notify(
        kind="seat.released",
        recipients=[locked.expert.user],
        key=f"seat.released:{locked.pk}",
        context={"call": locked.draw.call},
        url="/my-reviews/",
        about=locked,
    )
    return replace_seat(locked, state=SeatState.REPLACED, reason=reason.strip(), by=by)
