"""Payments in batches for the treasury, its answers, and how what did not match was settled."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from awards.models.agreements import Payment

USER = settings.AUTH_USER_MODEL


class PaymentBatch(models.Model):
    """拨付批次: released payments that go to the treasury together; two people form and send it."""

    number = models.CharField(max_length=24, unique=True)
    formed_on = models.DateField()
    status = models.CharField(
        max_length=10,
        choices=(
            ("draft", pgettext_lazy("payment batch", "being formed")),
            ("sent", pgettext_lazy("payment batch", "sent to the treasury")),
            ("settled", pgettext_lazy("payment batch", "settled")),
            ("dissolved", pgettext_lazy("payment batch", "dissolved")),
        ),
        default="draft",
    )
    formed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    formed_at = models.DateTimeField()
    sent_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(sent_by=F("formed_by")), name="batch_formed_and_sent_by_two"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=("draft", "dissolved"),
                    sent_by__isnull=True,
                    sent_at__isnull=True,
                    settled_at__isnull=True,
                )
                | Q(
                    status="sent",
                    sent_by__isnull=False,
                    sent_at__isnull=False,
                    settled_at__isnull=True,
                )
                | Q(
                    status="settled",
                    sent_by__isnull=False,
                    sent_at__isnull=False,
                    settled_at__isnull=False,
                ),
                name="batch_sent_who_and_when",
            ),
        )

    def __str__(self) -> str:
        return self.number


class BatchLine(models.Model):
    """One payment in a batch, under the reference that the treasury's answer gives back."""

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=30, unique=True)
    left_at = models.DateTimeField(null=True)  # taken out: free for another batch

    class Meta:
        ordering = ("batch_id", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("payment",), condition=Q(left_at__isnull=True), name="one_batch_a_payment"
            ),
        )

    def __str__(self) -> str:
        return self.reference


class TreasuryAnswer(models.Model):
    """A file of the treasury that says what it paid of a batch; the same file is taken once."""

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="answers")
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="treasury/", max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    imported_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class AnswerLine(models.Model):
    """One row of an answer as it was read, and what was found of it."""

    answer = models.ForeignKey(TreasuryAnswer, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField()
    line = models.ForeignKey(BatchLine, models.PROTECT, null=True, related_name="answers")
    reference = models.CharField(max_length=60, blank=True)
    voucher_no = models.CharField(max_length=60, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    paid_on = models.DateField(null=True)
    finding = models.CharField(
        max_length=16,
        choices=(
            ("right", pgettext_lazy("treasury's answer", "matches")),
            ("again", pgettext_lazy("treasury's answer", "said before")),
            ("unreadable", pgettext_lazy("treasury's answer", "cannot be read")),
            ("unknown", pgettext_lazy("treasury's answer", "unknown reference")),
            ("left", pgettext_lazy("treasury's answer", "was taken out of the batch")),
            ("reference_twice", pgettext_lazy("treasury's answer", "reference twice")),
            ("paid_already", pgettext_lazy("treasury's answer", "recorded with another voucher")),
            ("wrong_amount", pgettext_lazy("treasury's answer", "another sum")),
            ("voucher_twice", pgettext_lazy("treasury's answer", "voucher twice")),
            ("wrong_date", pgettext_lazy("treasury's answer", "impossible date")),
        ),
    )

    class Meta:
        ordering = ("answer_id", "row")
        constraints = (models.UniqueConstraint(fields=("answer", "row"), name="one_line_per_row"),)

    def __str__(self) -> str:
        return f"{self.answer} · {self.row}"


class Settlement(models.Model):
    """How something that did not match is settled: one finance officer asks, another confirms.

    record: the payment of `line` is recorded with this voucher and day; take_out: `line` leaves
    the batch unpaid; dismiss: the row of the answer is set aside.
    """

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="settlements")
    answer_line = models.ForeignKey(AnswerLine, models.PROTECT, null=True, related_name="settled")
    line = models.ForeignKey(BatchLine, models.PROTECT, null=True, related_name="settled")
    kind = models.CharField(
        max_length=8,
        choices=(
            ("record", _("record the payment with the voucher below")),
            ("take_out", _("take the payment out of the batch: it was not paid")),
            ("dismiss", _("set the row aside: the treasury corrects it")),
        ),
    )
    voucher_no = models.CharField(max_length=60, blank=True)
    paid_on = models.DateField(null=True)
    reason = models.TextField()
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("answer_line",),
                condition=Q(refused_at__isnull=True),
                name="one_settlement_a_row",
            ),
            models.UniqueConstraint(
                fields=("line",),
                condition=Q(refused_at__isnull=True),
                name="one_settlement_a_line",
            ),
            models.CheckConstraint(
                # refused by who asked for it: withdrawn
                condition=~Q(confirmed_by=F("proposed_by")),
                name="settlement_by_two",
            ),
            models.CheckConstraint(
                condition=(
                    Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                    | Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                )
                & (
                    Q(refused_by__isnull=True, refused_at__isnull=True)
                    | Q(refused_by__isnull=False, refused_at__isnull=False)
                )
                & (Q(confirmed_at__isnull=True) | Q(refused_at__isnull=True)),
                name="settlement_settled_once",
            ),
            models.CheckConstraint(
                condition=~Q(reason="")
                & (
                    Q(kind="record", line__isnull=False, paid_on__isnull=False) & ~Q(voucher_no="")
                    | Q(kind="take_out", line__isnull=False, paid_on__isnull=True, voucher_no="")
                    | Q(
                        kind="dismiss",
                        line__isnull=True,
                        answer_line__isnull=False,
                        paid_on__isnull=True,
                        voucher_no="",
                    )
                ),
                name="settlement_says_what",
            ),
        )

    @property
    def is_withdrawn(self) -> bool:
        return self.refused_at is not None and self.refused_by_id == self.proposed_by_id

    def __str__(self) -> str:
        return f"{self.batch} · {self.answer_line or self.line}"
