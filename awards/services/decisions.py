"""立项 and 指标下达: awards after the notice period, and the record of the allocation notice."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import members_by_firm
from applications.models import Call, CallStatus
from applications.services.call_steps import advance_call_held
from applications.services.lifecycle import Move, advance_held, lock_all, tell_firms
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Invalid, WrongState
from audit.services import Entry, record, record_all
from awards import instalments
from awards.facts import allocation_facts, award_facts
from awards.ledger import Kind
from awards.models import AllocationNotice, Award, Envelope, Instalment, NoticeItem, PublicNotice
from awards.rules import require
from awards.selectors.lists import ripe_items
from awards.services.ledger import Booking, books
from awards.services.numbers import taken_only_once
from calendars.wording import day_of
from notifications.services import Dispatch, enqueue_all, notify_all

TAKEN = _("This number is already recorded.")


@transaction.atomic
def award(*, call: Call, by: User) -> list[Award]:
    """Award every project whose notice period has passed without an open objection.

    Each sum is committed out of what the approved list reserved. Two approvers at once: the second
    finds nothing left to award.
    """
    require(by, Role.APPROVER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    envelope, now = _hold_notices(call)
    ripe = ripe_items(call, day_of(now))
    if not ripe:
        raise WrongState(
            _("No project can be awarded yet: the notice period runs or an objection is open.")
        )
    if envelope is None:
        raise WrongState(_("The year has no envelope yet. The finance officers enter it first."))
    made = _write(envelope, ripe, call.rule_set.instalments, now, by)
    entries = [_decided(one, call, by) for one in made]
    if call.status == CallStatus.ON_NOTICE:
        entries.append(advance_call_held(call, to=CallStatus.AWARDED, by=by))
    dossiers = lock_all(one.application_id for one in made)
    moves = [
        Move(application=dossier, step="award", reason=item.notice.number)
        for dossier, item in zip(dossiers, ripe, strict=True)
    ]
    moved = advance_held(moves, by=by, others=entries)
    enqueue_all(
        task="secretaries.tasks.appoint",
        payloads={f"appoint:{one.pk}": {"application": one.pk} for one in dossiers},
    )
    tell_firms(moved, *_to_firms(made))
    _commit(envelope, made, ripe, by)
    return made


def _hold_notices(call: Call) -> tuple[int | None, datetime]:
    """The year's envelope, if any, and the instant, the call's notices being held.

    An objection holds its notice's row while it is filed: one begun in time is waited for.
    """
    envelope = Envelope.objects.filter(scheme=call.scheme_id, year=call.year).values("pk")
    held = PublicNotice.objects.select_for_update(no_key=True).filter(call=call).order_by("pk")
    rows = list(held.values_list(Subquery(envelope), clock.NOW))
    if not rows:
        raise WrongState(
            _("No project can be awarded yet: the notice period runs or an objection is open.")
        )
    pk, now = rows[0]
    return pk, now


def _commit(envelope: int, made: list[Award], items: list[NoticeItem], by: User) -> None:
    """Each award's sum, out of its item's reservation."""
    entries = [
        Booking(Kind.AWARDED, one.amount, item.notice.number, item=item.item_id, award=one.pk)
        for one, item in zip(made, items, strict=True)
    ]
    if not books(envelope=envelope, entries=entries, by=by):
        raise WrongState(
            _(
                "Less is reserved in the year's envelope than the list proposes, so nothing was"
                " awarded. Have the audit log verified."
            )
        )


def _write(
    envelope: int, items: list[NoticeItem], percents: tuple[int, ...], now: datetime, by: User
) -> list[Award]:
    """The awards of these items and their instalments. Two queries."""
    made = Award.objects.bulk_create(
        Award(
            application=item.application,
            envelope_id=envelope,
            amount=item.amount,
            decided_by=by,
            decided_at=now,
        )
        for item in items
    )
    Instalment.objects.bulk_create(
        Instalment(award=one, sequence=part.number, percent=int(part.percent), amount=part.amount)
        for one in made
        for part in instalments.plan(one.amount, percents)
    )
    return made


def _decided(award: Award, call: Call, by: User) -> Entry:
    return Entry(
        action="award.decide",
        obj=award,
        by=by,
        role=Role.APPROVER,
        target="awarded",
        after={"number": award.application.number, **award_facts(award)},
        scope=call.number,
    )


def _to_firms(awards: list[Award]) -> list[Dispatch]:
    people = members_by_firm({one.application.firm_id for one in awards})
    return [
        Dispatch(
            kind="award.decided",
            recipients=people[one.application.firm_id],
            key=f"award.decided:{one.pk}",
            context={"title": one.application.title, "amount": one.amount},
            url=f"/dossiers/{one.application_id}/",
            about=one.application,
        )
        for one in awards
    ]


@transaction.atomic
def record_allocation(*, call: Call, number: str, issued_on: date, by: User) -> AllocationNotice:
    """Record the finance department's allocation notice for every award that has none yet."""
    require(by, Role.FINANCE_OFFICER)
    number = number.strip()
    if not number:
        raise Invalid(_("Enter the number of the allocation notice."), field="number")
    if issued_on > clock.today():
        raise Invalid(_("The date lies in the future."), field="issued_on")
    if AllocationNotice.objects.filter(number=number).exists():
        raise Invalid(TAKEN, field="number")
    awards = list(
        Award.objects.select_for_update(of=("self",))
        .filter(application__call=call, allocation__isnull=True, revoked_at__isnull=True)
        .select_related(
            "application__firm",
            "application__region__parent",
            "application__region__reports_to",
        )
        .order_by("pk")
    )
    if not awards:
        raise WrongState(_("Every award of this call already has its allocation notice."))
    content = _allocation(call, number, issued_on, awards, by)
    with taken_only_once("number", TAKEN):
        notice = AllocationNotice.objects.create(
            call=call,
            number=number,
            issued_on=issued_on,
            total=content["total"],
            content=json.loads(canonical(content)),
            digest=sm3(canonical(content)),
            recorded_by=by,
            recorded_at=clock.now(),
        )
    Award.objects.filter(pk__in=[a.pk for a in awards]).update(allocation=notice)
    for one in awards:
        one.allocation = notice
    record(
        action="allocation.record",
        obj=notice,
        by=by,
        role=Role.FINANCE_OFFICER,
        after={"awards": len(awards), **allocation_facts(notice)},
        scope=call.number,
    )
    record_all([_allocated(one, call, by) for one in awards])
    _tell_allocated(awards, notice)
    return notice


def _allocation(
    call: Call, number: str, issued_on: date, awards: list[Award], by: User
) -> dict[str, Any]:
    """What the letter gives to whom, as its document says it."""
    return {
        "number": number,
        "issued_on": issued_on,
        "call": {"number": call.number, "name": call.name_zh},
        "total": sum((one.amount for one in awards), Decimal(0)),
        "recorded_by": by.name,
        "projects": [
            {
                "number": one.application.number,
                "title": one.application.title,
                "firm": one.application.firm.name,
                "region": one.application.region.code,
                "line": {
                    "code": one.application.region.line.code,
                    "name": one.application.region.line.name_zh,
                },
                "amount": one.amount,
            }
            for one in awards
        ],
    }


def _allocated(award: Award, call: Call, by: User) -> Entry:
    return Entry(
        action="award.allocate",
        obj=award,
        by=by,
        role=Role.FINANCE_OFFICER,
        after={"allocation": award.allocation_id},
        scope=call.number,
    )


def _tell_allocated(awards: list[Award], notice: AllocationNotice) -> None:
    people = members_by_firm({one.application.firm_id for one in awards})
    notify_all(
        Dispatch(
            kind="allocation.recorded",
            recipients=people[one.application.firm_id],
            key=f"allocation.recorded:{one.pk}",
            context={"title": one.application.title, "number": notice.number},
            url=f"/dossiers/{one.application_id}/",
            about=one.application,
        )
        for one in awards
    )
