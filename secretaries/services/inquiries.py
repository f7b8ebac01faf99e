"""Overdue inquiries (超时倒查): opened by themselves, explained, closed by the lead."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import officers_of, users_with_role
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from calendars.table import WorkingDays
from secretaries import facts, rules
from secretaries.models import InquiryCause, InquiryFinding, OverdueInquiry, ServiceRequest
from secretaries.selectors.candidates import current_assignment
from secretaries.selectors.clocks import shares_of, slowest
from secretaries.services import telling
from secretaries.services.request_rows import checked_text


def open_inquiry(
    row: ServiceRequest,
    *,
    clock: str,
    overdue: int,
    now: datetime,
    table: WorkingDays,
    told: list[User],
) -> OverdueInquiry:
    """Open it with the sub-clocks as they stand and the step that took most of the time.

    Called by the ladder, in its transaction; `told` is whom the rung names: the secretary and the
    lead have to act, the others hear of it. A request has one inquiry, also when reopened or when
    both its clocks (`clock`: the kind) run over.
    """
    found = shares_of(row, now, table)
    step = slowest(found)
    assignment = current_assignment(row.application)
    inquiry, is_new = OverdueInquiry.objects.get_or_create(
        request=row,
        defaults={
            "opened_at": now,
            "clock": clock,
            "overdue": overdue,
            "step": step.hold.unit if step else "—",
            "step_days": step.days if step else 0,
            "shares": [[s.hold.unit, s.days] for s in found if not s.hold.is_support],
            "subject": assignment.secretary.user if assignment else None,
        },
    )
    if is_new:
        _note("inquiry.open", inquiry, None)
        acting = {*telling.secretary_of(row.application), *telling.leads()}
        telling.inquiry("opened", inquiry, [user for user in told if user in acting])
        telling.inquiry("opened_watch", inquiry, [user for user in told if user not in acting])
    return inquiry


@transaction.atomic
def explain(*, inquiry: OverdueInquiry, text: str, by: User) -> OverdueInquiry:
    """The secretary inquired into, or who serves the project today, explains; once."""
    row = _lock(inquiry)
    today = clock.today()
    if row.subject_id != by.pk and not rules.serves(by, row.request.application, today):
        raise NotPermitted(_("Only who served the project explains why it took so long."))
    _require_open(row)
    if row.explained_at is not None:
        raise WrongState(_("The explanation was given already."))
    row.explanation, row.explained_by = checked_text(text, "text"), by
    row.explained_at = clock.now()
    row.save(update_fields=["explanation", "explained_by", "explained_at"])
    _note("inquiry.explain", row, by, reason=row.explanation)
    telling.inquiry("explained", row, telling.leads())
    return row


@transaction.atomic
def close_inquiry(
    *,
    inquiry: OverdueInquiry,
    cause: str,
    responsible: str,
    finding: str,
    measures: str,
    by: User,
) -> OverdueInquiry:
    """The lead finds who is at fault and orders measures; never who is inquired into."""
    rules.require_lead(by, _("Only the secretaries' lead closes an inquiry."))
    row = _lock(inquiry)
    _require_open(row)
    if by.pk in (row.subject_id, row.explained_by_id):
        raise NotPermitted(_("You are inquired into; another lead must close it."))
    if cause not in InquiryCause.values:
        raise Invalid(_("Choose the cause."), "cause")
    if finding not in InquiryFinding.values:
        raise Invalid(_("Choose at fault or not at fault."), "finding")
    unit = responsible.strip()
    if not 2 <= len(unit) <= 80:
        raise Invalid(_("Name the responsible unit in 2 to 80 characters."), "responsible")
    row.measures = checked_text(measures, "measures")
    row.cause, row.finding, row.responsible = cause, finding, unit
    row.closed_by, row.closed_at = by, clock.now()
    row.save()
    _note("inquiry.close", row, by, reason=row.measures)
    telling.inquiry("closed", row, _concerned(row))
    return row


def _concerned(row: OverdueInquiry) -> list[User]:
    """Who heard that it was opened, but for the leads."""
    application = row.request.application
    told = [row.subject] if row.subject else []
    told += telling.secretary_of(application)
    told += officers_of(application.region)
    told += users_with_role(Role.PROGRAMME_OFFICER)
    return list({user.pk: user for user in told}.values())


def _lock(inquiry: OverdueInquiry) -> OverdueInquiry:
    return (
        OverdueInquiry.objects.select_for_update(of=("self",))
        .select_related(
            "subject",
            "request__finish",
            "request__application__call",
            "request__application__firm",
            "request__application__region",
        )
        .get(pk=inquiry.pk)
    )


def _require_open(row: OverdueInquiry) -> None:
    if row.closed_at is not None:
        raise WrongState(_("This inquiry is closed."))


def _note(action: str, row: OverdueInquiry, by: User | None, *, reason: str = "") -> None:
    record(
        action=action,
        obj=row,
        by=by,
        reason=reason,
        after=facts.inquiry_facts(row),
        scope=row.request.application.call.number,
    )
