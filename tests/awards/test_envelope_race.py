"""32 real threads award against nearly full envelopes, a thousand rounds: nothing is overspent.

A round is one year's envelope with room for three sums, contested by eight of the threads, all in
the same order, so that they are at the same few envelopes all the time. MEET=32 in the environment
sends every thread into every round (32,000 tries).
"""

import os
import sys
import threading
import time
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.db.models import Count, F

from applications.models import Application, Scheme
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid
from awards.models import Award, Envelope, Instalment
from awards.services.envelopes import commit
from tests import making

THREADS, ROUNDS, ROOM = 32, 1_000, 3
MEET = int(os.environ.get("MEET", "8"))
SUM = Decimal("1234567.89")


@pytest.fixture
def rounds(people) -> list[Envelope]:
    scheme = Scheme.objects.get(code="article-14")
    return Envelope.objects.bulk_create(
        Envelope(scheme=scheme, year=n, ceiling=SUM * ROOM + 1)
        for n in range(3_000, 3_000 + ROUNDS)
    )


@pytest.fixture
def dossiers(people) -> list[int]:
    """One dossier for each sum there is room for, and one spare for each thread."""
    call = making.call(people.officer)
    made = making.dossier(call, people.firm, status=Status.ON_NOTICE)
    now = clock.now()
    rows = Application.objects.bulk_create(
        Application(
            call=call, firm=people.firm, number=f"R-{n}", title=f"R{n}", industry=made.industry,
            region=made.region, requested=SUM, status=Status.ON_NOTICE, created_by=people.owner,
            created_at=now, submitted_at=now, status_since=now,
        )
        for n in range(ROUNDS * ROOM + THREADS)
    )  # fmt: skip
    return [row.pk for row in rows]


def award(envelope: Envelope, application: int, by: int) -> None:
    """What `decisions.award` does with the money, without the telling."""
    with transaction.atomic():
        commit(envelope=envelope.pk, amount=SUM)
        made = Award.objects.create(
            application_id=application, envelope=envelope, amount=SUM, decided_by_id=by,
            decided_at=clock.now(),
        )  # fmt: skip
        Instalment.objects.create(award=made, sequence=1, percent=100, amount=SUM)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_is_overspent(people, rounds, dossiers):
    free, lock = list(dossiers), threading.Lock()
    start, faults = threading.Barrier(THREADS), []
    tries = [0] * THREADS

    def approve(place: int) -> None:
        with lock:
            mine = free.pop()
        try:
            start.wait(timeout=30)
            for envelope in rounds[place % (THREADS // MEET) :: THREADS // MEET]:
                tries[place] += 1
                try:
                    award(envelope, mine, people.approver.pk)
                except Invalid:
                    continue
                with lock:
                    mine = free.pop()
        except Exception as error:  # noqa: BLE001  (any fault at all fails the test)
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve, args=(n,)) for n in range(THREADS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    seconds = time.monotonic() - started
    sys.stdout.write(f"{sum(tries)} tries, {sum(tries) / seconds:.0f} a second\n")
    assert faults == []
    assert sum(tries) == MEET * ROUNDS
    assert Envelope.objects.filter(committed__gt=F("ceiling")).count() == 0
    held = Envelope.objects.annotate(awarded=Count("awards")).values_list("awarded", "committed")
    assert set(held) == {(ROOM, SUM * ROOM)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT e.id FROM awards_envelope e JOIN awards_award a"
            " ON a.envelope_id = e.id GROUP BY e.id HAVING sum(a.amount) > e.ceiling) AS over"
        )
        assert cursor.fetchone() == (0,)
