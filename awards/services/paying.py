"""Payments recorded as paid, one or a whole batch: the same statements however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import Case, DecimalField, F, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import members_by_firm
from applications.services.lifecycle import AT_HAND, Move, advance_held, tell_firms
from applications.workflow import Status
from audit import clock
from audit.refusals import WrongState
from audit.services import Entry
from awards.facts import payment_facts
from awards.ledger import Kind
from awards.models import Award, BatchLine, Instalment, Payment
from awards.services.ledger import Booking, books
from awards.services.numbers import taken_only_once
from notifications.services import Dispatch

TAKEN = _("This voucher number is already recorded for another payment.")


@dataclass(frozen=True, slots=True)
class Paid:
    """A released payment, held with its instalment, and what the treasury says of it."""

    payment: Payment
    voucher_no: str
    paid_on: date


DOSSIER: Final = "instalment__award__application"


def hold_payment(payment: Payment) -> tuple[Payment, datetime]:
    """A payment with its instalment and dossier, held, and the instant."""
    held = Payment.objects.select_for_update(of=("self", "instalment", DOSSIER))
    row = held.select_related(*(f"{DOSSIER}__{name}" for name in AT_HAND)).annotate(now=clock.NOW)
    locked = row.get(pk=payment.pk)
    return locked, locked.now


def hold_lines(lines: QuerySet[BatchLine]) -> list[BatchLine]:
    """Lines of a batch that is held, their payments, instalments and dossiers held as well."""
    held = lines.select_for_update(of=("payment", "payment__instalment", f"payment__{DOSSIER}"))
    rows = held.select_related(*(f"payment__{DOSSIER}__{name}" for name in AT_HAND))
    return list(rows.order_by(f"payment__{DOSSIER}"))


def write_paid(paid: Sequence[Paid], now: datetime, by: User) -> None:
    """Record held payments, which were checked, as paid; their awards count them.

    `tell_paid` follows in the same transaction.
    """
    for one in paid:
        payment = one.payment
        payment.voucher_no, payment.paid_on = one.voucher_no, one.paid_on
        payment.recorded_by, payment.recorded_at = by, now
    if not paid:
        return
    with taken_only_once("voucher_no", TAKEN):
        Payment.objects.bulk_update(
            [one.payment for one in paid], ["voucher_no", "paid_on", "recorded_by", "recorded_at"]
        )
    _count([one.payment for one in paid])


def tell_paid(
    paid: Sequence[Paid],
    by: User,
    *,
    others: Iterable[Entry] = (),
    messages: Iterable[Dispatch] = (),
) -> None:
    """Record the events of payments just written, after `others`; a project's first sets it under
    way; its firm and `messages` are told; the ledger has its entries.
    """
    entries = [
        payment_entry(one.payment, "payment.record_paid", by, "released", "paid") for one in paid
    ]
    moved = advance_held(_begun(paid), by=by, others=[*others, *entries])
    tell_firms(moved, *_to_firms(paid), *messages)
    _book([one.payment for one in paid], by)


def payment_entry(payment: Payment, action: str, by: User, source: str, target: str) -> Entry:
    """An event about a payment, its instalment with award, dossier and call at hand."""
    instalment = payment.instalment
    return Entry(
        action=action,
        obj=payment,
        by=by,
        role=Role.FINANCE_OFFICER,
        source=source,
        target=target,
        after={
            "application": instalment.award.application.number,
            "sequence": instalment.sequence,
            **payment_facts(payment),
        },
        scope=instalment.award.application.call.number,
    )


def _count(payments: Sequence[Payment]) -> None:
    """The sums count against the awards, by one conditional update."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for payment in payments:
        sums[payment.instalment.award_id] += payment.amount
    cases = [When(pk=pk, then=Value(total)) for pk, total in sums.items()]
    more = Case(*cases, output_field=DecimalField(max_digits=16, decimal_places=2))
    fitting = Award.objects.filter(pk__in=sums, paid__lte=F("amount") - F("cut") - more)
    if fitting.update(paid=F("paid") + more) < len(sums):
        raise WrongState(_("More would be paid than was awarded."))
    Instalment.objects.filter(pk__in=[p.instalment_id for p in payments]).update(status="paid")


def _begun(paid: Sequence[Paid]) -> list[Move]:
    """The projects that their first payment sets under way; their rows are held."""
    return [
        Move(application=application, step="begin", reason=one.voucher_no)
        for one in paid
        if (application := one.payment.instalment.award.application).status == Status.AGREED
    ]


def _book(payments: Iterable[Payment], by: User) -> None:
    """Each sum is paid out of what its award committed."""
    entries: dict[int, list[Booking]] = defaultdict(list)
    for payment in payments:
        award = payment.instalment.award
        entries[award.envelope_id].append(
            Booking(
                Kind.PAID,
                payment.amount,
                payment.voucher_no or "",
                award=award.pk,
                payment=payment.pk,
            )
        )
    for envelope, bookings in sorted(entries.items()):
        if not books(envelope=envelope, entries=bookings, by=by):
            raise WrongState(_("More would be paid than is committed."))


def _to_firms(paid: Sequence[Paid]) -> list[Dispatch]:
    dossiers = [one.payment.instalment.award.application for one in paid]
    people = members_by_firm({application.firm_id for application in dossiers}) if paid else {}
    return [
        Dispatch(
            kind="payment.paid",
            recipients=people[application.firm_id],
            key=f"payment.paid:{one.payment.pk}",
            context={
                "title": application.title,
                "sequence": one.payment.instalment.sequence,
                "amount": one.payment.amount,
                "voucher": one.voucher_no,
            },
            url=f"/dossiers/{application.pk}/",
            about=application,
        )
        for one, application in zip(paid, dossiers, strict=True)
    ]
