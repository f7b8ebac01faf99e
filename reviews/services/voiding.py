"""作废: another person than whoever prepared a draw voids it; what was drawn stays on record."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Call, CallStatus
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from notifications.services import Dispatch, notify_all
from reviews.models import Assignment, Draw, Panel
from reviews.rules import require
from reviews.services import access
from reviews.services.draws import lock
from reviews.services.preparing import SHORTEST_REASON
from reviews.services.seat_messages import released


@transaction.atomic
def void_draw(*, draw: Draw, reason: str, by: User) -> Draw:
    """Void a draw before the review opens: by a supervisor, never by whoever presses it, with a
    reason.

    What was drawn stays on record; the experts are told.
    """
    require(by, Role.SUPERVISOR)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    # The call first, as for a seat: the review opens before or after, never meanwhile.
    Call.objects.select_for_update().get(pk=draw.call_id)
    locked = lock(draw, by, "prepared", "committed", "drawn")
    if locked.operator_id == by.pk:
        raise NotPermitted(_("Whoever prepared the draw may not void it."))
    if locked.call.status != CallStatus.SCREENED:
        raise WrongState(_("The review has opened; the draw stands."))
    source, locked.status, locked.voided_at = locked.status, "void", clock.now()
    locked.voided_by, locked.void_reason = by, reason.strip()
    locked.save(update_fields=["status", "voided_at", "voided_by", "void_reason"])
    seats = list(
        locked.seats.filter(state__in=("invited", "accepted")).select_related("expert__user")
    )
    locked.seats.filter(pk__in=[s.pk for s in seats]).update(
        state="replaced", reason=reason.strip()
    )
    laid_out = Assignment.objects.filter(seat__draw=locked).exclude(state="void")
    access.close(laid_out.values("pk"))
    laid_out.update(state="void")
    Panel.objects.filter(call=locked.call).update(status="forming")
    record(
        action="draw.void",
        obj=locked,
        by=by,
        role=Role.SUPERVISOR,
        source=source,
        target="void",
        reason=reason.strip(),
        scope=locked.call.number,
    )
    voided = Dispatch(
        kind="draw.voided",
        recipients=[locked.operator],
        key=f"draw.voided:{locked.pk}",
        context={"number": locked.number, "reason": locked.void_reason},
        url=f"/draws/{locked.number}/",
        about=locked,
    )
    notify_all([voided, *(released(seat) for seat in seats)])
    return locked
