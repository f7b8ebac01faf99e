"""拨付: maker enters, checker releases, the treasury's voucher number records what was paid.

The system records acts of the treasury (预算法实施条例 art. 59); it moves no money.
"""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.services.lifecycle import Move, advance_held, lock_all, tell_firms
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import Entry, record_all
from awards.facts import payment_facts
from awards.ledger import Kind
from awards.models import Award, Claim, Instalment, Payment
from awards.rules import require
from awards.selectors.people import firm_people
from awards.services.instalment_rows import lock_instalment
from awards.services.ledger import Booking, books
from awards.services.numbers import taken_only_once, voucher_as_kept
from calendars.wording import day_of
from notifications.services import Dispatch, notify

TAKEN = _("This voucher number is already recorded for another payment.")


@transaction.atomic
def enter_payment(*, claim: Claim, payee: str, by: User) -> Payment:
    """The maker enters the payment of a verified claim, for exactly what is payable of it."""
    require(by, Role.FINANCE_OFFICER)
    instalment = lock_instalment(claim.instalment_id)
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    _refuse_ended(instalment.award)
    if claim.returned_at or instalment.status != "verified":
        raise WrongState(
            _("The secretary has not verified this claim, or its payment is already entered.")
        )
    firm = instalment.award.application.firm
    if payee.strip() != firm.name:
        raise Invalid(
            _("The payee must be the firm of the award: %(name)s.") % {"name": firm.name},
            field="payee",
        )
    payment = Payment.objects.create(
        instalment=instalment,
        claim=claim,
        amount=instalment.payable,
        payee=payee.strip(),
        made_by=by,
        made_at=clock.now(),
    )
    instalment.status = "entered"
    instalment.save(update_fields=["status"])
    record_all([_entry(payment, "payment.enter", by, "verified", "entered")])
    notify(
        kind="payment.entered",
        recipients=[u for u in users_with_role(Role.FINANCE_OFFICER) if u.pk != by.pk],
        key=f"payment.entered:{payment.pk}",
        context={"title": instalment.award.application.title, "sequence": instalment.sequence},
        url="/payments/",
        about=payment,
    )
    return payment


def _entry(payment: Payment, action: str, by: User, source: str, target: str) -> Entry:
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


def _refuse_ended(award: Award) -> None:
    if award.revoked_at:
        raise WrongState(_("This project was terminated; nothing more is claimed or paid."))


def _lock(payment: Payment) -> Payment:
    instalment = lock_instalment(payment.instalment_id)
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    locked.instalment = instalment
    return locked


@transaction.atomic
def release_payment(*, payment: Payment, by: User) -> Payment:
    """The checker, another finance officer, releases the payment."""
    require(by, Role.FINANCE_OFFICER)
    locked = _lock(payment)
    _refuse_ended(locked.instalment.award)
    if locked.instalment.status != "entered":
        raise WrongState(_("This payment has already been released."))
    if locked.made_by_id == by.pk:
        raise NotPermitted(
            _("Whoever entered the payment may not release it. Ask another finance officer.")
        )
    locked.checked_by, locked.checked_at = by, clock.now()
    locked.save(update_fields=["checked_by", "checked_at"])
    Instalment.objects.filter(pk=locked.instalment_id).update(status="released")
    record_all([_entry(locked, "payment.release", by, "entered", "released")])
    return locked


@transaction.atomic
def record_paid(*, payment: Payment, voucher_no: str, paid_on: date, by: User) -> Payment:
    """Record the treasury's voucher: the instalment counts as paid, against award and envelope."""
    require(by, Role.FINANCE_OFFICER)
    locked = _lock(payment)
    if locked.instalment.status != "released":
        raise WrongState(_("The payment is not released, or is already recorded as paid."))
    voucher_no = voucher_as_kept(voucher_no)
    now = clock.now()
    _check_voucher(locked, voucher_no, paid_on, day_of(now))
    locked.voucher_no, locked.paid_on = voucher_no, paid_on
    locked.recorded_by, locked.recorded_at = by, now
    with taken_only_once("voucher_no", TAKEN):
        locked.save(update_fields=["voucher_no", "paid_on", "recorded_by", "recorded_at"])
    _count(locked)
    entry = _entry(locked, "payment.record_paid", by, "released", "paid")
    application, begun = locked.instalment.award.application, []
    if application.status == Status.AGREED:
        row = lock_all([application.pk])[0]
        begun = [Move(application=row, step="begin", reason=voucher_no)]
    tell_firms(advance_held(begun, by=by, others=[entry]), _paid(locked))
    _book(locked, by)
    return locked


def _check_voucher(payment: Payment, voucher_no: str, paid_on: date, today: date) -> None:
    if not voucher_no:
        raise Invalid(_("Enter the treasury's voucher number."), field="voucher_no")
    if paid_on > today:
        raise Invalid(_("The date lies in the future."), field="paid_on")
    if payment.checked_at and paid_on < day_of(payment.checked_at):
        raise Invalid(
            _("The treasury cannot have paid before the payment was released."), field="paid_on"
        )


def _count(payment: Payment) -> None:
    """The sum counts against the award, by a conditional update."""
    award = payment.instalment.award
    fits = Award.objects.filter(
        pk=award.pk, paid__lte=F("amount") - F("cut") - payment.amount
    ).update(paid=F("paid") + payment.amount)
    if not fits:
        raise WrongState(_("More would be paid than was awarded."))
    Instalment.objects.filter(pk=payment.instalment_id).update(status="paid")


def _book(payment: Payment, by: User) -> None:
    """The sum is paid out of what the award committed."""
    award = payment.instalment.award
    booking = Booking(
        Kind.PAID, payment.amount, payment.voucher_no or "", award=award.pk, payment=payment.pk
    )
    if not books(envelope=award.envelope_id, entries=[booking], by=by):
        raise WrongState(_("More would be paid than is committed."))


def _paid(payment: Payment) -> Dispatch:
    application = payment.instalment.award.application
    return Dispatch(
        kind="payment.paid",
        recipients=firm_people(application),
        key=f"payment.paid:{payment.pk}",
        context={
            "title": application.title,
            "sequence": payment.instalment.sequence,
            "amount": payment.amount,
            "voucher": payment.voucher_no,
        },
        url=f"/dossiers/{application.pk}/",
        about=application,
    )
