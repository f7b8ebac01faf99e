"""Who holds a request: passed on, signed for, sent back, assisted; each with a sub-clock."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.refusals import Invalid, NotVisible, WrongState
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from secretaries import facts
from secretaries.models import RequestHold, RequestStatus, ServiceAssignment, ServiceRequest
from secretaries.selectors.settings import numbers
from secretaries.services.request_rows import (
    act,
    checked_text,
    lock_for_secretary,
    require_status,
)

MOST_ASSISTING = 5


def office_name(assignment: ServiceAssignment | None) -> str:
    """How the secretary's own unit is called among those who hold a request."""
    return assignment.secretary.unit.name[:80] if assignment is not None else "服务专班"


def begin_office(request: ServiceRequest, name: str, now: datetime) -> RequestHold:
    return RequestHold.objects.create(request=request, unit=name, is_office=True, since=now)


def end_holds(request: ServiceRequest, now: datetime) -> None:
    """The answer ends whatever units still hold."""
    request.holds.filter(until__isnull=True).update(until=now, outcome="answered")


@transaction.atomic
def pass_on(*, request: ServiceRequest, unit: str, text: str, by: User) -> ServiceRequest:
    """Pass the request to a department: its sub-clock begins, the one before ends; the whole goes
    on. It signs for it within the set days."""
    row, now = _open(request, by)
    holder = checked_unit(unit)
    current = leading(row)
    if current.unit == holder:
        raise Invalid(_("%(unit)s holds the request already.") % {"unit": holder}, "unit")
    _end(current, "passed", now)
    RequestHold.objects.create(request=row, unit=holder, since=now, sign_due_at=_sign_due(now))
    row.with_unit = holder
    row.save(update_fields=["with_unit"])
    _note(row, "pass", f"{holder}\n{text.strip()}".strip(), by, now)
    return row


@transaction.atomic
def ask_assistance(*, request: ServiceRequest, unit: str, text: str, by: User) -> ServiceRequest:
    """Ask a further department to assist (协办); the one that leads keeps the request."""
    row, now = _open(request, by)
    holder = checked_unit(unit)
    beside = list(row.holds.filter(until__isnull=True))
    if any(hold.unit == holder for hold in beside):
        raise Invalid(_("%(unit)s holds the request already.") % {"unit": holder}, "unit")
    if sum(hold.is_support for hold in beside) >= MOST_ASSISTING:
        raise WrongState(_("Five departments assist already. Record first what one has given."))
    RequestHold.objects.create(
        request=row, unit=holder, is_support=True, since=now, sign_due_at=_sign_due(now)
    )
    _note(row, "assist", f"{holder}\n{text.strip()}".strip(), by, now)
    return row


@transaction.atomic
def sign_for(*, request: ServiceRequest, hold: int, name: str, by: User) -> ServiceRequest:
    """Record who signed for the request at the department (签收)."""
    row, now = _open(request, by)
    held = _held(row, hold)
    if held.signed_at is not None:
        raise WrongState(_("This department has signed for it already."))
    signer = name.strip()
    if not 2 <= len(signer) <= 60:
        raise Invalid(_("Name who signed, in 2 to 60 characters."), "text")
    held.signed_at, held.signed_name = now, signer
    held.save(update_fields=["signed_at", "signed_name"])
    _note(row, "sign", f"{held.unit}：{signer}", by, now)
    return row


@transaction.atomic
def send_back(*, request: ServiceRequest, hold: int, text: str, by: User) -> ServiceRequest:
    """Record that the department objects to the assignment (退回), within the set days.

    The request is with the secretary again; the days it lay there stay the department's.
    """
    row, now = _open(request, by)
    held = _held(row, hold)
    why = checked_text(text, "text")
    if held.signed_at is not None:
        raise WrongState(_("Who has signed for a request does not send it back. Pass it on."))
    last = deadlines.due(day_of(held.since), numbers().object_days, working_days())
    if day_of(now) > last.day:
        raise WrongState(
            _("The time to object has passed: it counts as accepted. Pass it on instead.")
        )
    _end(held, "returned", now)
    if not held.is_support:
        first = row.holds.filter(is_office=True).first()
        begin_office(row, first.unit if first else office_name(None), now)
        row.with_unit = ""
        row.save(update_fields=["with_unit"])
    _note(row, "return", f"{held.unit}\n{why}", by, now)
    return row


@transaction.atomic
def record_assistance(*, request: ServiceRequest, hold: int, text: str, by: User) -> ServiceRequest:
    """What an assisting department has given; its sub-clock ends."""
    row, now = _open(request, by)
    held = _held(row, hold)
    if not held.is_support:
        raise WrongState(_("This department leads; pass the request on or answer it."))
    _end(held, "assisted", now)
    _note(row, "assisted", f"{held.unit}\n{checked_text(text, 'text')}", by, now)
    return row


def checked_unit(unit: str) -> str:
    holder = unit.strip()
    if not 2 <= len(holder) <= 80:
        raise Invalid(_("Name the department in 2 to 80 characters."), "unit")
    return holder


def leading(row: ServiceRequest) -> RequestHold:
    return row.holds.get(until__isnull=True, is_support=False)


def _open(request: ServiceRequest, by: User) -> tuple[ServiceRequest, datetime]:
    row, now = lock_for_secretary(request, by)
    require_status(row, RequestStatus.OPEN)
    return row, now


def _held(row: ServiceRequest, hold: int) -> RequestHold:
    held = row.holds.filter(pk=hold, until__isnull=True, is_office=False).first()
    if held is None:
        raise NotVisible(_("This department does not hold the request any more."))
    return held


def _sign_due(now: datetime) -> datetime:
    return end_of_day(deadlines.due(day_of(now), numbers().sign_days, working_days()).day)


def _end(held: RequestHold, outcome: str, now: datetime) -> None:
    held.until, held.outcome = now, outcome
    held.save(update_fields=["until", "outcome"])


def _note(row: ServiceRequest, kind: str, text: str, by: User, now: datetime) -> None:
    """The act, with who holds the request after it."""
    act(row, kind, text, by, now, more=facts.hold_facts(row.holds.all()))
