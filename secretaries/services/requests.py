"""Requests (诉求): raised, answered, confirmed or reopened once, closed by rule."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application
from applications.services.lifecycle import lock
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of, day_text
from secretaries import facts, rules
from secretaries.models import (
    ClockKind,
    RequestCategory,
    RequestLevel,
    RequestStatus,
    ServiceClock,
    ServiceRequest,
)
from secretaries.selectors.candidates import current_assignment
from secretaries.selectors.settings import numbers
from secretaries.services import clock_rows, holds, pauses, telling
from secretaries.services.request_rows import (
    act,
    called_back,
    checked_text,
    close,
    lock_for_secretary,
    lock_request,
    next_number,
    refuse_maker,
    reopen,
    require_secretary,
    require_status,
    side_of,
)


@transaction.atomic
def raise_request(
    *,
    application: Application,
    category: str,
    level: str,
    title: str,
    text: str,
    sent_form: str = "",
    by: User,
) -> ServiceRequest:
    """Raise what a project needs: by its firm, or by its secretary for the firm.

    The clock counts working days, the day of receipt not counted: the call's `request_days` for a
    general request, the service's own numbers for a complex one (several units) or a hard one.
    `sent_form` names the opened form it came from; the same form sent again is kept once.
    """
    row = lock(application)
    now, serves, before = _found(row, sent_form, by)
    side = side_of(by, row, serves=serves)
    if before is not None:
        return _sent(before, title, text)
    if row.status not in rules.SERVED:
        raise WrongState(_("Requests are taken from the award until the project is completed."))
    if category not in RequestCategory.values:
        raise Invalid(_("Choose what the request is about."), "category")
    if level not in RequestLevel.values:
        raise Invalid(_("Choose general, complex or hard."), "level")
    subject = title.strip()
    if not 2 <= len(subject) <= 80:
        raise Invalid(_("Name the request in 2 to 80 characters."), "title")
    kept = checked_text(text, "text")
    finish, response = _clocks(row, level, now)
    request = ServiceRequest.objects.create(
        number=next_number(now),
        application=row,
        category=category,
        level=level,
        title=subject,
        text=kept,
        sent_form=sent_form,
        raised_by=by,
        raised_side=side,
        raised_at=now,
        finish=finish,
        response=response,
    )
    assignment = current_assignment(row)
    held = holds.begin_office(request, holds.office_name(assignment), now)
    more = {**facts.hold_facts([held]), "pauses": [], **facts.extension_facts(None)}
    act(request, "raise", request.text, by, now, target=RequestStatus.OPEN, more=more)
    if side == "firm":
        telling.request(
            "raised",
            request,
            telling.serving(assignment) or telling.leads(),
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


def _found(row: Application, sent_form: str, by: User) -> tuple[datetime, bool, int | None]:
    """Asked with the project held: the instant, whether the person serves it, and the id of the
    request that came from this form already.
    """
    sent = ServiceRequest.objects.filter(application=OuterRef("pk"), raised_by=by)
    told = Application.objects.filter(pk=row.pk).values_list(
        clock.NOW,
        rules.serving(by, OuterRef("pk")),
        Subquery(sent.filter(sent_form=sent_form).exclude(sent_form="").values("pk")[:1]),
    )
    now, serves, before = told[0]
    return now, serves, before


def _sent(pk: int, title: str, text: str) -> ServiceRequest:
    found = ServiceRequest.objects.select_related("finish").get(pk=pk)
    if (found.title, found.text) != (title.strip(), text.strip()):
        raise WrongState(
            _("This form was sent already as %(number)s. Open a new form for another request.")
            % {"number": found.number}
        )
    return found


def _clocks(row: Application, level: str, now: datetime) -> list[ServiceClock]:
    """The clock of the settlement and that of the first reply, stored."""
    table, set_by = working_days(), numbers()
    days = {
        RequestLevel.COMPLEX: set_by.complex_days,
        RequestLevel.HARD: set_by.hard_days,
    }.get(RequestLevel(level), row.call.rule_set.request_days)
    return ServiceClock.objects.bulk_create(
        [
            clock_rows.begin(ClockKind.FINISH, days, now, table, set_by),
            clock_rows.begin(
                ClockKind.RESPONSE, min(set_by.response_days, days), now, table, set_by
            ),
        ]
    )


@transaction.atomic
def add_note(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """A note on an open request, by the firm, the secretary or the lead."""
    row, now, serves = lock_request(request, by)
    if not rules.is_lead(by):
        side_of(by, row.application, serves=serves)
    if row.status == RequestStatus.CLOSED:
        raise WrongState(_("This request is closed."))
    act(row, "note", checked_text(text, "text"), by, now)
    return row


@transaction.atomic
def reply(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """The first reply (初步答复): the firm hears who does what by when; the settlement's clock goes
    on."""
    row, now = lock_for_secretary(request, by)
    require_status(row, RequestStatus.OPEN)
    kept = checked_text(text, "text")
    clock_rows.stop(now, row.response)
    act(row, "reply", kept, by, now)
    telling.request(
        "replied", row, telling.firm_of(row.application), stamp=now.isoformat(), text=kept[:300]
    )
    return row


@transaction.atomic
def answer(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """The secretary answers; the clocks stop and the firm is asked whether that settles it."""
    row, now = lock_for_secretary(request, by)
    require_status(row, RequestStatus.OPEN)
    kept = checked_text(text, "text")
    more = pauses.end_pause(row, kept, by, now) if row.finish.paused_since is not None else {}
    clock_rows.stop(now, row.response, row.finish)
    holds.end_holds(row, now)
    row.status, row.answered_at = RequestStatus.ANSWERED, now
    row.save(update_fields=["status", "answered_at"])
    more |= facts.hold_facts(row.holds.all())
    act(row, "answer", kept, by, now, source=RequestStatus.OPEN, target=row.status, more=more)
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
    row, now, _serves = lock_request(request)
    if not rules.speaks_for_firm(by, row.application):
        raise NotVisible
    require_status(row, RequestStatus.ANSWERED)
    if satisfied:
        close(row, "confirmed", text.strip(), by, now, satisfied=True)
        return row
    why = checked_text(text, "text")
    if not row.reopened:
        reopen(row, why, by, now)
        return row
    row.contested = True
    row.save(update_fields=["contested"])
    act(row, "contest", why, by, now)
    telling.request("unsatisfied", row, telling.leads(), stamp=now.isoformat(), text=why[:300])
    return row


@transaction.atomic
def record_call_back(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """Note that the firm was called back after the answer (回访)."""
    held = lock_request(request, by)
    row, now = held.row, held.now
    if not rules.is_lead(by):
        require_secretary(held, by)
    require_status(row, RequestStatus.ANSWERED)
    act(row, "call_back", checked_text(text, "text"), by, now)
    return row


@transaction.atomic
def close_silent(*, request: ServiceRequest, by: User) -> ServiceRequest:
    """Close after the set working days of silence with a call-back on record.

    By the secretary or the lead; never by whoever raised the request.
    """
    held = lock_request(request, by)
    row, now = held.row, held.now
    if not rules.is_lead(by):
        require_secretary(held, by)
    require_status(row, RequestStatus.ANSWERED)
    refuse_maker(row, by)
    if row.contested:
        raise WrongState(
            _("The firm has said that the answer does not settle it; the lead decides on it.")
        )
    if row.answered_at is None or not called_back(row):
        raise WrongState(
            _("There is no call-back on record since the answer. Call the firm and record it.")
        )
    silence = deadlines.due(day_of(row.answered_at), numbers().silence_days, working_days())
    if now <= end_of_day(silence.day) or silence.provisional:
        raise WrongState(
            _("The firm has until the end of %(day)s to say whether the answer settles it.")
            % {"day": day_text(silence.day, get_language() or "zh-hans", year_now=None)}
        )
    close(row, "silent", "", by, now)
    return row


@transaction.atomic
def close_by_lead(*, request: ServiceRequest, text: str, by: User) -> ServiceRequest:
    """The lead decides on a request whose second answer did not satisfy the firm."""
    row, now, _serves = lock_request(request)
    if not rules.is_lead(by):
        raise NotPermitted(_("Only the secretaries' lead decides on this."))
    require_status(row, RequestStatus.ANSWERED)
    refuse_maker(row, by)
    if not row.contested:
        raise WrongState(_("The lead decides only when a second answer did not satisfy the firm."))
    close(row, "lead", checked_text(text, "text"), by, now, satisfied=False)
    return row
