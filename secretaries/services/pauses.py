"""A request's clock stands still for a listed reason, with evidence, and goes on."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.refusals import Invalid, WrongState
from calendars.selectors import working_days
from calendars.table import ONE_DAY
from calendars.wording import day_of
from secretaries import facts
from secretaries.models import ClockPause, PauseReason, RequestStatus, ServiceRequest
from secretaries.selectors.settings import numbers
from secretaries.services import clock_rows, telling
from secretaries.services.request_rows import (
    act,
    checked_text,
    lock_for_secretary,
    require_status,
)


@transaction.atomic
def pause_clock(*, request: ServiceRequest, reason: str, evidence: str, by: User) -> ServiceRequest:
    """Let the clock stand still from today on. Refuses what is overdue: no pause hides that."""
    row, now = lock_for_secretary(request, by)
    require_status(row, RequestStatus.OPEN)
    if reason not in PauseReason.values:
        raise Invalid(_("Choose one of the listed reasons."), "reason")
    shown = checked_text(evidence, "text")
    finish = row.finish
    if finish.paused_since is not None:
        raise WrongState(_("The clock stands still already."))
    if finish.due_at is not None and finish.due_at < now:
        raise WrongState(_("The request is overdue. A pause cannot be begun any more; answer it."))
    ClockPause.objects.create(
        clock=finish,
        reason=reason,
        evidence=shown,
        first=day_of(now),
        begun_by=by,
        begun_at=now,
    )
    finish.paused_since, finish.due_at = day_of(now), None
    finish.save(update_fields=["paused_since", "due_at"])
    text = f"{PauseReason(reason).label}\n{shown}"
    act(row, "pause", text, by, now, more=facts.pause_facts(row))
    telling.request(
        "paused",
        row,
        telling.firm_of(row.application),
        stamp=now.isoformat(),
        why=PauseReason(reason).label,
        text=shown[:300],
    )
    return row


@transaction.atomic
def resume_clock(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """What was waited for has come: the clock goes on today, with the days it had left."""
    row, now = lock_for_secretary(request, by)
    require_status(row, RequestStatus.OPEN)
    if row.finish.paused_since is None:
        raise WrongState(_("The clock does not stand still."))
    kept = checked_text(text, "text")
    more = end_pause(row, kept, by, now)
    row.finish.save(update_fields=["paused_since", *clock_rows.MEASURED])
    act(row, "resume", kept, by, now, more=more)
    return row


def end_pause(row: ServiceRequest, text: str, by: User, now: datetime) -> dict[str, Any]:
    """The open pause ends the day before; the clock is measured anew, and not stored yet. The facts
    for the log.
    """
    finish = row.finish
    prefetch_related_objects([finish], "pauses")
    [pause] = [one for one in finish.pauses.all() if one.ended_at is None]
    pause.last, pause.ended_by, pause.ended_at, pause.ending = (
        max(day_of(now), pause.first) - ONE_DAY,
        by,
        now,
        text,
    )
    pause.save(update_fields=["last", "ended_by", "ended_at", "ending"])
    finish.paused_since = None
    clock_rows.measure(finish, finish.pauses.all(), working_days(), numbers())
    return facts.pause_facts(row)
