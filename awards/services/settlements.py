"""What did not match is settled by two finance officers: one says how, another confirms it."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.services import Entry, record_all
from awards.facts import settlement_facts
from awards.models import AnswerLine, BatchLine, Payment, PaymentBatch, Settlement
from awards.rules import require
from awards.selectors.batches import open_rows
from awards.services.batch_rows import batch_entry, closing, hold_batch
from awards.services.numbers import voucher_as_kept
from awards.services.paying import TAKEN, Paid, hold_lines, tell_paid, write_paid
from awards.services.withdrawing import withdraw
from calendars.wording import day_of
from notifications.services import notify

GONE = _("This payment is recorded as paid, or is out of the batch already.")
KINDS = dict(Settlement._meta.get_field("kind").flatchoices)


@transaction.atomic
def propose_settlement(
    *,
    batch: PaymentBatch,
    kind: str,
    reason: str,
    by: User,
    answer_line: AnswerLine | None = None,
    line: BatchLine | None = None,
    voucher_no: str = "",
    paid_on: date | None = None,
) -> Settlement:
    """Say how a row that does not match, or a payment that was not answered, is settled.

    record: the payment of `line` was paid by this voucher on this day; take_out: it was not paid,
    and is free for another batch; dismiss: the row is set aside.
    """
    require(by, Role.FINANCE_OFFICER)
    locked, now = hold_batch(batch, "sent", "settled")
    asked = Settlement(
        batch=locked,
        answer_line=answer_line,
        line=line if kind != "dismiss" else None,
        kind=kind,
        voucher_no=voucher_as_kept(voucher_no) if kind == "record" else "",
        paid_on=paid_on if kind == "record" else None,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=now,
    )
    _check(asked)
    _require_open(asked)
    asked.save(force_insert=True)
    record_all([_entry("propose", asked, by)])
    notify(
        kind="settlement.proposed",
        recipients=[u for u in users_with_role(Role.FINANCE_OFFICER) if u.pk != by.pk],
        key=f"settlement.proposed:{asked.pk}",
        context={"number": locked.number, "kind": str(asked.get_kind_display())},
        url=f"/payments/batches/{locked.number}/reconciliation/",
        about=locked,
    )
    return asked


def _check(asked: Settlement) -> None:
    """Everything that belongs to this way of settling is there, and possible."""
    if asked.kind not in KINDS:
        raise Invalid(_("Choose how it is settled."), field="kind")
    if len(asked.reason) < 10:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    if asked.kind == "dismiss":
        if asked.answer_line is None:
            raise Invalid(_("Only a row of the treasury's answer can be set aside."), field="kind")
        return
    if asked.line is None or asked.line.batch_id != asked.batch_id:
        raise Invalid(_("Choose the payment of this batch that is meant."), field="line")
    if asked.kind == "record":
        _check_voucher(asked)


def _check_voucher(asked: Settlement) -> None:
    if not asked.voucher_no:
        raise Invalid(_("Enter the treasury's voucher number."), field="voucher_no")
    released = asked.line.payment.checked_at if asked.line else None
    if asked.paid_on is None or asked.paid_on > day_of(asked.proposed_at):
        raise Invalid(_("Enter the day of payment; it cannot lie in the future."), field="paid_on")
    if released is not None and asked.paid_on < day_of(released):
        raise Invalid(
            _("The treasury cannot have paid before the payment was released."), field="paid_on"
        )
    if Payment.objects.filter(voucher_no=asked.voucher_no).exists():
        raise Invalid(TAKEN, field="voucher_no")


def _require_open(asked: Settlement) -> None:
    """Nobody has settled it yet, nor asked to."""
    row, line = asked.answer_line, asked.line
    if row is not None and not open_rows(asked.batch).filter(pk=row.pk).exists():
        raise WrongState(_("This row is settled already."))
    if line is not None:
        fresh = BatchLine.objects.select_related("payment").get(pk=line.pk)
        if fresh.left_at or fresh.payment.voucher_no:
            raise WrongState(GONE)
    of_it = Q(answer_line=row, answer_line__isnull=False) | Q(line=line, line__isnull=False)
    if asked.batch.settlements.filter(of_it, refused_at__isnull=True).exists():
        raise WrongState(_("A colleague has asked to settle this already. Confirm or refuse that."))


@transaction.atomic
def confirm_settlement(*, settlement: int, by: User) -> Settlement:
    """Another finance officer confirms: it is done as was asked, once. `settlement`: its id."""
    locked, now = _another(settlement, by)
    batch, paid = locked.batch, []
    others = []
    if locked.line_id is not None:
        line = hold_lines(batch.lines.filter(pk=locked.line_id))[0]
        if line.payment.voucher_no or line.left_at:
            raise WrongState(GONE)
        if locked.kind == "take_out":
            line.left_at = now
            line.save(update_fields=["left_at"])
            others = [batch_entry("take_out", batch, by, batch.status)]
        elif locked.paid_on is not None:
            paid = [Paid(line.payment, locked.voucher_no, locked.paid_on)]
    locked.confirmed_by, locked.confirmed_at = by, now
    locked.save(update_fields=["confirmed_by", "confirmed_at"])
    write_paid(paid, now, by)
    entry = _entry("confirm", locked, by)
    tell_paid(paid, by, others=[entry, *others, *closing(batch, now, by)])
    return locked


@transaction.atomic
def refuse_settlement(*, settlement: int, by: User) -> Settlement:
    """Another finance officer disagrees; it stays open. `settlement`: its id."""
    locked, now = _another(settlement, by)
    locked.refused_by, locked.refused_at = by, now
    locked.save(update_fields=["refused_by", "refused_at"])
    record_all([_entry("refuse", locked, by), *closing(locked.batch, now, by)])
    return locked


@transaction.atomic
def withdraw_settlement(*, settlement: int, by: User) -> Settlement:
    """Take back what one asked for oneself, while nobody has decided on it; it can be asked anew.
    `settlement`: its id."""
    locked, now = _lock(settlement, by)
    withdraw(locked, by)
    record_all([_entry("withdraw", locked, by), *closing(locked.batch, now, by)])
    return locked


def _lock(settlement: int, by: User) -> tuple[Settlement, datetime]:
    """The settlement and its batch, held, and the instant."""
    require(by, Role.FINANCE_OFFICER)
    locked = (
        Settlement.objects.select_for_update(of=("self", "batch"))
        .select_related("batch", "line", "answer_line__answer")
        .annotate(now=clock.NOW)
        .filter(pk=settlement)
        .first()
    )
    if locked is None:
        raise NotVisible
    return locked, locked.now


def _another(settlement: int, by: User) -> tuple[Settlement, datetime]:
    """The same where another than the person asked for it, and nobody has decided."""
    locked, now = _lock(settlement, by)
    if locked.confirmed_at or locked.refused_at:
        raise WrongState(_("This has been confirmed or refused already."))
    if locked.proposed_by_id == by.pk:
        raise NotPermitted(
            _("Whoever asked for it may not confirm or refuse it. Ask another finance officer.")
        )
    return locked, now


def _entry(step: str, settlement: Settlement, by: User) -> Entry:
    return Entry(
        action=f"settlement.{step}",
        obj=settlement,
        by=by,
        role=Role.FINANCE_OFFICER,
        reason=settlement.reason,
        after=settlement_facts(settlement),
        scope=settlement.batch.number,
    )
