"""Requests (诉求): raised, passed on, answered, confirmed or reopened once, closed by rule."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application
from applications.services.lifecycle import lock
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.services import record
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from secretaries import rules
from secretaries.models import (
    CloseHow,
    RequestAction,
    RequestCategory,
    RequestLevel,
    RequestStatus,
    ServiceRequest,
)
from secretaries.services import telling

LEVEL_DAYS = {RequestLevel.COMPLEX: 15, RequestLevel.HARD: 30}  # general: the call's request_days
SILENCE_DAYS = 5  # working days after the answer, with a call-back on record
NUMBERING_LOCK = 0x5E1200
MIN_TEXT, MAX_TEXT = 5, 4000


@transaction.atomic
def raise_request(
    *, application: Application, category: str, level: str, title: str, text: str, by: User
) -> ServiceRequest:
    """Raise what a project needs: by its firm, or by its secretary for the firm.

    The clock counts working days, the day of receipt not counted: the call's `request_days` for a
    general request, 15 for a complex one (several units), 30 for a hard one.
    """
    row = lock(application)
    side = _side(by, row)
    if row.status not in rules.SERVED:
        raise WrongState(_("Requests are taken from the award until the project is completed."))
    if category not in RequestCategory.values:
        raise Invalid(_("Choose what the request is about."), "category")
    if level not in RequestLevel.values:
        raise Invalid(_("Choose general, complex or hard."), "level")
    subject = title.strip()
    if not 2 <= len(subject) <= 80:
        raise Invalid(_("Name the request in 2 to 80 characters."), "title")
    now = clock.now()
    days = LEVEL_DAYS.get(RequestLevel(level), row.call.rule_set.request_days)
    due = deadlines.due(day_of(now), days, working_days())
    request = ServiceRequest.objects.create(
        number=_next_number(now),
        application=row,
        category=category,
        level=level,
        title=subject,
        text=_text(text, "text"),
        raised_by=by,
        raised_side=side,
        raised_at=now,
        days=days,
        clock_from=now,
        due_at=end_of_day(due.day),
        provisional=due.provisional,
    )
    _act(request, "raise", request.text, by, now, target=RequestStatus.OPEN)
    if side == "firm":
        telling.request(
            "raised",
            request,
            telling.secretary_of(row) or telling.leads(),
            stamp="1",
            category=RequestCategory(request.category).label,
            level=RequestLevel(request.level).label,
            text=request.text[:300],
        )
    else:
        telling.request(
            "raised_for_firm", request, telling.firm_of(row), stamp="1", text=request.text[:300]
        )
    return request


@transaction.atomic
def pass_on(*, request: ServiceRequest, unit: str, text: str, by: User) -> ServiceRequest:
    """Note which department holds the request now; the clock goes on."""
    row = _locked(request)
    _secretary_only(row, by)
    _in(row, RequestStatus.OPEN)
    holder = unit.strip()
    if not 2 <= len(holder) <= 80:
        raise Invalid(_("Name the department in 2 to 80 characters."), "unit")
    row.with_unit = holder
    row.save(update_fields=["with_unit"])
    _act(row, "pass", f"{holder}\n{text.strip()}".strip(), by, clock.now())
    return row


@transaction.atomic
def add_note(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """A note on an open request, by the firm, the secretary or the lead."""
    row = _locked(request)
    if not rules.is_lead(by):
        _side(by, row.application)
    if row.status == RequestStatus.CLOSED:
        raise WrongState(_("This request is closed."))
    _act(row, "note", _text(text, "text"), by, clock.now())
    return row


@transaction.atomic
def answer(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """The secretary answers; the firm is asked whether that settles it."""
    row = _locked(request)
    _secretary_only(row, by)
    _in(row, RequestStatus.OPEN)
    kept, now = _text(text, "text"), clock.now()
    row.status, row.answered_at = RequestStatus.ANSWERED, now
    row.save(update_fields=["status", "answered_at"])
    _act(row, "answer", kept, by, now, source=RequestStatus.OPEN, target=RequestStatus.ANSWERED)
    telling.request(
        "answered",
        row,
        telling.firm_of(row.application),
        stamp=now.isoformat(),
        text=kept[:300],
    )
    return row


@transaction.atomic
def confirm(
    *, request: ServiceRequest, satisfied: bool, text: str = "", by: User
) -> ServiceRequest:
    """The firm says whether the answer settles its request.

    Satisfied: closed. Not satisfied: reopened once with a new due date; after the second answer
    the lead decides.
    """
    row = _locked(request)
    if not rules.speaks_for_firm(by, row.application):
        raise NotVisible
    _in(row, RequestStatus.ANSWERED)
    now = clock.now()
    if satisfied:
        _close(row, "confirmed", text.strip(), by, now, satisfied=True)
        return row
    why = _text(text, "text")
    if not row.reopened:
        _reopen(row, why, by, now)
        return row
    row.contested = True
    row.save(update_fields=["contested"])
    _act(row, "contest", why, by, now)
    telling.request("unsatisfied", row, telling.leads(), stamp=now.isoformat(), text=why[:300])
    return row


@transaction.atomic
def record_call_back(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """Note that the firm was called back after the answer (回访)."""
    row = _locked(request)
    if not rules.is_lead(by):
        _secretary_only(row, by)
    _in(row, RequestStatus.ANSWERED)
    _act(row, "call_back", _text(text, "text"), by, clock.now())
    return row


@transaction.atomic
def close_silent(*, request: ServiceRequest, by: User) -> ServiceRequest:
    """Close after 5 working days' silence with a call-back on record.

    By the secretary or the lead; never by whoever raised the request.
    """
    row = _locked(request)
    if not rules.is_lead(by):
        _secretary_only(row, by)
    _in(row, RequestStatus.ANSWERED)
    _not_the_maker(row, by)
    now = clock.now()
    if row.answered_at is None or not _called_back(row):
        raise WrongState(
            _("There is no call-back on record since the answer. Call the firm and record it.")
        )
    silence = deadlines.due(day_of(row.answered_at), SILENCE_DAYS, working_days())
    if now <= end_of_day(silence.day) or silence.provisional:
        raise WrongState(
            _("The firm has until the end of %(day)s to say whether the answer settles it.")
            % {"day": silence.day.isoformat()}
        )
    _close(row, "silent", "", by, now)
    return row


@transaction.atomic
def close_by_lead(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """The lead decides on a request whose second answer did not satisfy the firm."""
    row = _locked(request)
    if not rules.is_lead(by):
        raise NotPermitted(_("Only the secretaries' lead decides on this."))
    _in(row, RequestStatus.ANSWERED)
    _not_the_maker(row, by)
    if not row.contested:
        raise WrongState(_("The lead decides only when a second answer did not satisfy the firm."))
    _close(row, "lead", _text(text, "text"), by, clock.now(), satisfied=False)
    return row


def _side(by: User, application: Application) -> str:
    if rules.speaks_for_firm(by, application):
        return "firm"
    if rules.serves(by, application, clock.today()):
        return "office"
    raise NotVisible


def _secretary_only(row: ServiceRequest, by: User) -> None:
    if not rules.serves(by, row.application, clock.today()):
        _side(by, row.application)
        raise NotPermitted(_("Only the project's secretary on duty does this."))


def _not_the_maker(row: ServiceRequest, by: User) -> None:
    if row.raised_by_id == by.pk:
        raise NotPermitted(
            _("You raised this request, so you cannot close it alone: the firm or the lead must.")
        )


def _in(row: ServiceRequest, status: RequestStatus) -> None:
    if row.status != status:
        raise WrongState(
            _("The request is now “%(state)s”. Open it again and check.")
            % {"state": row.get_status_display()}
        )


def _called_back(row: ServiceRequest) -> bool:
    return row.actions.filter(kind="call_back", at__gte=row.answered_at).exists()


def _text(text: str, field: str) -> str:
    kept = text.strip()
    if not MIN_TEXT <= len(kept) <= MAX_TEXT:
        raise Invalid(_("Write from 5 to 4,000 characters."), field)
    return kept


def _locked(request: ServiceRequest) -> ServiceRequest:
    return (
        ServiceRequest.objects.select_for_update(of=("self",))
        .select_related("application__call", "application__firm", "application__region")
        .get(pk=request.pk)
    )


def _next_number(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
    year = day_of(now).year
    used = ServiceRequest.objects.filter(number__startswith=f"SQ-{year}-").count()
    return f"SQ-{year}-{used + 1:04d}"


def _reopen(row: ServiceRequest, why: str, by: User, now: datetime) -> None:
    due = deadlines.due(day_of(now), row.days, working_days())
    row.status, row.reopened, row.answered_at = RequestStatus.OPEN, True, None
    row.clock_from, row.due_at, row.provisional = now, end_of_day(due.day), due.provisional
    row.save()
    _act(row, "reopen", why, by, now, source=RequestStatus.ANSWERED, target=RequestStatus.OPEN)
    telling.request(
        "reopened",
        row,
        telling.secretary_of(row.application) or telling.leads(),
        stamp=now.isoformat(),
        text=why[:300],
    )


def _close(
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
    _act(row, "close", text, by, now, source=RequestStatus.ANSWERED, target=RequestStatus.CLOSED)
    told = [*telling.firm_of(row.application), *telling.secretary_of(row.application)]
    telling.request(
        "closed",
        row,
        [user for user in told if user.pk != by.pk],
        stamp="1",
        how=CloseHow(how).label,
        text=text[:300],
    )


def _act(
    row: ServiceRequest,
    kind: str,
    text: str,
    by: User,
    now: datetime,
    *,
    source: str = "",
    target: str = "",
) -> None:
    RequestAction.objects.create(request=row, kind=kind, text=text, by=by, at=now)
    record(
        action=f"request.{kind}",
        obj=row,
        by=by,
        source=source,
        target=target,
        reason=text,
        after={"due_at": row.due_at, "with_unit": row.with_unit},
        scope=row.application.call.number,
    )
