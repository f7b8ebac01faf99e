"""What waits for officers, approvers, secretaries and finance officers about one project or one
document."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from applications.workflow import Status
from awards.models import (
    Acceptance,
    Agreement,
    Amendment,
    Award,
    CarryOver,
    Claim,
    Deviation,
    EnvelopeChange,
    Objection,
    ObjectionReview,
    PaymentBatch,
    ProgressReport,
    Recall,
    Repayment,
    Settlement,
    Termination,
)
from awards.selectors.acts import UNTIL, UNTIL_SIGNED, Rows, shaped, under_way
from awards.selectors.batches import to_reconcile
from awards.selectors.firm_acts import to_check
from awards.selectors.money import RUNNING, served_by
from awards.selectors.progress import REPORTING
from awards.selectors.waiting import parts


def of_officer(now: datetime) -> list[Rows]:
    """Agreements to draw up and to sign, objections to examine, offers that nobody answered."""
    awarded = Award.objects.filter(application__status=Status.AWARDED)
    to_draw_up = awarded.filter(allocation__isnull=False, agreement__isnull=True)
    to_sign = Agreement.objects.filter(
        award__application__status=Status.AWARDED,
        firm_signed_at__isnull=False,
        office_signed_at__isnull=True,
    )
    lapsed = parts().filter(answer_due__lt=now, answer_provisional=False)
    return [
        shaped("draw_up", to_draw_up, page="pk", title="application__title"),
        shaped("sign_for_office", to_sign, page="pk", number="number", **UNTIL_SIGNED),
        _objections("examine", "filed"),
        shaped("lapse", lapsed, page="application", title="application__title"),
    ]


def _objections(kind: str, status: str) -> Rows:
    rows = Objection.objects.filter(status=status)
    title = "application__title"
    return shaped(kind, rows, page="pk", title=title, number="number", words="ground", **UNTIL)


def deviations(user: User) -> Rows:
    """Deviations that another person asked for and nobody has settled; `number` is the call's."""
    rows = Deviation.objects.filter(
        confirmed_at__isnull=True, refused_at__isnull=True, funding_list__status="draft"
    ).exclude(proposed_by=user)
    number = "funding_list__call__number"
    return shaped(
        "deviate", rows, page="pk", title="application__title", number=number, words="reason"
    )


def of_approver(user: User, now: datetime) -> list[Rows]:
    """Objections to answer, to review and to carry out, terminations that another put forward."""
    ends = Termination.objects.filter(status="proposed").exclude(proposed_by=user)
    return [
        _objections("answer", "accepted"),
        *_above(user, now),
        shaped("terminate", ends, words="ground"),
    ]


def _above(user: User, now: datetime) -> list[Rows]:
    """Reviews asked for, of those who had no part in the answer; upheld objections to carry out:
    the time for a review has passed unused, and the project is still held.
    """
    reviews = ObjectionReview.objects.filter(status="asked").exclude(
        Q(objection__answered_by=user) | Q(objection__handled_by=user) | Q(objection__filed_by=user)
    )
    unused = Objection.objects.filter(
        status="upheld",
        review__isnull=True,
        review_provisional=False,
        review_until__lt=now,
        application__status=Status.OBJECTION_HOLD,
    )
    place = {"page": "objection", "title": "objection__application__title"}
    return [
        shaped("review", reviews, **place, number="objection__number", **UNTIL),
        shaped("carry_out", unused, page="pk", title="application__title", number="number"),
    ]


def graded(user: User) -> Rows:
    """Projects that another person graded; none that would be completed while its termination
    waits."""
    ends = Termination.objects.filter(award=OuterRef("award"), status="proposed")
    rows = under_way(Acceptance).filter(status="graded").exclude(graded_by=user)
    rows = rows.exclude(Exists(ends), ~Q(grade="poor"))
    return shaped("settle_acceptance", rows)


def to_grade() -> Rows:
    return shaped("grade", under_way(Acceptance).filter(status="applied"))


def amendments(user: User, status: str) -> Rows:
    """Amendments asked for (proposed), or endorsed by an officer, of others than the person."""
    rows = Amendment.objects.filter(status=status, award__application__status__in=RUNNING)
    rows = rows.exclude(proposed_by=user).exclude(endorsed_by=user)
    return shaped(f"amend_{status}", rows)


def recalls(now: datetime) -> list[Rows]:
    """Recalls that were answered, and those whose time is over without."""
    rows = under_way(Recall)
    over = rows.filter(status="issued", due_at__lt=now, provisional=False)
    return [
        shaped("recall_replied", rows.filter(status="replied")),
        shaped("recall_over", over),
    ]


def reports(user: User, *, every: bool) -> Rows:
    """Quarterly reports to confirm: every project's, or of those that the person serves."""
    rows = ProgressReport.objects.filter(
        status="submitted", award__application__status__in=REPORTING
    )
    if not every:
        rows = rows.filter(award__in=Award.objects.filter(served_by(user)))
    return shaped("confirm_report", rows, number="quarter", words="year")


def claims(user: User) -> Rows:
    """Claims of the projects that the person serves, while these go on."""
    rows = Claim.objects.filter(
        instalment__award__in=Award.objects.filter(served_by(user)),
        instalment__award__revoked_at__isnull=True,
        instalment__status="claimed",
        returned_at__isnull=True,
        verified_at__isnull=True,
    ).annotate(payable=F("instalment__amount") - F("instalment__cut"))
    return shaped(
        "verify",
        rows,
        page="pk",
        title="instalment__award__application__title",
        number="instalment__sequence",
        amount="payable",
    )


def checks(user: User, *, every: bool) -> Rows:
    """Mid-term checks without which firms cannot claim further: every project's, or of those that
    the person serves."""
    rows = to_check()
    if not every:
        rows = rows.filter(award__in=Award.objects.filter(served_by(user)))
    return shaped("mid_term", rows, number="sequence")


def of_finance(user: User) -> list[Rows]:
    """Ceilings, carried sums and repayments that another entered; clawbacks to order; batches and
    settlements of colleagues."""
    unsettled = {"confirmed_at__isnull": True, "refused_at__isnull": True}
    ceilings = EnvelopeChange.objects.filter(**unsettled).exclude(proposed_by=user)
    carries = CarryOver.objects.filter(**unsettled).exclude(proposed_by=user)
    repayments = Repayment.objects.filter(**unsettled).exclude(entered_by=user)
    ended = Termination.objects.filter(status="confirmed", claw_back__gt=0, clawback__isnull=True)
    place = {"page": "pk", "title": "", "number": "document_no"}
    return [
        shaped("ceiling", ceilings, **place, words="envelope__year", amount="ceiling"),
        shaped("carry", carries, **place, words="source__year", amount="amount"),
        shaped(
            "confirm_repayment",
            repayments,
            page="clawback__award",
            title="clawback__award__application__title",
            number="document_no",
            amount="amount",
        ),
        shaped("order_clawback", ended, amount="claw_back"),
        *_of_treasury(user),
    ]


def _of_treasury(user: User) -> list[Rows]:
    """Batches that a colleague formed, rows that do not match, settlements that a colleague asked
    for."""
    batches = PaymentBatch.objects.filter(status="draft").exclude(formed_by=user)
    asked = Settlement.objects.filter(confirmed_at__isnull=True, refused_at__isnull=True)
    place = {"page": "pk", "title": ""}
    return [
        shaped("send_batch", batches, **place, number="number"),
        shaped("reconcile", to_reconcile(), **place, number="number", words="differing"),
        shaped(
            "confirm_settlement",
            asked.exclude(proposed_by=user),
            **place,
            number="batch__number",
            words="reason",
        ),
    ]
