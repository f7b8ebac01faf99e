"""拨付批次: released payments formed into a batch, checked and sent to the treasury by another.

The treasury pays (预算法实施条例 art. 59); the batch says what it is asked to pay.
"""

from collections.abc import Collection

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record_all
from awards.models import BatchLine, Instalment, PaymentBatch
from awards.rules import require
from awards.selectors.batches import unbatched
from awards.services.batch_rows import batch_entry, hold_batch
from calendars.wording import day_of
from notifications.services import notify

MOST = 1000  # payments of one batch


@transaction.atomic
def form_batch(*, payments: Collection[int], by: User) -> PaymentBatch:
    """Form a batch of released payments, by their ids; another finance officer sends it."""
    require(by, Role.FINANCE_OFFICER)
    if not payments:
        raise Invalid(_("Choose the payments that go to the treasury."), field="payments")
    if len(payments) > MOST:
        raise Invalid(
            _("A batch holds at most %(most)s payments. Form several.") % {"most": MOST},
            field="payments",
        )
    with connection.cursor() as cursor:  # numbers without a gap, and each payment in one batch
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('awards.paymentbatch'))")
    held = Instalment.objects.select_for_update().filter(payment__in=payments).order_by("pk")
    list(held.values_list("pk"))
    rows = list(unbatched().filter(pk__in=payments))
    if len(rows) < len(set(payments)):
        raise WrongState(
            _("Some of these payments are in another batch or paid by now. Choose again.")
        )
    now = clock.now()
    day = day_of(now)
    count = PaymentBatch.objects.filter(formed_on__year=day.year).count()
    batch = PaymentBatch.objects.create(
        number=f"{day.year}-P{count + 1:03}", formed_on=day, formed_by=by, formed_at=now
    )
    BatchLine.objects.bulk_create(
        BatchLine(batch=batch, payment=row, position=place, reference=f"{batch.number}-{place:04}")
        for place, row in enumerate(rows, start=1)
    )
    record_all([batch_entry("form", batch, by)])
    notify(
        kind="batch.formed",
        recipients=[u for u in users_with_role(Role.FINANCE_OFFICER) if u.pk != by.pk],
        key=f"batch.formed:{batch.pk}",
        context={"number": batch.number, "count": len(rows)},
        url=f"/payments/batches/{batch.number}/",
        about=batch,
    )
    return batch


@transaction.atomic
def send_batch(*, batch: PaymentBatch, by: User) -> PaymentBatch:
    """Another finance officer has checked the batch: it goes to the treasury."""
    require(by, Role.FINANCE_OFFICER)
    locked, now = hold_batch(batch, "draft")
    if locked.formed_by_id == by.pk:
        raise NotPermitted(
            _("Whoever formed the batch may not send it. Ask another finance officer.")
        )
    waiting = locked.lines.filter(left_at__isnull=True)
    if not waiting.exists():
        raise WrongState(_("No payment is left in this batch. Dissolve it."))
    if waiting.exclude(payment__instalment__status="released").exists():
        raise WrongState(
            _("A payment of this batch was recorded as paid by hand. Dissolve it, form another.")
        )
    locked.status, locked.sent_by, locked.sent_at = "sent", by, now
    locked.save(update_fields=["status", "sent_by", "sent_at"])
    record_all([batch_entry("send", locked, by, "draft")])
    return locked


@transaction.atomic
def dissolve_batch(*, batch: PaymentBatch, by: User) -> PaymentBatch:
    """Give up a batch that was not sent; what is not paid is free for another."""
    require(by, Role.FINANCE_OFFICER)
    locked, now = hold_batch(batch, "draft")
    locked.lines.filter(left_at__isnull=True).update(left_at=now)
    locked.status = "dissolved"
    locked.save(update_fields=["status"])
    record_all([batch_entry("dissolve", locked, by, "draft")])
    return locked
