"""Invitations: accept, decline (the next in drawn order follows), and the opening of the review."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application, Call, CallStatus
from applications.services.calls import advance_call
from applications.services.lifecycle import advance
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotVisible, WrongState
from audit.services import record
from notifications.services import notify
from reviews.draw import assignment, pool, replacement
from reviews.models import Assignment, Draw, Expert, Panel, Seat, SeatState
from reviews.rules import expert_of, require
from reviews.services import access
from reviews.services.draws import invite


def _own_seat(seat: Seat, by: User) -> Seat:
    expert = expert_of(by)
    locked = (
        Seat.objects.select_for_update(of=("self",))
        .select_related("panel", "draw__call", "expert")
        .get(pk=seat.pk)
    )
    if locked.expert_id != expert.pk:
        raise NotVisible()
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
    """Vacate a locked seat and invite the next feasible expert, in the caller's transaction."""
    draw = Draw.objects.select_for_update(of=("self",)).select_related("call").get(pk=seat.draw_id)
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
    successor = _next_expert(draw, seat, reason)
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


def _next_expert(draw: Draw, seat: Seat, reason: str) -> tuple[int, int] | None:
    """(expert pk, rank) of the next feasible expert in drawn order, by replaying every replacement so far."""
    people = pool.read(draw.input)
    seed = bytes.fromhex(draw.seed)
    seated = assignment_of(draw)
    history: list[replacement.Replacement] = []
    vacated = (
        Seat.objects.filter(draw=draw, state__in=(SeatState.DECLINED, SeatState.REPLACED))
        .select_related("panel", "expert")
        .order_by("answered_at", "pk")
    )
    for row in vacated:
        history.append(
            replacement.replace(
                people,
                seed,
                seated,
                history,
                str(row.panel.number),
                row.code.rpartition(".")[0],
                row.expert.pseudonym,
                row.reason,
            )
        )
    last = history[-1]
    if last.replaced_by is None or last.rank is None:
        return None
    return Expert.objects.values_list("pk", flat=True).get(pseudonym=last.replaced_by), last.rank


def assignment_of(draw: Draw) -> tuple[assignment.Seated, ...]:
    """The drawn result as the pure module's rows."""
    return tuple(
        assignment.Seated(r["panel"], r["seat"], r["expert"], r["rank"]) for r in draw.result
    )


@transaction.atomic
def open_scoring(*, call: Call, due_at: datetime, by: User) -> Call:
    """Open the review once every seat is accepted: dossiers go under review, scoring is due at `due_at`."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != CallStatus.SCREENED or not call.draws.filter(status="drawn").exists():
        raise WrongState(_("The draw has not been made yet."))
    if due_at <= clock.now():
        raise Invalid(_("The scoring deadline must lie in the future."), field="due_at")
    seats = Seat.objects.filter(draw__call=call, draw__status="drawn")
    if seats.filter(state=SeatState.INVITED).exists():
        raise WrongState(_("Some experts have not answered their invitation yet."))
    call.scoring_due_at = due_at
    call.save(update_fields=["scoring_due_at"])
    for application in Application.objects.filter(place__panel__call=call, status=Status.ELIGIBLE):
        advance(application=application, step="start_review", by=by)
    Panel.objects.filter(call=call).update(status="scoring")
    advance_call(call=call, to=CallStatus.IN_REVIEW, by=by)
    for seat in seats.filter(state=SeatState.ACCEPTED).select_related("expert__user"):
        notify(
            kind="scoring.opened",
            recipients=[seat.expert.user],
            key=f"scoring.opened:{seat.pk}",
            context={"call": call.number, "due": due_at},
            url="/my-reviews/",
            about=call,
        )
    return call
