"""The rows behind a request: locked, asked, written, recorded, told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.services import record
from calendars.selectors import working_days
from calendars.wording import day_of
from secretaries import facts, rules
from secretaries.models import (
    ClockKind,
    CloseHow,
    Escalation,
    RequestAction,
    RequestHold,
    RequestStatus,
    ServiceClock,
    ServiceRequest,
)
from secretaries.selectors.settings import numbers
from secretaries.services import clock_rows, telling

NUMBERING_LOCK = 0x5E1200
MIN_TEXT, MAX_TEXT = 5, 4000


def side_of(by: User, application: Application, *, serves: bool) -> str:
    """Of the firm, or of the office for whoever serves the project. NotVisible for all others."""
    if rules.speaks_for_firm(by, application):
        return "firm"
    if serves:
        return "office"
    raise NotVisible


def require_secretary(held: "Held", by: User) -> None:
    if not held.serves:
        side_of(by, held.row.application, serves=False)
        raise NotPermitted(_("Only the project's secretary on duty does this."))


def refuse_maker(row: ServiceRequest, by: User) -> None:
    if row.raised_by_id == by.pk:
        raise NotPermitted(
            _("You raised this request, so you cannot close it alone: the firm or the lead must.")
        )


def require_status(row: ServiceRequest, status: RequestStatus) -> None:
    if row.status != status:
        raise WrongState(
            _("The request is now “%(state)s”. Open it again and check.")
            % {"state": row.get_status_display()}
        )


def called_back(row: ServiceRequest) -> bool:
    return row.actions.filter(kind="call_back", at__gte=row.answered_at).exists()


def checked_text(text: str, field: str) -> str:
    kept = text.strip()
    if not MIN_TEXT <= len(kept) <= MAX_TEXT:
        raise Invalid(_("Write from 5 to 4,000 characters."), field)
    return kept


class Held(NamedTuple):
    """A request and its clocks, held; the instant; whether the person serves its project."""

    row: ServiceRequest
    now: datetime
    serves: bool


def lock_request(request: ServiceRequest, by: User | None = None) -> Held:
    """Hold it. The clocks come second: a row that waited for its lock may have got another clock
    meanwhile.
    """
    row = (
        ServiceRequest.objects.select_for_update(of=("self",))
        .select_related("application__call", "application__firm", "application__region__reports_to")
        .get(pk=request.pk)
    )
    clocks = {
        held.pk: held
        for held in ServiceClock.objects.select_for_update()
        .filter(pk__in=(row.finish_id, row.response_id))
        .annotate(
            now=clock.NOW,
            serves=Value(value=False) if by is None else rules.serving(by, row.application_id),
        )
    }
    row.finish, row.response = clocks[row.finish_id], clocks[row.response_id]
    return Held(row, clocks[row.finish_id].now, clocks[row.finish_id].serves)


def lock_for_secretary(request: ServiceRequest, by: User) -> tuple[ServiceRequest, datetime]:
    """Hold it for the project's secretary on duty; refuses everybody else."""
    held = lock_request(request, by)
    require_secretary(held, by)
    return held.row, held.now


def next_number(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
    year = day_of(now).year
    used = ServiceRequest.objects.filter(number__startswith=f"SQ-{year}-").count()
    return f"SQ-{year}-{used + 1:04d}"


def reopen(row: ServiceRequest, why: str, by: User, now: datetime) -> None:
    """A clock begins anew with the days of the first; the one before is kept."""
    before = row.finish
    row.finish = clock_rows.begin(
        ClockKind.FINISH,
        before.days - before.extended,
        now,
        working_days(),
        numbers(),
        previous=before,
    )
    row.finish.save()
    row.status, row.reopened, row.answered_at = RequestStatus.OPEN, True, None
    row.with_unit = ""
    row.save()
    first = row.holds.filter(is_office=True).first()
    if first is not None:
        RequestHold.objects.create(request=row, unit=first.unit, is_office=True, since=now)
    more = {**facts.hold_facts(row.holds.all()), **facts.pause_facts(row)}
    act(row, "reopen", why, by, now, source=RequestStatus.ANSWERED, target=row.status, more=more)
    telling.request(
        "reopened",
        row,
        telling.secretary_of(row.application) or telling.leads(),
        stamp=now.isoformat(),
        text=why[:300],
    )


def close(
    row: ServiceRequest,
    how: str,
    text: str,
    by: User,
    now: datetime,
    *,
    satisfied: bool | None = None,
) -> None:
    row.status, row.closed_at, row.closed_by = RequestStatus.CLOSED, now, by
    row.closed_how, row.satisfied = how, satisfied
    row.save()
    act(row, "close", text, by, now, source=RequestStatus.ANSWERED, target=RequestStatus.CLOSED)
    told = [*telling.firm_of(row.application), *telling.secretary_of(row.application)]
    telling.request(
        "closed",
        row,
        [user for user in told if user.pk != by.pk],
        stamp="1",
        how=CloseHow(how).label,
        text=text[:300],
    )


def act(
    row: ServiceRequest,
    kind: str,
    text: str,
    by: User,
    now: datetime,
    *,
    source: str = "",
    target: str = "",
    more: Mapping[str, Any] | None = None,
) -> None:
    """Keep the act and record it; `more` are the facts it changed beside the request's own."""
    RequestAction.objects.create(request=row, kind=kind, text=text, by=by, at=now)
    record(
        action=f"request.{kind}",
        obj=row,
        by=by,
        source=source,
        target=target,
        reason=text,
        after={**facts.request_facts(row), **(more or {})},
        scope=row.application.call.number,
    )


def escalated(step: Escalation, row: ServiceRequest) -> None:
    """Record a step of the ladder, just stored."""
    record(
        action="request.escalate",
        obj=step,
        by=None,
        target=step.rung,
        after={"number": row.number, **facts.escalation_facts(step)},
        scope=row.application.call.number,
    )
