"""Idle projects, and what is owed of money clawed back."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from applications.workflow import Status
from awards.interest import Balance, Lot, lots_of, repaid
from awards.models import (
    Acceptance,
    Award,
    Claim,
    Clawback,
    Instalment,
    Payment,
    ProgressReport,
    Recall,
    Repayment,
    Termination,
)
from awards.quarters import months_after
from calendars.wording import day_of

WITH_THE_OFFICE = ("claimed", "verified", "entered", "released")


def idle(today: date, among: Collection[int] | None = None) -> list[tuple[Award, date]]:
    """Projects under way (of these, if they are named) whose firm has done nothing for as long as
    their call allows, and since when. One query.

    What counts: a payment, a claim, a report, an application for acceptance, a recall lifted.
    Where the office has the next act, or a recall or termination is open already, nobody is idle.
    """
    rows = (
        Award.objects.filter(
            ~Exists(Instalment.objects.filter(award=OuterRef("pk"), status__in=WITH_THE_OFFICE)),
            ~Exists(Acceptance.objects.filter(award=OuterRef("pk"), status__in=_WAITING)),
            ~Exists(Recall.objects.filter(award=OuterRef("pk"), status__in=("issued", "replied"))),
            ~Exists(Termination.objects.filter(award=OuterRef("pk"), status="proposed")),
            application__status=Status.IN_PROGRESS,
        )
        .annotate(
            last_paid=_last(Payment, "instalment__award", "paid_on"),
            last_claim=_last(Claim, "instalment__award", "claimed_at"),
            last_report=_last(ProgressReport, "award", "submitted_at"),
            last_applied=_last(Acceptance, "award", "applied_at"),
            last_lifted=_last(Recall, "award", "settled_at"),
        )
        .select_related("application__call", "application__firm")
        .order_by("pk")
    )
    if among is not None:
        rows = rows.filter(pk__in=among)
    found: list[tuple[Award, date]] = []
    for row in rows:
        known = (getattr(row, f"last_{name}") for name in _NAMES)
        last = max(day_of(at) for at in (row.decided_at, *known) if at is not None)
        if months_after(last, row.application.call.rule_set.idle_months) <= today:
            found.append((row, last))
    return found


_WAITING = ("applied", "graded")
_NAMES = ("paid", "claim", "report", "applied", "lifted")


def _last(model: type, award: str, field: str) -> Subquery:
    rows: QuerySet = model.objects.filter(**{award: OuterRef("pk")})  # type: ignore[attr-defined, type-arg]  # any of several models
    return Subquery(rows.order_by().values(award).annotate(last=Max(field)).values("last"))


def upheld_in_vain(award: Award) -> Recall | None:
    """The last recall, where the termination that upheld it was taken back and the firm has neither
    claimed nor reported nor applied since: a termination may rest on it again."""
    last = Recall.objects.filter(award=award).order_by("-pk").first()
    if last is None or last.status != "upheld" or last.settled_at is None:
        return None
    acts = (
        Claim.objects.filter(instalment__award=award, claimed_at__gt=last.settled_at),
        ProgressReport.objects.filter(award=award, submitted_at__gt=last.settled_at),
        Acceptance.objects.filter(award=award, applied_at__gt=last.settled_at),
    )
    ended = Termination.objects.filter(recall=last).order_by("-pk").first()
    if ended is None or ended.status != "withdrawn" or any(rows.exists() for rows in acts):
        return None
    return last


def lots(award: Award, principal: Decimal) -> list[Lot]:
    """What of each payment to a project makes up a principal clawed back from it. One query."""
    made = Payment.objects.filter(instalment__award=award, paid_on__isnull=False)
    return lots_of([(p.amount, p.paid_on) for p in made if p.paid_on is not None], principal)


def balance_of(clawback: Clawback, repayments: Iterable[Repayment]) -> Balance:
    """What is owed as of the last confirmed repayment (see `awards.interest.until` for today)."""
    balance = Balance(clawback.principal, clawback.interest, clawback.ordered_on)
    for row in sorted((r for r in repayments if r.confirmed_at), key=lambda r: r.pk):
        balance, _split = repaid(balance, clawback.rate, row.paid_on, row.amount)
    return balance
