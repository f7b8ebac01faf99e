"""What is read of envelopes, funding lists, notices and objections."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from applications.models import Call, Scheme
from awards.models import (
    Award,
    Envelope,
    FundingItem,
    FundingList,
    Objection,
    Outcome,
    PublicNotice,
)


def calls_with_ranking() -> QuerySet[Call]:
    """Calls whose ranking stands, newest first, with the latest list's state."""
    return Call.objects.filter(rankings__isnull=False).distinct().order_by("-year", "-sequence")


def latest_list(call: Call) -> FundingList | None:
    """The call's list in force or on its way; the newest version."""
    return (
        call.funding_lists.select_related("ranking", "drawn_by", "decided_by", "call")
        .order_by("-version")
        .first()
    )


def items_of(funding_list: FundingList) -> list[FundingItem]:
    """The list's items in order, each with its ranking entry as `.entry`. Two queries."""
    entries = {e.application_id: e for e in funding_list.ranking.entries.all()}
    items = list(
        funding_list.items.select_related("application__firm", "application__region").order_by(
            "position"
        )
    )
    for item in items:
        item.entry = entries[item.application_id]  # type: ignore[attr-defined]  # for the page only
    return items


def totals(items: list[FundingItem]) -> dict[str, Any]:
    """Counts and sums above the line, in yuan."""
    funded = [i for i in items if i.outcome in (Outcome.FUNDED, Outcome.PARTIAL)]
    return {
        "funded": len(funded),
        "amount": sum((i.amount for i in funded), Decimal(0)),
        "count": len(items),
        "requested": sum((i.application.requested or Decimal(0) for i in items), Decimal(0)),
    }


def envelopes(scheme: Scheme) -> QuerySet[Envelope]:
    """The scheme's years with their pending change, if any."""
    return scheme.envelopes.prefetch_related(
        "changes__proposed_by", "changes__confirmed_by"
    ).order_by("year")


def notices() -> QuerySet[PublicNotice]:
    """Public notices with how many items and open objections each has."""
    return (
        PublicNotice.objects.select_related("call", "published_by")
        .annotate(
            item_count=Count("items", distinct=True),
            sum=Sum("items__amount"),
            open_objections=Count(
                "objections", filter=Q(objections__status__in=("filed", "accepted")), distinct=True
            ),
        )
        .order_by("-pk")
    )


def objections() -> QuerySet[Objection]:
    """Objections, the open ones with the nearest due date first."""
    return (
        Objection.objects.select_related(
            "application__firm", "notice__call", "handled_by", "answered_by"
        )
        .annotate(settled=Count("pk", filter=Q(status__in=("refused", "upheld", "rejected"))))
        .order_by("settled", "due_at", "pk")
    )


def awards_of(call: Call) -> QuerySet[Award]:
    return Award.objects.filter(application__call=call)
