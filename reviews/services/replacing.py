"""A seat changes hands: it is vacated, and the next feasible in the drawn order is invited."""

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from audit import clock
from audit.services import record
from notifications.services import notify
from reviews.models import Assignment, Draw, Expert, Seat, SeatState
from reviews.selectors import draws as reading
from reviews.services import access
from reviews.services.seating import invite


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


def tell_released(seat: Seat) -> None:
    """Tell an expert that the seat is no longer theirs."""
    notify(
        kind="seat.released",
        recipients=[seat.expert.user],
        key=f"seat.released:{seat.pk}",
        context={"call": seat.draw.call},
        url="/my-reviews/",
        about=seat,
    )
