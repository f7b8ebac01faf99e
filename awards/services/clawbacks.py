"""追回: ordered after a termination, paid back in parts by receipts that two people have seen."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record_all
from awards.interest import ordered, repaid, until
from awards.ledger import Kind
from awards.models import Award, Clawback, Repayment, Termination
from awards.rules import require
from awards.selectors.people import firm_people
from awards.selectors.recoveries import balance_of, lots
from awards.services.credit import paid_back
from awards.services.ledger import Booking, books
from awards.services.numbers import taken_only_once, voucher_as_kept
from awards.services.project_acts import entry, told, written
from awards.services.withdrawing import withdraw
from awards.wording import amount_text
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from notifications.services import notify_all

PAGE = "clawback"
TAKEN = _("This receipt is already recorded for another repayment.")


@transaction.atomic
def order_clawback(*, termination: Termination, document_no: str, by: User) -> Clawback:
    """The finance department orders back, by its letter, what the termination decided: principal
    and the interest of each payment from its own day; further interest runs until it is paid."""
    role = require(by, Role.FINANCE_OFFICER)
    award = _held(termination.award_id)
    row = Termination.objects.get(pk=termination.pk)
    if row.status != "confirmed" or not row.claw_back:
        raise WrongState(_("Nothing is to be clawed back from this project."))
    if Clawback.objects.filter(award=award).exists():
        raise WrongState(_("The clawback has been ordered already."))
    number = voucher_as_kept(document_no)
    if not number:
        raise Invalid(_("Enter the number of the letter."), field="document_no")
    today, rules = clock.today(), award.application.call.rule_set
    owed = ordered(lots(award, row.claw_back), rules.interest_rate, today)
    deadline = due(today, rules.clawback_days, working_days())
    with taken_only_once("document_no", _("This letter's number is recorded already.")):
        order = Clawback.objects.create(
            award=award,
            termination=row,
            document_no=number,
            principal=owed.principal,
            interest=owed.interest,
            rate=rules.interest_rate,
            ordered_by=by,
            ordered_on=today,
            due_at=end_of_day(deadline.day),
            provisional=deadline.provisional,
        )
    record_all([entry(order, "clawback.order", by, role, why=number)])
    people = firm_people(award.application)
    notify_all([told(order, "clawback.ordered", people, PAGE, amount=owed.total, due=order.due_at)])
    return order


def _held(award: int) -> Award:
    return (
        Award.objects.select_for_update(of=("self",))
        .select_related("application__call", "application__firm")
        .get(pk=award)
    )


def _lock(clawback: Clawback) -> Clawback:
    award = _held(clawback.award_id)
    row = Clawback.objects.select_for_update().get(pk=clawback.pk)
    row.award = award
    if row.settled_at:
        raise WrongState(_("Everything has been paid back already."))
    return row


@transaction.atomic
def enter_repayment(
    *, clawback: Clawback, amount: Decimal, paid_on: date, document_no: str, by: User
) -> Repayment:
    """A finance officer enters what the treasury's receipt says was paid back (yuan)."""
    role = require(by, Role.FINANCE_OFFICER)
    row = _lock(clawback)
    kept = list(row.repayments.filter(refused_at__isnull=True))
    if any(one.is_pending for one in kept):
        raise WrongState(_("A repayment waits to be confirmed; the next one follows it."))
    number = voucher_as_kept(document_no)
    now = clock.now()
    _check_receipt(row, kept, number, paid_on, day_of(now))
    balance = balance_of(row, kept)
    owed = until(balance, row.rate, paid_on).total
    if not 0 < amount <= owed:
        raise Invalid(
            _("On that day %(sum)s are owed; enter at most that.") % {"sum": amount_text(owed)},
            field="amount",
        )
    _left, split = repaid(balance, row.rate, paid_on, amount)
    with taken_only_once("document_no", TAKEN):
        made = Repayment.objects.create(
            clawback=row,
            amount=amount,
            interest=split.interest,
            principal=split.principal,
            paid_on=paid_on,
            document_no=number,
            entered_by=by,
            entered_at=now,
        )
    record_all([entry(made, "repayment.enter", by, role)])
    others = [u for u in users_with_role(Role.FINANCE_OFFICER) if u.pk != by.pk]
    notify_all([told(made, "repayment.entered", others, PAGE)])
    return made


def _check_receipt(
    row: Clawback, kept: list[Repayment], number: str, paid_on: date, today: date
) -> None:
    if not number:
        raise Invalid(_("Enter the number of the treasury's receipt."), field="document_no")
    if paid_on > today:
        raise Invalid(_("The date lies in the future."), field="paid_on")
    earliest = max([row.ordered_on, *(one.paid_on for one in kept)])
    if paid_on < earliest:
        raise Invalid(
            _("Not before the order and the repayments before this one."), field="paid_on"
        )


@transaction.atomic
def withdraw_repayment(*, repayment: Repayment, reason: str, by: User) -> Repayment:
    """Whoever entered it takes it back, with the reason; it is entered anew."""
    row, role = _hold(repayment, by)
    row.refusal = written(reason, "reason")[:400]
    withdraw(row, by)
    record_all([entry(row, "repayment.withdraw", by, role, why=row.refusal)])
    return row


def _hold(repayment: Repayment, by: User) -> tuple[Repayment, Role]:
    role = require(by, Role.FINANCE_OFFICER)
    clawback = _lock(repayment.clawback)
    row = Repayment.objects.select_for_update().get(pk=repayment.pk)
    row.clawback = clawback
    return row, role


def _pending(repayment: Repayment, by: User) -> tuple[Repayment, Role]:
    row, role = _hold(repayment, by)
    if not row.is_pending:
        raise WrongState(_("This repayment has been settled already."))
    if row.entered_by_id == by.pk:
        raise NotPermitted(_("Whoever entered the repayment may not confirm it."))
    return row, role


@transaction.atomic
def confirm_repayment(*, repayment: Repayment, by: User) -> Repayment:
    """Another finance officer confirms the receipt: its principal counts as recovered."""
    row, role = _pending(repayment, by)
    row.confirmed_by, row.confirmed_at = by, clock.now()
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    clawback = row.clawback
    left = balance_of(clawback, clawback.repayments.filter(confirmed_at__isnull=False))
    events = [entry(row, "repayment.confirm", by, role)]
    if not left.total:
        clawback.settled_at = row.confirmed_at
        clawback.save(update_fields=["settled_at"])
        events += [entry(clawback, "clawback.settle", by, role), *paid_back(clawback.award, by)]
    record_all(events)
    people = firm_people(row.award.application)
    notify_all([told(row, "repayment.confirmed", people, PAGE, amount=row.amount, left=left.total)])
    _book(row, by)
    return row


def _book(row: Repayment, by: User) -> None:
    """The principal is recovered; interest is the treasury's and never was the envelope's."""
    if not row.principal:
        return
    award = row.award
    booking = Booking(
        Kind.RECOVERED, row.principal, row.document_no, award=award.pk, repayment=row.pk
    )
    if not books(envelope=award.envelope_id, entries=[booking], by=by):
        raise WrongState(_("More would be recovered than was paid."))


@transaction.atomic
def refuse_repayment(*, repayment: Repayment, reason: str, by: User) -> Repayment:
    """Another finance officer refuses what was entered; it is entered anew."""
    row, role = _pending(repayment, by)
    row.refused_by, row.refused_at, row.refusal = by, clock.now(), written(reason, "reason")[:400]
    row.save(update_fields=["refused_by", "refused_at", "refusal"])
    record_all([entry(row, "repayment.refuse", by, role, why=row.refusal)])
    return row
