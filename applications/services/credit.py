"""Credit records of firms: made by acts on their projects, objected to by them, decided on."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, User
from accounts.roles import Role
from accounts.rules import firm_ids, has_role
from accounts.selectors import members_of, users_with_role
from applications.models import Application, CreditRecord
from audit import clock
from audit.digests import sm3
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import Entry, record_all
from notifications.services import Dispatch, notify_all

LEAST = 10  # characters of an objection or an answer


def credit_facts(row: CreditRecord) -> dict[str, Any]:
    return {
        "application": row.application_id,
        "kind": row.kind,
        "since": row.since,
        "last_day": row.until,
        "objection_text": sm3(row.objection.encode()),
        "decision": row.decision,
        "answer": sm3(row.answer.encode()),
    }


def note_credit(
    *,
    application: Application,
    kind: str,
    text: str,
    since: date,
    until: date | None,
    by: User | None,
) -> Entry:
    """Enter what a firm's project came to into its credit record, in the caller's transaction.

    `until`: when it expires, None while what it tells of lasts. The caller records the event.
    """
    row = CreditRecord.objects.create(
        uscc=application.firm.uscc,
        kind=kind,
        text=text[:300],
        source=application.number or "",
        since=since,
        until=until,
        application=application,
    )
    return _entry(row, "record", by)


def _entry(row: CreditRecord, step: str, by: User | None, role: str = "", why: str = "") -> Entry:
    application = row.application
    return Entry(
        action=f"credit.{step}",
        obj=row,
        by=by,
        role=role,
        reason=why,
        after=credit_facts(row),
        scope=application.call.number if application else "",
    )


def end_credit(*, row: CreditRecord, until: date, by: User | None) -> Entry:
    """What a record tells of is over: from now on it expires. The caller records the event."""
    row.until = until
    row.save(update_fields=["until"])
    return _entry(row, "end", by)


def credit_told(row: CreditRecord, kind: str, people: list[User]) -> Dispatch:
    """A message about a record."""
    return Dispatch(
        kind=kind,
        recipients=people,
        key=f"{kind}:{row.pk}",
        context={"source": row.source, "text": row.text, "answer": row.answer},
        url=reverse("applications:credit_record", args=[row.pk]),
        about=row.application,
    )


def _lock(record: CreditRecord) -> tuple[CreditRecord, Application]:
    rows = CreditRecord.objects.select_for_update(of=("self",))
    row = rows.select_related("application__firm", "application__call").get(pk=record.pk)
    if row.application is None:
        raise WrongState(_("This is an entry of a public list; please turn to who keeps it."))
    return row, row.application


def _written(text: str) -> str:
    if len(text.strip()) < LEAST:
        raise Invalid(_("Write at least ten characters."), field="text")
    return text.strip()


@transaction.atomic
def object_to_record(*, record: CreditRecord, text: str, by: User) -> CreditRecord:
    """The firm's owner objects, once, with reasons."""
    row, application = _lock(record)
    if application.firm_id not in firm_ids(by, Level.OWNER):
        raise NotPermitted(_("Only an owner of the firm objects to its credit record."))
    if row.objection:
        raise WrongState(_("Your firm has objected to this record already."))
    row.objection, row.objected_by, row.objected_at = _written(text), by, clock.now()
    row.save(update_fields=["objection", "objected_by", "objected_at"])
    record_all([_entry(row, "object", by, why=row.objection)])
    officers = list(users_with_role(Role.PROGRAMME_OFFICER))
    notify_all([credit_told(row, "credit.objected", officers)])
    return row


@transaction.atomic
def decide_on_record(*, record: CreditRecord, keep: bool, text: str, by: User) -> CreditRecord:
    """An officer keeps the record or withdraws it, with the answer to the firm."""
    row, application = _lock(record)
    if not has_role(by, Role.PROGRAMME_OFFICER):
        raise NotPermitted(_("An officer decides on objections to credit records."))
    if not row.objection or row.decision:
        raise WrongState(_("There is no objection to decide on."))
    row.decision, row.answer = "kept" if keep else "withdrawn", _written(text)
    row.decided_by, row.decided_at = by, clock.now()
    row.save(update_fields=["decision", "answer", "decided_by", "decided_at"])
    record_all([_entry(row, "decide", by, Role.PROGRAMME_OFFICER, row.answer)])
    notify_all([credit_told(row, "credit.decided", list(members_of(application.firm)))])
    return row
