"""Documents that were handed out, by their number and the code on each page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from applications.models import Submission
from applications.receipts import receipt_paper
from awards.models import Agreement, AllocationNotice, Amendment
from awards.papers import agreement_paper, allocation_paper
from awards.selectors.terms import amount_in_force
from calendars.wording import day_of
from papers.codes import code_of, same
from papers.paper import Paper
from reviews.models import PointsStatement
from reviews.statements import statement_paper

Kind = tuple[Iterable[Any], Callable[[Any], Paper]]


def record_of(number: str, code: str) -> tuple[Any, Callable[[Any], Paper]] | None:
    """The record whose document carries both (with `content` and `digest`), and what makes the
    document of it. Four indexed queries at most.
    """
    for rows, make in _kinds(number):
        for row in rows:
            if same(code, code_of(settings.STEELYARD_AUDIT_KEY, number, row.digest)):
                return row, make
    return None


@dataclass(frozen=True, slots=True)
class Since:
    """What became of a signed agreement: a genuine paper may be out of date."""

    ended_on: date | None
    amended_on: date | None
    amount: Decimal  # in force, yuan


def since_signed(number: str) -> Since | None:
    """Whether the agreement of this number was amended, or its project terminated; None where it
    stands as it was signed, and for another document. Two queries."""
    row = Agreement.objects.select_related("award").filter(number=number).first()
    if row is None:
        return None
    last = Amendment.objects.filter(award=row.award, status="granted").order_by("version").last()
    amended, ended = last and last.settled_at, row.award.revoked_at
    if amended is None and ended is None:
        return None
    return Since(
        ended_on=day_of(ended) if ended else None,
        amended_on=day_of(amended) if amended else None,
        amount=amount_in_force(row.award),
    )


def _kinds(number: str) -> tuple[Kind, ...]:
    receipts = Submission.objects.select_related("application__call", "submitted_by")
    return (
        (receipts.filter(receipt=number), receipt_paper),
        (Agreement.objects.filter(number=number), agreement_paper),
        (AllocationNotice.objects.filter(number=number), allocation_paper),
        (PointsStatement.objects.filter(number=number), statement_paper),
    )
