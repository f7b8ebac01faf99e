"""A decided call with a list, made directly; the notice is published by its service."""

from decimal import Decimal

from django.db import transaction

from applications.models import Call, CallStatus
from applications.workflow import Status
from audit import clock
from awards.models import (
    Award,
    Envelope,
    FundingItem,
    FundingList,
    Instalment,
    Minutes,
    PublicNotice,
)
from awards.services.notices import publish_notice
from reviews.models import Ranking, RankingEntry
from tests import making
from tests.awards import ledger

AMOUNT = Decimal("10000000.00")


@transaction.atomic  # list and ledger are held against each other at its end
def decided_call(officer, approver, count=3, place="220581", year=2026) -> Call:
    """A call whose list of `count` projects is approved."""
    call = making.call(officer, status=CallStatus.DECIDED, name_zh="本年度批次", year=year)
    now = clock.now()
    ranking = Ranking.objects.create(
        call=call, version=1, rules={}, digest="1" * 64, computed_by=officer, computed_at=now
    )
    listed = FundingList.objects.create(
        call=call,
        ranking=ranking,
        version=1,
        mode="strict",
        envelope=call.envelope,
        status="draft",
        drawn_by=officer,
        drawn_at=now,
    )
    owner = making.person("业主")
    firm = making.firm("梅河口松源食品有限公司", making.region(place), owner)
    for n in range(1, count + 1):
        made = making.dossier(call, firm, title=f"项目{n:03}", status=Status.PROPOSED)
        RankingEntry.objects.create(
            ranking=ranking,
            application=made,
            rank=n,
            panel=1,
            panel_rank=n,
            industry="equipment",
            prefecture=made.region.line.code,
            state="ranked",
            total=Decimal("80.00"),
            quality=Decimal("55.50"),
            employment=Decimal("24.50"),
            net_new_jobs=100 + n,
            requested=AMOUNT,
            scores=7,
            details={},
        )
        FundingItem.objects.create(
            funding_list=listed,
            application=made,
            position=n,
            rank=n,
            outcome="funded",
            amount=AMOUNT / 10,
            cumulative=AMOUNT / 10 * n,
        )
    FundingList.objects.filter(pk=listed.pk).update(status="submitted", submitted_at=now)
    FundingList.objects.filter(pk=listed.pk).update(
        status="approved", decided_by=approver, decided_at=now, minutes=_minutes(call, officer)
    )
    ledger.grant(call, AMOUNT / 10 * count * 2, officer, approver)
    ledger.reserve(listed, approver)
    return call


def _minutes(call: Call, officer) -> Minutes:
    return Minutes.objects.create(
        call=call,
        number="厅务会纪要〔2026〕8号",
        version=1,
        held_on=clock.today(),
        participants=["领审定", "秦项目"],
        decisions="同意按评审结果安排。",
        name="会议纪要.pdf",
        size=1,
        content_type="application/pdf",
        digest="1" * 64,
        recorded_by=officer,
        recorded_at=clock.now(),
    )


def noticed_call(officer, approver, count=3) -> PublicNotice:
    return publish_notice(call=decided_call(officer, approver, count), by=officer)


@transaction.atomic
def awarded_call(officer, approver, count=3, year=2026) -> Call:
    """A call whose projects are awarded, each sum in one instalment that is not paid yet."""
    call = decided_call(officer, approver, count, year=year)
    envelope = Envelope.objects.get(scheme=call.scheme, year=call.year)
    for made in call.applications.order_by("pk"):
        award = Award.objects.create(
            application=making.move(made, Status.AWARDED),
            envelope=envelope,
            amount=AMOUNT / 10,
            decided_by=approver,
            decided_at=clock.now(),
        )
        Instalment.objects.create(award=award, sequence=1, percent=100, amount=award.amount)
        ledger.commit(award, made.funding_items.get(), approver)
    Call.objects.filter(pk=call.pk).update(status=CallStatus.AWARDED)
    call.refresh_from_db()
    return call
