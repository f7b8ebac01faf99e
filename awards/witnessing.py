"""What verification compares: every row about money with what its events recorded."""

from collections.abc import Iterator

from django.db.models import Case, F, Sum, When
from django.utils.translation import gettext as _

from audit.digests import canonical, sm3
from audit.witnesses import last_after
from awards import facts
from awards.models import (
    Acceptance,
    Agreement,
    AllocationNotice,
    Amendment,
    Award,
    CarryOver,
    Claim,
    Clawback,
    Deviation,
    Envelope,
    FundingItem,
    FundingList,
    MidTermCheck,
    Minutes,
    Objection,
    ObjectionReview,
    Payment,
    PaymentBatch,
    ProgressReport,
    PublicNotice,
    Recall,
    Repayment,
    Settlement,
    Termination,
    TreasuryAnswer,
)
from awards.project_facts import facts_of

NAMED = "instalment__award__application"  # what the name of a claim or a payment is made of


def envelopes() -> Iterator[str]:
    """Every ceiling is the one last confirmed or carried into, and so is what was carried over."""
    yield from last_after(Envelope.objects.filter(ceiling__gt=0), facts.envelope_facts)
    yield from last_after(CarryOver, facts.carry_facts)


def lists() -> Iterator[str]:
    """Every list has the outcomes and sums that were submitted, approved or moved up, and the
    answers of firms that were offered a part.
    """
    decided = FundingList.objects.filter(status__in=("submitted", "approved"))
    told = decided.select_related("minutes").prefetch_related("items__application")
    yield from last_after(told, facts.list_facts)
    yield from last_after(Minutes, facts.minutes_facts)
    answered = FundingItem.objects.exclude(consent="").select_related("application")
    yield from last_after(answered, facts.part_facts)
    yield from last_after(Deviation.objects.select_related("application"), facts.deviation_facts)


def notices() -> Iterator[str]:
    """Every notice says what was published: its digest, its period, its projects and sums."""
    rows = PublicNotice.objects.prefetch_related("items__application")
    for row in rows.order_by("pk"):
        if sm3(canonical(row.content)) != row.digest:
            yield _("notice %(number)s: the content was altered") % {"number": row.number}
        told = {item["application"]: item["amount"] for item in row.content["items"]}
        now = {i.application.number: str(i.amount) for i in row.items.all()}
        if told != now:
            yield _("notice %(number)s: its projects or sums are not those published") % {
                "number": row.number
            }
    yield from last_after(PublicNotice, facts.notice_facts)


def objections() -> Iterator[str]:
    rows = Objection.objects.prefetch_related("files")
    yield from last_after(rows, facts.objection_facts)
    reviews = ObjectionReview.objects.select_related("objection")
    yield from last_after(reviews, facts.review_facts)


def awards() -> Iterator[str]:
    """Awards, allocation notices and agreements."""
    yield from last_after(Award.objects.select_related("application"), facts.award_facts)
    for notice in AllocationNotice.objects.order_by("pk"):
        if sm3(canonical(notice.content)) != notice.digest:
            yield _("allocation notice %(number)s: the content was altered") % {
                "number": notice.number
            }
    yield from last_after(AllocationNotice, facts.allocation_facts)
    for row in Agreement.objects.order_by("pk"):
        if sm3(canonical(row.content)) != row.digest:
            yield _("agreement %(number)s: the content was altered") % {"number": row.number}
    yield from last_after(Agreement.objects.prefetch_related("signatures"), facts.agreement_facts)


def closing() -> Iterator[str]:
    """What happened to projects after their award."""
    for model in (
        Acceptance,
        ProgressReport,
        MidTermCheck,
        Recall,
        Termination,
        Clawback,
        Amendment,
    ):
        yield from last_after(model.objects.select_related("award__application"), facts_of)
    repayments = Repayment.objects.select_related("clawback__award__application")
    yield from last_after(repayments, facts_of)


def batches() -> Iterator[str]:
    """Batches for the treasury, its answers row by row, and how what did not match was settled."""
    rows = PaymentBatch.objects.prefetch_related("lines__payment")
    yield from last_after(rows, facts.batch_facts)
    answers = TreasuryAnswer.objects.prefetch_related("lines")
    yield from last_after(answers, facts.answer_facts)
    named = Settlement.objects.select_related("batch", "answer_line__answer", "line")
    yield from last_after(named, facts.settlement_facts)


def payments() -> Iterator[str]:
    """Claims with their evidence, and payments; what an award says was paid is their sum."""
    claims = Claim.objects.select_related(NAMED).prefetch_related("files")
    yield from last_after(claims, facts.claim_facts)
    yield from last_after(Payment.objects.select_related(NAMED), facts.payment_facts)
    vouchers = Award.objects.annotate(
        vouchers=Sum(
            Case(
                When(
                    instalments__payment__voucher_no__isnull=False,
                    then=F("instalments__payment__amount"),
                )
            ),
            default=0,
        )
    )
    for row in vouchers.exclude(paid=F("vouchers")).select_related("application"):
        yield _("award of %(number)s: %(paid)s paid, its vouchers total %(sum)s") % {
            "number": row.application.number,
            "paid": row.paid,
            "sum": row.vouchers,
        }
