"""What is read of batches of payments: what can go into one, what of an answer does not match."""

from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from awards.models import AnswerLine, BatchLine, Payment, PaymentBatch, Settlement
from awards.treasury import MATCHED

# A row that said something wrong of a payment which was recorded since: the other row was true.
OVERTAKEN = ("reference_twice", "wrong_amount", "voucher_twice", "wrong_date")
FIRM = "payment__instalment__award__application__firm"


def batches() -> QuerySet[PaymentBatch]:
    """Every batch, the newest first: `.count` and `.total` (yuan) of its payments, `.paid` how
    many are recorded, `.differing` how many rows of the treasury's answers are open.
    """
    live = Q(lines__left_at__isnull=True)
    paid = live & Q(lines__payment__voucher_no__isnull=False)
    return PaymentBatch.objects.annotate(
        count=Count("lines", filter=live),
        total=Sum("lines__payment__amount", filter=live, default=0),
        paid=Count("lines", filter=paid),
        differing=_counted(differing()),
    ).order_by("-pk")


def _counted(rows: QuerySet[AnswerLine]) -> Coalesce:
    """How many of these rows are of the batch's answers."""
    of_batch = rows.filter(answer__batch=OuterRef("pk")).order_by()
    counted = of_batch.values("answer__batch").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def to_reconcile() -> QuerySet[PaymentBatch]:
    """Batches with open rows that no officer has asked to settle yet; `.differing` counts them."""
    asked = _waiting().filter(answer_line=OuterRef("pk"))
    unasked = _counted(differing().filter(~Exists(asked)))
    return PaymentBatch.objects.annotate(differing=unasked).filter(differing__gt=0)


def batch_by_number(number: str) -> PaymentBatch | None:
    return batches().select_related("formed_by", "sent_by").filter(number=number).first()


def lines_of(batch: PaymentBatch) -> QuerySet[BatchLine]:
    """The batch's payments in their order, with project and firm."""
    return batch.lines.select_related(
        FIRM,
        "payment__instalment__award__application__region",
        "payment__instalment__award__allocation",
    ).order_by("position")


def line_of(payment: Payment) -> BatchLine | None:
    """Where the payment stands in a batch, with the batch; None while it is in none."""
    return payment.lines.filter(left_at__isnull=True).select_related("batch").first()


def unbatched() -> QuerySet[Payment]:
    """Released payments that are in no batch, the oldest release first."""
    live = BatchLine.objects.filter(payment=OuterRef("pk"), left_at__isnull=True)
    return (
        Payment.objects.filter(~Exists(live), instalment__status="released")
        .select_related("instalment__award__application__firm")
        .order_by("checked_at", "pk")
    )


def differing() -> QuerySet[AnswerLine]:
    """Rows of the treasury's answers that do not match and that nobody has settled."""
    settled = Settlement.objects.filter(answer_line=OuterRef("pk"), confirmed_at__isnull=False)
    return (
        AnswerLine.objects.filter(~Exists(settled))
        .exclude(finding__in=MATCHED)
        .exclude(finding__in=OVERTAKEN, line__payment__voucher_no__isnull=False)
    )


def open_rows(batch: PaymentBatch) -> QuerySet[AnswerLine]:
    """As `differing`, of one batch."""
    return differing().filter(answer__batch=batch)


def rows_to_settle(batch: PaymentBatch) -> QuerySet[AnswerLine]:
    """As `open_rows`, with what the page shows; `.asked` holds the settlement that waits."""
    return (
        open_rows(batch)
        .select_related("answer", f"line__{FIRM}")
        .prefetch_related(Prefetch("settled", _waiting(), to_attr="asked"))
        .order_by("answer_id", "row")
    )


def missing(batch: PaymentBatch) -> QuerySet[BatchLine]:
    """The batch's payments that are not recorded and of which no open row speaks; `.asked`."""
    spoken = open_rows(batch).filter(line=OuterRef("pk"))
    return (
        lines_of(batch)
        .filter(
            ~Exists(spoken),
            left_at__isnull=True,
            payment__voucher_no__isnull=True,
        )
        .prefetch_related(Prefetch("settled", _waiting(), to_attr="asked"))
    )


def _waiting() -> QuerySet[Settlement]:
    rows = Settlement.objects.filter(confirmed_at__isnull=True, refused_at__isnull=True)
    return rows.select_related("proposed_by", "line")


def history(batch: PaymentBatch) -> QuerySet[Settlement]:
    """What was settled or refused, the newest first."""
    return (
        batch.settlements.exclude(confirmed_at__isnull=True, refused_at__isnull=True)
        .select_related("proposed_by", "confirmed_by", "refused_by", "line", "answer_line__answer")
        .order_by("-pk")
    )
