"""Years with their envelopes, calls, approved lists and dossiers, written behind the triggers.

For measuring, and for the race over nearly full envelopes. Never for a database with a history.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from accounts.models import Organisation, Region, User
from applications.models import Application, Call, CallStatus, Industry, Scheme
from audit import clock
from awards.ledger import MOVES, Kind
from awards.models import (
    Award,
    Envelope,
    EnvelopeChange,
    FundingItem,
    FundingList,
    LedgerEntry,
    Minutes,
)
from bench.review_rows import behind_the_triggers
from reviews.models import Ranking

SUM = Decimal("1234567.89")
YEARS = range(2024, 2029)


@dataclass(frozen=True)
class Hands:
    """Who the rows say did it: two finance officers, an officer and an approver."""

    finance: User
    finance2: User
    officer: User
    approver: User


def write_years(years: int, ceiling: Decimal, contenders: int, hands: Hands) -> list[Envelope]:
    """So many years with a ceiling, each with a call whose approved list has contenders on its
    reserve list, each asking for `SUM`. Returns their envelopes, entries made.
    """
    now = clock.now()
    with behind_the_triggers():
        calls = Call.objects.bulk_create(_calls(years, hands.officer, now))
        envelopes = _granted(calls, ceiling, hands, now)
        _contenders(calls, contenders, hands, now)
    _analyse()
    return envelopes


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def write_awards(envelope: Envelope, count: int, hands: Hands) -> list[FundingItem]:
    """Every contender of the envelope's call with its award and its reservation in the ledger, of
    which the balance covers `count`. Returns the items with their award at hand.
    """
    now = clock.now()
    items = list(
        FundingItem.objects.filter(
            funding_list__call__scheme=envelope.scheme_id, funding_list__call__year=envelope.year
        ).order_by("pk")
    )
    with behind_the_triggers():
        FundingItem.objects.filter(pk__in=[i.pk for i in items]).update(
            outcome="funded", amount=SUM
        )
        Application.objects.filter(funding_items__in=items).update(status="awarded")
        LedgerEntry.objects.bulk_create(
            _entry(envelope, number, Kind.RESERVED, SUM, hands.approver, now, item=item)
            for number, item in enumerate(items, start=envelope.entries_made + 1)
        )
        awards = Award.objects.bulk_create(
            Award(
                application_id=item.application_id, envelope=envelope, amount=SUM,
                decided_by=hands.approver, decided_at=now,
            )
            for item in items
        )  # fmt: skip
        Envelope.objects.filter(pk=envelope.pk).update(
            available=envelope.available - SUM * count,
            reserved=SUM * count,
            entries_made=envelope.entries_made + len(items),
        )
    _analyse()
    for item, award in zip(items, awards, strict=True):
        item.application.award = award
    return items


def _calls(years: int, officer: User, now: datetime) -> list[Call]:
    schemes = Scheme.objects.bulk_create(
        Scheme(
            code=f"bench-{n}", name_zh="b", name_en="b", policy="b", article="十四",
            annual_limit=Decimal(10) ** 12, first_year=YEARS[0], last_year=YEARS[-1],
        )
        for n in range(-(-years // len(YEARS)))
    )  # fmt: skip
    places = [(scheme, year) for scheme in schemes for year in YEARS][:years]
    return [
        Call(
            scheme=scheme, year=year, sequence=n, number=f"B-{n}", name_zh="b", name_en="b",
            opens_at=now - timedelta(days=60), closes_at=now - timedelta(days=30), envelope=SUM,
            max_request=SUM, rules={"cut_off": "strict"}, status=CallStatus.ON_NOTICE,
            created_by=officer, created_at=now, proposed_by=officer, proposed_at=now,
        )
        for n, (scheme, year) in enumerate(places, start=1)
    ]  # fmt: skip


def _granted(calls: list[Call], ceiling: Decimal, hands: Hands, now: datetime) -> list[Envelope]:
    envelopes = Envelope.objects.bulk_create(
        Envelope(
            scheme_id=call.scheme_id, year=call.year, ceiling=ceiling, available=ceiling,
            entries_made=1,
        )
        for call in calls
    )  # fmt: skip
    changes = EnvelopeChange.objects.bulk_create(
        EnvelopeChange(
            envelope=envelope, ceiling=ceiling, document_no="1号", proposed_by=hands.finance,
            proposed_at=now, confirmed_by=hands.finance2, confirmed_at=now,
        )
        for envelope in envelopes
    )  # fmt: skip
    LedgerEntry.objects.bulk_create(
        _entry(one.envelope, 1, Kind.CEILING_RAISED, ceiling, hands.finance2, now, change=one)
        for one in changes
    )
    return envelopes


def _entry(
    envelope: Envelope,
    number: int,
    kind: Kind,
    amount: Decimal,
    by: User,
    now: datetime,
    change: EnvelopeChange | None = None,
    item: FundingItem | None = None,
) -> LedgerEntry:
    move = MOVES[kind]
    return LedgerEntry(
        envelope=envelope, number=number, kind=kind.value, credit=move.credit.value,
        debit=move.debit.value, amount=amount, at=now, by=by, document="1号", change=change,
        item=item,
    )  # fmt: skip


def _contenders(calls: list[Call], contenders: int, hands: Hands, now: datetime) -> None:
    place = Region.objects.get(code="220300")
    kind = Industry.objects.first()
    firm = Organisation.objects.create(
        kind="firm", name="bench", uscc="91220300MA0000001Y", region=place, created_at=now
    )
    rankings = Ranking.objects.bulk_create(
        Ranking(
            call=call, version=1, rules={"floor": "0.00", "cut_off": "strict"}, digest="1" * 64,
            computed_by=hands.officer, computed_at=now,
        )
        for call in calls
    )  # fmt: skip
    kept = Minutes.objects.bulk_create(
        Minutes(
            call=call, number="1号", version=1, held_on=now.date(), participants=[], decisions="1",
            name="1.pdf", size=1, content_type="application/pdf", digest="1" * 64,
            recorded_by=hands.officer, recorded_at=now,
        )
        for call in calls
    )  # fmt: skip
    lists = FundingList.objects.bulk_create(
        FundingList(
            call=ranking.call, ranking=ranking, version=1, mode="strict", envelope=SUM,
            status="approved", drawn_by=hands.officer, drawn_at=now, decided_by=hands.approver,
            decided_at=now, minutes=minutes,
        )
        for ranking, minutes in zip(rankings, kept, strict=True)
    )  # fmt: skip
    dossiers = Application.objects.bulk_create(
        Application(
            call=listed.call, firm=firm, number=f"{listed.call.number}-{n}", title=f"P{n}",
            industry=kind, region=place, requested=SUM, status="reserve",
            created_by=hands.officer, created_at=now, submitted_at=now, status_since=now,
        )
        for listed in lists
        for n in range(1, contenders + 1)
    )  # fmt: skip
    FundingItem.objects.bulk_create(
        FundingItem(
            funding_list=lists[n // contenders], application=dossier,
            position=n % contenders + 1, rank=n % contenders + 1, outcome="reserve",
            amount=Decimal(0), cumulative=Decimal(0),
        )
        for n, dossier in enumerate(dossiers)
    )  # fmt: skip
