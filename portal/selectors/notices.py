"""Public notices as the public reads them: only what was published, with its working days."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from accounts.models import Region
from applications.workflow import Status
from awards.models import WAITING, Deviation, FundingItem, NoticeItem, PublicNotice
from calendars.deadlines import count_inclusive
from calendars.table import WorkingDays
from reviews.models import RankingEntry
from reviews.office_words import QUOTA_SENTENCES

LONGEST_STRIP = 40  # days; a longer period is told in words only


def public_notices() -> QuerySet[PublicNotice]:
    """Every notice, newest first, with the number of its projects and their sum (yuan)."""
    return (
        PublicNotice.objects.select_related("call")
        .annotate(projects=Count("items"), total=Sum("items__amount"))
        .order_by("-pk")
    )


def current_notices(today: date) -> QuerySet[PublicNotice]:
    """Notices whose period has not ended, the first to end first."""
    return public_notices().filter(ends_on__gte=today).order_by("ends_on")


@dataclass(frozen=True, slots=True)
class Period:
    """Where a notice stands today: `state` is ahead, running or over; `left` working days."""

    state: str
    left: int
    days: tuple[tuple[date, str], ...]
    holidays: tuple[tuple[str, date], ...]


def period(notice: PublicNotice, today: date, table: WorkingDays) -> Period:
    """The notice's days one by one: past, off, now or ahead; and the holidays among them."""
    state = "running"
    if today < notice.starts_on:
        state = "ahead"
    elif today > notice.ends_on:
        state = "over"
    start = max(today, notice.starts_on)
    length = (notice.ends_on - notice.starts_on).days + 1
    every = [notice.starts_on + timedelta(days=n) for n in range(length)]
    days = tuple((day, _kind(day, today, table)) for day in every)
    first_of: dict[str, date] = {}
    for day in every:
        name = table.names.get(day, "")
        if name and not table.is_working(day):
            first_of.setdefault(name, day)
    return Period(
        state=state,
        left=count_inclusive(start, notice.ends_on, table),
        days=days if length <= LONGEST_STRIP else (),
        holidays=tuple(first_of.items()),
    )


def _kind(day: date, today: date, table: WorkingDays) -> str:
    if not table.is_working(day):
        return "off"
    if day == today:
        return "now"
    return "past" if day < today else "ahead"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One project on a notice. `state` is "", held or out."""

    rank: int | None
    number: str
    title: str
    firm: str
    region: str
    region_code: str
    total: Decimal | None
    quality: Decimal | None
    employment: Decimal | None
    jobs: Decimal | None
    amount: Decimal
    promoted: bool
    state: str


def notice_rows(notice: PublicNotice) -> list[NoticeRow]:
    """The projects of a notice in the order of their rank; three queries."""
    items = list(
        notice.items.select_related("item__funding_list", "application").order_by(
            "item__position", "pk"
        )
    )
    told = {entry["application"]: entry for entry in notice.content.get("items", [])}
    entries = _entries(items)
    places = {region.code: region for region in Region.objects.select_related("parent")}
    return [
        _row(item, told.get(item.application.number, {}), entries.get(item.application_id), places)
        for item in items
    ]


def _entries(items: list[NoticeItem]) -> dict[int, RankingEntry]:
    rankings = {item.item.funding_list.ranking_id for item in items}
    found = RankingEntry.objects.filter(
        ranking__in=rankings, application__in=[item.application_id for item in items]
    )
    return {entry.application_id: entry for entry in found}


def _row(
    item: NoticeItem,
    told: dict[str, str],
    entry: RankingEntry | None,
    places: dict[str, Region],
) -> NoticeRow:
    status = Status(item.application.status)
    place = places.get(told.get("region", ""))
    return NoticeRow(
        rank=item.item.rank,
        number=item.application.number or "",
        title=told.get("title") or item.application.title,
        firm=told.get("firm", ""),
        region=place_name(place) if place else "",
        region_code=told.get("region", ""),
        total=entry.total if entry else None,
        quality=entry.quality if entry else None,
        employment=entry.employment if entry else None,
        jobs=Decimal(entry.net_new_jobs) if entry else None,
        amount=item.amount,
        promoted=item.item.promoted_at is not None,
        state={Status.OBJECTION_HOLD: "held", Status.DISQUALIFIED: "out"}.get(status, ""),
    )


def place_name(region: Region) -> str:
    """The region with the prefecture it lies in: 四平市·梨树县; 梅河口市 stands alone."""
    above = region.parent
    alone = above is None or region.level != "county" or region.reports_to_id != above.pk
    return str(region) if alone else f"{above}·{region}"


def deviations_of(notice: PublicNotice) -> list[Deviation]:
    """The confirmed departures from the rank on the list behind a notice, with their reasons."""
    found = Deviation.objects.filter(
        funding_list__call=notice.call_id,
        funding_list__status="approved",
        confirmed_at__isnull=False,
        refused_at__isnull=True,
    )
    return list(found.select_related("application__firm").order_by("pk"))


def passed_over(notice: PublicNotice) -> list[dict[str, Any]]:
    """Whom a quota passed over when the notice was published, with the quota in words."""
    return [
        {**row, "quota": QUOTA_SENTENCES[row["quota"]]}
        for row in notice.content.get("passed_over", [])
    ]


def reserve_count(notice: PublicNotice) -> int:
    """How many projects are on the reserve list of the same decision."""
    return FundingItem.objects.filter(
        funding_list__call=notice.call_id,
        funding_list__status="approved",
        outcome__in=WAITING,
    ).count()


def reviewed_count(notice: PublicNotice) -> int:
    """How many projects the ranking behind a notice holds."""
    return RankingEntry.objects.filter(
        ranking__funding_lists__call=notice.call_id, ranking__funding_lists__status="approved"
    ).count()
