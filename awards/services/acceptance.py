"""验收: the firm applies with its audit report, an officer grades it, another settles it."""

from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import is_owner
from accounts.selectors import users_with_role
from applications import uploads
from applications.services.lifecycle import Move, advance_held, lock_all, tell_firms
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record_all
from awards.acceptance_rule import Grade, grade_of
from awards.models import SETTLED, Acceptance, Award, Termination
from awards.rules import require
from awards.selectors.people import firm_people
from awards.services.claims import kept_as
from awards.services.credit import note
from awards.services.endings import award_entry, can_close, close_call, lock_ending
from awards.services.project_acts import entry, told, written
from notifications.services import notify_all

SECOND = (Role.PROGRAMME_OFFICER, Role.APPROVER)
PAGE = "acceptance"


@transaction.atomic
def apply(
    *,
    award: Award,
    invested: Decimal,
    insured: int,
    summary: str,
    report: "UploadedFile[Any]",
    by: User,
) -> Acceptance:
    """Apply for the acceptance once every instalment is settled: totals (yuan, persons), what was
    reached, and the auditor's report."""
    locked, parts = lock_ending(award)
    if not is_owner(by, locked.application.firm_id):
        raise NotPermitted(_("Only an owner of the firm applies for the acceptance."))
    if locked.application.status != Status.IN_PROGRESS or any(
        part.status not in SETTLED for part in parts
    ):
        raise WrongState(_("Every instalment must be settled before the acceptance."))
    if Acceptance.objects.filter(award=locked, status__in=("applied", "graded")).exists():
        raise WrongState(_("The acceptance has been applied for already."))
    for name, value in (("invested", invested), ("insured", insured)):
        if value < 0:
            raise Invalid(_("Enter figures of zero or more."), field=name)
    facts = uploads.check(report)
    row = Acceptance(
        award=locked,
        invested=invested,
        insured=insured,
        summary=written(summary, "summary"),
        report_name=facts.name,
        report_size=facts.size,
        report_type=facts.content_type,
        report_digest=facts.digest,
        applied_by=by,
        applied_at=clock.now(),
    )
    report.seek(0)
    row.report.save(kept_as(locked.pk, facts), report, save=False)
    row.save()
    record_all([entry(row, "acceptance.apply", by, target="applied")])
    notify_all([told(row, "acceptance.applied", users_with_role(Role.PROGRAMME_OFFICER), PAGE)])
    return row


def _lock(acceptance: Acceptance, status: str, by: User) -> Acceptance:
    award, _parts = lock_ending(acceptance.award)
    row = Acceptance.objects.select_for_update().get(pk=acceptance.pk)
    row.award = award
    if row.status != status:
        raise WrongState(_("This acceptance has moved on. Open the page again and check."))
    if row.applied_by_id == by.pk:
        raise NotPermitted(_("Whoever applied for the acceptance has no part in it."))
    return row


@transaction.atomic
def grade(*, acceptance: Acceptance, points: Decimal, reasons: str, by: User) -> Acceptance:
    """An officer evaluates the project: points from 0 to 100 give the grade by the call's rules."""
    role = require(by, Role.PROGRAMME_OFFICER)
    row = _lock(acceptance, "applied", by)
    if not 0 <= points <= 100:
        raise Invalid(_("Points from 0 to 100."), field="points")
    row.points, row.reasons = points, written(reasons, "reasons")
    row.grade = grade_of(points, row.award.application.call.rule_set.grades).value
    row.graded_by, row.graded_at, row.status = by, clock.now(), "graded"
    row.save()
    event = entry(
        row, "acceptance.grade", by, role, source="applied", target="graded", why=row.reasons
    )
    record_all([event])
    people = {u.pk: u for role in SECOND for u in users_with_role(role) if u.pk != by.pk}
    notify_all([told(row, "acceptance.graded", people.values(), PAGE, at=row.graded_at)])
    return row


@transaction.atomic
def return_to_firm(*, acceptance: Acceptance, reason: str, by: User) -> Acceptance:
    """An officer returns the application with what is missing; the firm may apply again."""
    role = require(by, Role.PROGRAMME_OFFICER)
    row = _lock(acceptance, "applied", by)
    why = written(reason, "reason")
    _settle(row, "returned", why, by)
    event = entry(row, "acceptance.return", by, role, source="applied", target="returned", why=why)
    record_all([event])
    people = firm_people(row.award.application)
    notify_all([told(row, "acceptance.returned", people, PAGE, reason=why)])
    return row


def _settle(row: Acceptance, status: str, text: str, by: User) -> None:
    row.status, row.settlement = status, text
    row.settled_by, row.settled_at = by, clock.now()
    row.save()


def _second(acceptance: Acceptance, by: User) -> tuple[Acceptance, Role]:
    role = require(by, *SECOND)
    row = _lock(acceptance, "graded", by)
    if row.graded_by_id == by.pk:
        raise NotPermitted(
            _("Whoever graded the project may not settle its acceptance. Ask a colleague.")
        )
    return row, role


@transaction.atomic
def send_back(*, acceptance: Acceptance, reason: str, by: User) -> Acceptance:
    """The second person does not agree with the grade: the officers evaluate it again."""
    row, role = _second(acceptance, by)
    why = written(reason, "reason")
    row.points, row.grade, row.reasons, row.status = None, "", "", "applied"
    row.graded_by, row.graded_at = None, None
    row.save()
    event = entry(row, "acceptance.send_back", by, role, source="graded", target="applied", why=why)
    record_all([event])
    officers = users_with_role(Role.PROGRAMME_OFFICER)
    notify_all([told(row, "acceptance.sent_back", officers, PAGE, at=clock.now(), reason=why)])
    return row


@transaction.atomic
def settle(*, acceptance: Acceptance, text: str, by: User) -> Acceptance:
    """The second person settles it as graded: accepted, or with a poor grade not accepted."""
    row, role = _second(acceptance, by)
    text = written(text, "text")
    if row.grade == Grade.POOR:
        return _fail(row, text, by, role)
    if Termination.objects.filter(award=row.award, status="proposed").exists():
        raise WrongState(
            _("A termination of this project waits; the approver decides on it first.")
        )
    _settle(row, "accepted", text, by)
    award = row.award
    award.accepted_by, award.accepted_at, award.acceptance = by, row.settled_at, row.reasons
    award.save(update_fields=["accepted_by", "accepted_at", "acceptance"])
    events = [
        entry(row, "acceptance.accept", by, role, source="graded", target="accepted", why=text),
        award_entry("accept", award, by, role, row.reasons),
    ]
    dossier = lock_all([award.application_id])[0]
    move = Move(application=dossier, step="complete", reason=row.reasons, quiet=True)
    people = firm_people(award.application)
    message = told(row, "award.accepted", people, PAGE, text=row.reasons)
    tell_firms(advance_held([move], by=by, others=events), message)
    if role == Role.PROGRAMME_OFFICER and can_close(dossier.call):
        close_call(call=dossier.call, by=by)
    return row


def _fail(row: Acceptance, text: str, by: User, role: Role) -> Acceptance:
    _settle(row, "failed", text, by)
    event = entry(row, "acceptance.fail", by, role, source="graded", target="failed", why=text)
    record_all([event, note(row.award, "not_accepted", row.reasons, row.settled_at, by)])
    people = firm_people(row.award.application)
    notify_all([told(row, "acceptance.failed", people, PAGE, text=row.reasons)])
    return row
