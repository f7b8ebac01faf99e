"""拨付: maker enters, checker releases, the treasury's voucher number records what was paid.

The system records acts of the treasury (预算法实施条例 art. 59); it moves no money.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record_all
from awards.models import Award, Claim, Instalment, Payment
from awards.rules import require
from awards.services.batch_rows import closing, hold_batch_of
from awards.services.instalment_rows import lock_instalment
from awards.services.numbers import voucher_as_kept
from awards.services.paying import Paid, hold_payment, payment_entry, tell_paid, write_paid
from calendars.wording import day_of
from notifications.services import notify


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
    record_all([payment_entry(payment, "payment.enter", by, "verified", "entered")])
    notify(
        kind="payment.entered",
        recipients=[u for u in users_with_role(Role.FINANCE_OFFICER) if u.pk != by.pk],
        key=f"payment.entered:{payment.pk}",
        context={"title": instalment.award.application.title, "sequence": instalment.sequence},
        url="/payments/",
        about=payment,
    )
    return payment


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
    record_all([payment_entry(locked, "payment.release", by, "entered", "released")])
    return locked


@transaction.atomic
def record_paid(*, payment: Payment, voucher_no: str, paid_on: date, by: User) -> Payment:
    """Record the treasury's voucher: the instalment counts as paid, against award and envelope.

    Where the payment is in a batch, that is settled with its last payment.
    """
    require(by, Role.FINANCE_OFFICER)
    batch = hold_batch_of(payment)
    locked, now = hold_payment(payment)
    if locked.instalment.status != "released":
        raise WrongState(_("The payment is not released, or is already recorded as paid."))
    voucher_no = voucher_as_kept(voucher_no)
    _check_voucher(locked, voucher_no, paid_on, day_of(now))
    paid = [Paid(locked, voucher_no, paid_on)]
    write_paid(paid, now, by)
    tell_paid(paid, by, others=closing(batch, now, by) if batch else ())
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
