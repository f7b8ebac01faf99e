"""What was awarded and allocated, as it is published."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from applications.models import Call
from awards.models import AllocationNotice, Award, Repayment
from calendars.wording import day_of
from portal.selectors.notices import place_name


def calls_with_results() -> QuerySet[Call]:
    """Calls with awards, newest first, with count and sums (yuan) of those that stand.

    Of those that were terminated: .ended counts, .ended_paid was paid, .recovered came back of it.
    """
    live = Q(applications__award__isnull=False, applications__award__revoked_at__isnull=True)
    over = Q(applications__award__revoked_at__isnull=False)
    return (
        Call.objects.select_related("scheme")
        .annotate(
            projects=Count("applications__award", filter=live),
            awarded=Sum("applications__award__amount", filter=live, default=Decimal(0)),
            paid=Sum("applications__award__paid", filter=live, default=Decimal(0)),
            cut=Sum("applications__award__cut", filter=live, default=Decimal(0)),
            ended=Count("applications__award", filter=over),
            ended_paid=Sum("applications__award__paid", filter=over, default=Decimal(0)),
            recovered=_recovered("clawback__award__application__call"),
        )
        .filter(Q(projects__gt=0) | Q(ended__gt=0))
        .order_by("-year", "-sequence")
    )


def _recovered(owner: str) -> Coalesce:
    """What came back of what was paid to the row's terminated projects: principal, yuan."""
    back = Repayment.objects.filter(**{owner: OuterRef("pk")}, confirmed_at__isnull=False)
    total = back.order_by().values(owner).annotate(total=Sum("principal")).values("total")
    return Coalesce(Subquery(total), Decimal(0), output_field=DecimalField())


def weighed(awarded: Decimal, paid: Decimal, cut: Decimal) -> list[tuple[Decimal, Any, str]]:
    """What lies on the beam of a call's funds: paid, and awarded but not yet paid (yuan), without
    what was cut and will not be."""
    return [(paid, _("paid"), ""), (awarded - cut - paid, _("awarded, not yet paid"), "soft")]


def latest(most: int) -> list[tuple[Any, list[tuple[Decimal, Any, str]]]]:
    """The newest calls with results, each with what lies on its beam; one query."""
    found: list[Any] = list(calls_with_results()[:most])
    return [(call, weighed(call.awarded, call.paid, call.cut)) for call in found]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One supported project; sums in yuan."""

    number: str
    title: str
    firm: str
    region: str
    prefecture: str
    industry: str
    amount: Decimal
    paid: Decimal
    cut: Decimal  # will not be paid: too few jobs, or an amendment
    letter: str
    ended_on: date | None  # terminated since: what was not paid went back
    recovered: Decimal  # of what was paid to an ended one


def published_awards() -> QuerySet[Award]:
    """Every award with what is published of it, those terminated since as well: what was paid
    stays public. `.recovered`: what came back of it, yuan.
    """
    return _with_what_is_published(Award.objects.all())


def _with_what_is_published(awards: QuerySet[Award]) -> QuerySet[Award]:
    return awards.annotate(recovered=_recovered("clawback__award")).select_related(
        "allocation",
        "application__call__scheme",
        "application__firm",
        "application__industry",
        "application__region__parent",
        "application__region__reports_to",
    )


def result_rows(call: Call) -> list[ResultRow]:
    """The supported projects of a call that stand, by number; one query."""
    return _rows(published_awards().filter(application__call=call, revoked_at__isnull=True))


def ended_rows(call: Call) -> list[ResultRow]:
    """The projects of a call that were terminated, by number, with what was paid and came back of
    it; one query.
    """
    return _rows(published_awards().filter(application__call=call, revoked_at__isnull=False))


def allocated_rows(letter: AllocationNotice) -> list[ResultRow]:
    """The projects that an allocation notice names, by number, ended since or not; one query."""
    return _rows(_with_what_is_published(letter.awards.all()))


def _rows(awards: QuerySet[Award]) -> list[ResultRow]:
    return [_row(award) for award in awards.order_by("application__number")]


def _row(award: Any) -> ResultRow:
    application = award.application
    region = application.region
    return ResultRow(
        number=application.number or "",
        title=application.title,
        firm=application.firm.name,
        region=place_name(region),
        prefecture=str(region.line),
        industry=str(application.industry or ""),
        amount=award.amount,
        paid=award.paid,
        cut=award.cut,
        letter=award.allocation.number if award.allocation else "",
        ended_on=day_of(award.revoked_at) if award.revoked_at else None,
        recovered=award.recovered,
    )


@dataclass(frozen=True, slots=True)
class RegionSum:
    """What the projects of one reporting region received; sums in yuan."""

    region: str
    projects: int
    amount: Decimal
    paid: Decimal


def by_region(rows: list[ResultRow]) -> list[RegionSum]:
    """Sums by the region that recommended, the largest first."""
    groups: dict[str, list[ResultRow]] = defaultdict(list)
    for row in rows:
        groups[row.prefecture].append(row)
    sums = [
        RegionSum(
            region=name,
            projects=len(members),
            amount=sum((row.amount for row in members), Decimal(0)),
            paid=sum((row.paid for row in members), Decimal(0)),
        )
        for name, members in groups.items()
    ]
    return sorted(sums, key=lambda group: -group.amount)


def public_letters() -> QuerySet[AllocationNotice]:
    """Every allocation notice, the newest first."""
    return AllocationNotice.objects.select_related("call__scheme").order_by("-issued_on", "-pk")


def allocations(call: Call) -> list[AllocationNotice]:
    """The finance department's letters for a call, oldest first."""
    return list(call.allocation_notices.order_by("issued_on", "pk"))
