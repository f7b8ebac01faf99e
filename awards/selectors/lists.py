"""What is read of envelopes, funding lists, notices and objections."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject

from applications.models import Call, Scheme
from applications.sheet import default_sheet, parse
from applications.workflow import Status
from awards.models import (
    AllocationNotice,
    Award,
    CarryOver,
    Deviation,
    Envelope,
    EnvelopeChange,
    FundingItem,
    FundingList,
    Minutes,
    NoticeItem,
    Objection,
    Outcome,
    PublicNotice,
)
from awards.selectors.line_rows import is_above


def calls_with_ranking() -> QuerySet[Call]:
    """Calls whose ranking stands, newest first, with the latest list's state."""
    return Call.objects.filter(rankings__isnull=False).distinct().order_by("-year", "-sequence")


def latest_list(call: Call) -> FundingList | None:
    """The call's list in force or on its way, the newest version, with `.letters`: key and number
    of each allocation notice of the call, oldest first. One query.
    """
    return list_by_number(call.number)


def list_by_number(number: str) -> FundingList | None:
    """As `latest_list`, by the call's number."""
    letters = AllocationNotice.objects.filter(call=OuterRef("call")).order_by("issued_on", "pk")
    told = letters.values(told=JSONObject(pk="pk", number="number"))
    return (
        FundingList.objects.select_related(
            "ranking", "drawn_by", "decided_by", "call__scheme", "minutes"
        )
        .annotate(letters=ArraySubquery(told))
        .filter(call__number=number)
        .order_by("-version")
        .first()
    )


def minutes_of(call: Call) -> list[Minutes]:
    """The call's minutes as they stand, each number's newest version; the newest first."""
    newer = Minutes.objects.filter(
        call=OuterRef("call"), number=OuterRef("number"), version__gt=OuterRef("version")
    )
    return list(call.minutes.filter(~Exists(newer)).select_related("recorded_by"))


def maxima_of(call: Call) -> dict[str, Decimal]:
    """The most points of project quality and of employment contribution, by the call's sheet."""
    sheet = parse(call.sheet or default_sheet())
    return {"quality": sheet.quality.weight, "employment": sheet.employment.weight}


def newest_lists(calls: Iterable[Call]) -> dict[int, FundingList]:
    """The newest version of each call's list, by the call's key. One query."""
    rows = FundingList.objects.filter(call__in=list(calls)).select_related("minutes")
    return {row.call_id: row for row in rows.order_by("version")}


def deviations_of(funding_list: FundingList) -> list[Deviation]:
    """The list's deviations, the oldest first."""
    return list(
        funding_list.deviations.select_related(
            "application", "proposed_by", "confirmed_by", "refused_by"
        ).order_by("pk")
    )


def ready_for_notice(items: Iterable[FundingItem]) -> bool:
    """Whether some project is proposed, agreed and not on notice yet."""
    return any(
        item.application.status == Status.PROPOSED
        and (item.outcome == Outcome.FUNDED or item.consent == "given")
        for item in items
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
    funded = [i for i in items if is_above(i)]
    return {
        "funded": len(funded),
        "amount": sum((i.amount for i in funded), Decimal(0)),
        "count": len(items),
        "requested": sum((i.application.requested or Decimal(0) for i in items), Decimal(0)),
    }


def envelopes(scheme: Scheme) -> QuerySet[Envelope]:
    """The scheme's years with their changes and what was carried out of them, the newest first."""
    changes = EnvelopeChange.objects.select_related(
        "proposed_by", "confirmed_by", "refused_by"
    ).order_by("-pk")
    carries = CarryOver.objects.select_related(
        "source", "target", "proposed_by", "confirmed_by", "refused_by"
    ).order_by("-pk")
    return scheme.envelopes.prefetch_related(
        Prefetch("changes", changes), Prefetch("carried_out", carries)
    ).order_by("-year")


def notices() -> QuerySet[PublicNotice]:
    """Public notices with how many items, what sum (yuan) and open objections each has."""
    total = (
        NoticeItem.objects.filter(notice=OuterRef("pk"))
        .order_by()
        .values("notice")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return (
        PublicNotice.objects.select_related("call", "published_by")
        .annotate(
            item_count=Count("items", distinct=True),
            sum=Subquery(total),
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


def ripe_items(call: Call, today: date) -> list[NoticeItem]:
    """Items whose notice is over and against which no objection is open, in rank order."""
    return list(_ripe(today).filter(notice__call=call))


def ripe_count(call: Call, today: date) -> int:
    """How many projects could be awarded now."""
    return _ripe(today).filter(notice__call=call).count()


def _ripe(today: date) -> QuerySet[NoticeItem]:
    open_ones = Objection.objects.filter(
        application=OuterRef("application"), status__in=("filed", "accepted")
    )
    return (
        NoticeItem.objects.filter(
            ~Exists(open_ones),
            notice__ends_on__lt=today,
            notice__provisional=False,
            application__status=Status.ON_NOTICE,
        )
        .select_related("application__firm", "notice__call")
        .order_by("item__position")
    )


def awards_of(call: Call) -> QuerySet[Award]:
    return Award.objects.filter(application__call=call)
