"""A seat changes hands: it is vacated, and the next feasible in the drawn order is invited."""

from collections.abc import Sequence

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from audit.services import record
from notifications.services import Dispatch, notify_all
from reviews.models import Assignment, Draw, Expert, Seat, SeatState
from reviews.selectors import following as reading
from reviews.services import access
from reviews.services.seating import invitable, invite


def replace_seat(
    seat: Seat, *, state: SeatState, reason: str, by: User, told: Sequence[Dispatch] = ()
) -> Seat | None:
    """Vacate a seat held by `lock_seat` and invite the next feasible expert, in its transaction.

    `told`: other messages, told at once with the invitation.
    """
    draw, was_invited = seat.draw, seat.state == SeatState.INVITED
    event = record(
        action=f"seat.{state}",
        obj=seat,
        by=by,
        source=seat.state,
        target=state,
        reason=reason,
        scope=draw.call.number,
    )
    seat.state, seat.answered_at, seat.reason = state, event.at, reason
    seat.save(update_fields=["state", "answered_at", "reason"])
    left = Assignment.objects.filter(seat=seat).exclude(state__in=("locked", "void"))
    if not was_invited:  # nothing was opened to somebody who has not answered
        access.close(left.values("pk"))
    left.update(state="void")
    successor = _next_expert(draw)
    if successor is None:
        notify_all([*told, _vacant(seat)])
        return None
    new = Seat.objects.create(
        draw=draw,
        panel=seat.panel,
        code=seat.code,
        expert=successor[0],
        rank=successor[1],
        invited_at=event.at,
        follows=seat,
    )
    invite(new, told)
    return new


def _next_expert(draw: Draw) -> tuple[Expert, int] | None:
    """Who follows the seat vacated just now, and the rank, by replaying every replacement."""
    last = reading.replacements_of(draw)[-1]
    if last.replaced_by is None or last.rank is None:
        return None
    return invitable().get(pseudonym=last.replaced_by), last.rank


def _vacant(seat: Seat) -> Dispatch:
    return Dispatch(
        kind="seat.vacant",
        recipients=users_with_role(Role.PROGRAMME_OFFICER),
        key=f"seat.vacant:{seat.pk}",
        context={"panel": seat.panel.number, "call": seat.draw.call.number},
        url=f"/draws/{seat.draw.number}/",
        about=seat,
    )


def released(seat: Seat) -> Dispatch:
    """What tells an expert that the seat is no longer theirs."""
    return Dispatch(
        kind="seat.released",
        recipients=[seat.expert.user],
        key=f"seat.released:{seat.pk}",
        context={"call": seat.draw.call},
        url="/my-reviews/",
        about=seat,
    )
