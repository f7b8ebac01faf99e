"""32 real threads at nearly full envelopes: nothing is overspent, and the ledger holds it all.

A round is one year with room for three sums, contested by eight of the threads, all in the same
order, so that they are at the same few envelopes all the time. Two of them also change the ceiling
and revoke an award meanwhile. ROUNDS=1000 in the environment runs a thousand.
"""

import os
import sys
import threading
import time
from functools import partial

import pytest
from django.db import connections, transaction
from django.db.models import Count, F, Q, Sum

from applications.models import Application
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid
from awards.bookkeeping import ledger
from awards.ledger import Kind
from awards.models import (
    Award,
    Envelope,
    EnvelopeChange,
    FundingItem,
    Instalment,
    LedgerEntry,
    Termination,
)
from awards.services import envelopes
from awards.services.ledger import Booking, books
from bench.envelope_rows import SUM, Hands, write_years

THREADS, MEET, ROOM = 32, 8, 3
ROUNDS = int(os.environ.get("ROUNDS", "40"))


@pytest.fixture
def hands(people) -> Hands:
    return Hands(people.finance, people.finance2, people.officer, people.approver)


@pytest.fixture
def rounds(hands) -> list[Envelope]:
    return write_years(ROUNDS, SUM * ROOM + 1, MEET, hands)


def move_up(envelope: Envelope, item: FundingItem, hands: Hands) -> bool:
    """What `reserve.drop_out` does with the money of who moves up, without the telling."""
    with transaction.atomic():
        now = clock.now()
        FundingItem.objects.filter(pk=item.pk).update(outcome="funded", amount=SUM, promoted_at=now)
        Application.objects.filter(pk=item.application_id).update(status=Status.ON_NOTICE)
        booking = Booking(Kind.RESERVED, SUM, item=item.pk)
        if not books(envelope=envelope.pk, entries=[booking], by=hands.approver):
            transaction.set_rollback(True)
            return False
    return True


def award(envelope: Envelope, item: FundingItem, hands: Hands) -> Award:
    """What `decisions.award` does with the money."""
    with transaction.atomic():
        made = Award.objects.create(
            application_id=item.application_id, envelope=envelope, amount=SUM,
            decided_by=hands.approver, decided_at=clock.now(),
        )  # fmt: skip
        Instalment.objects.create(award=made, sequence=1, percent=100, amount=SUM)
        Application.objects.filter(pk=item.application_id).update(status=Status.AWARDED)
        booking = Booking(Kind.AWARDED, SUM, item=item.pk, award=made.pk)
        assert books(envelope=envelope.pk, entries=[booking], by=hands.approver)
    return made


def revoke(made: Award, hands: Hands) -> None:
    """What a termination does with the money."""
    with transaction.atomic():
        now = clock.now()
        Termination.objects.create(
            award=made, status="confirmed", ground="other", reason="企业停产，无法继续。",
            claw_back=0, proposed_by=hands.officer, proposed_at=now, settled_by=hands.approver,
            settled_at=now, settlement="同意终止。",
        )  # fmt: skip
        Award.objects.filter(pk=made.pk).update(
            revoked_by=hands.approver, revoked_at=clock.now(), revocation="企业停产，无法继续。"
        )
        booking = Booking(Kind.RELEASED, SUM, award=made.pk)
        assert books(envelope=made.envelope_id, entries=[booking], by=hands.approver)


def change_ceiling(envelope: Envelope, to: int, hands: Hands) -> None:
    """Two officers set it to so many sums; refused below what is bound by then."""
    ask = partial(
        envelopes.propose_ceiling, scheme=envelope.scheme, year=envelope.year, document_no="2号"
    )
    try:
        change = ask(ceiling=SUM * to + 1, by=hands.finance)
        envelopes.confirm_ceiling(change=change, by=hands.finance2)
    except Invalid:
        waiting = EnvelopeChange.objects.filter(envelope=envelope, confirmed_at=None)
        for one in waiting.filter(refused_at=None):
            envelopes.refuse_ceiling(change=one, reason="已被占用，暂不下调。", by=hands.finance)


def take(envelope: Envelope, item: FundingItem, part: int, hands: Hands) -> None:
    """One contender's turn at one year. The first changes the ceiling, the second revokes."""
    if part == 0:
        change_ceiling(envelope, ROOM + 1 if envelope.year % 2 else ROOM - 1, hands)
    if move_up(envelope, item, hands):
        made = award(envelope, item, hands)
        if part == 1:
            revoke(made, hands)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_is_overspent(hands, rounds):
    start, faults, turns = threading.Barrier(THREADS), [], [0] * THREADS
    lanes = THREADS // MEET
    items = dict.fromkeys((e.scheme_id, e.year) for e in rounds)
    for key in items:
        items[key] = []
    for item in FundingItem.objects.select_related("funding_list__call").order_by("pk"):
        call = item.funding_list.call
        items[call.scheme_id, call.year].append(item)

    def contend(place: int) -> None:
        try:
            start.wait(timeout=30)
            for envelope in rounds[place % lanes :: lanes]:
                part = place // lanes
                take(envelope, items[envelope.scheme_id, envelope.year][part], part, hands)
                turns[place] += 1
        except Exception as error:  # noqa: BLE001  (any fault at all fails the test)
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=contend, args=(n,)) for n in range(THREADS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=600)
    seconds = time.monotonic() - started
    assert faults == []
    assert sum(turns) == MEET * ROUNDS
    spent = Sum("awards__amount", filter=Q(awards__revoked_at__isnull=True))
    over = Envelope.objects.annotate(spent=spent).filter(spent__gt=F("ceiling"))
    entries = LedgerEntry.objects.count()
    sys.stdout.write(
        f"{ROUNDS} rounds, {sum(turns)} turns, {entries} entries in {seconds:.1f} s;"
        f" overspent: {over.count()}\n"
    )
    assert over.count() == 0
    assert list(ledger()) == []
    stands = Envelope.objects.annotate(
        standing=Count("awards", filter=Q(awards__revoked_at__isnull=True))
    )
    for row in stands:
        assert row.committed == SUM * row.standing
        assert row.available == row.ceiling - row.committed
        assert row.standing <= ROOM + 1
