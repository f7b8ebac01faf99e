"""Documents that were handed out, by their number and the code on each page."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from applications.models import Submission
from applications.receipts import receipt_paper
from awards.models import Agreement, AllocationNotice
from awards.papers import agreement_paper, allocation_paper
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


def _kinds(number: str) -> tuple[Kind, ...]:
    receipts = Submission.objects.select_related("application__call", "submitted_by")
    return (
        (receipts.filter(receipt=number), receipt_paper),
        (Agreement.objects.filter(number=number), agreement_paper),
        (AllocationNotice.objects.filter(number=number), allocation_paper),
        (PointsStatement.objects.filter(number=number), statement_paper),
    )
