"""A batch's row, held, and its end once nothing of it is open."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from audit import clock
from audit.refusals import WrongState
from audit.services import Entry
from awards.facts import batch_facts
from awards.models import BatchLine, Payment, PaymentBatch, Settlement
from awards.selectors.batches import open_rows


def hold_batch(batch: PaymentBatch, *statuses: str) -> tuple[PaymentBatch, datetime]:
    """The batch, locked until the transaction ends, and the instant. Whoever takes its payments as
    well takes it first. Raises WrongState in another status.
    """
    rows = PaymentBatch.objects.select_for_update().annotate(now=clock.NOW)
    locked = rows.get(pk=batch.pk)
    if locked.status not in statuses:
        raise WrongState(
            _("The batch is now in the state “%(state)s”. Open the page again and check.")
            % {"state": locked.get_status_display()}
        )
    return locked, locked.now


def hold_batch_of(payment: Payment) -> PaymentBatch | None:
    """The batch that the payment is in now, locked; None where it is in none."""
    live = BatchLine.objects.filter(batch=OuterRef("pk"), payment=payment.pk, left_at__isnull=True)
    return PaymentBatch.objects.select_for_update().filter(Exists(live)).first()


def closing(
    batch: PaymentBatch, now: datetime, by: User, lines: Sequence[BatchLine] | None = None
) -> list[Entry]:
    """Settle a batch that was sent, once each payment is paid or taken out and nothing differs.

    The event is returned, for the caller to record; `lines`: the batch's as they are now.
    """
    unpaid = batch.lines.filter(left_at__isnull=True, payment__voucher_no__isnull=True)
    asked = Settlement.objects.filter(
        batch=batch, confirmed_at__isnull=True, refused_at__isnull=True
    )
    done = PaymentBatch.objects.filter(
        ~Exists(unpaid), ~Exists(asked), ~Exists(open_rows(batch)), pk=batch.pk, status="sent"
    )
    if not done.update(status="settled", settled_at=now):
        return []
    batch.status, batch.settled_at = "settled", now
    return [batch_entry("settle", batch, by, "sent", lines)]


def batch_entry(
    step: str,
    batch: PaymentBatch,
    by: User,
    source: str = "",
    lines: Sequence[BatchLine] | None = None,
) -> Entry:
    told = batch.lines.select_related("payment") if lines is None else lines
    return Entry(
        action=f"batch.{step}",
        obj=batch,
        by=by,
        role=Role.FINANCE_OFFICER,
        source=source,
        target=batch.status,
        after=batch_facts(batch, told),
        scope=batch.number,
    )
