"""Real threads on PostgreSQL: writers that commit out of order while sealers run."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from audit.models import Event, Seal, Unsealed
from audit.services import record, seal_events
from audit.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH, SEALERS = 8, 40, 3


def in_thread(work):
    """The work with a connection of its own, closed afterwards."""

    def run(*args):
        try:
            return work(*args)
        finally:
            connection.close()

    return run


def test_writers_and_sealers_at_once_seal_everything_once(officer):
    done = threading.Event()

    @in_thread
    def write(number):
        for turn in range(EACH):
            with transaction.atomic():
                record(action="race.write", obj=None, by=officer, after={"n": [number, turn]})
                if turn % 5 == 0:
                    transaction.set_rollback(True)

    @in_thread
    def keep_sealing():
        sealed = 0
        while not done.is_set():
            sealed += seal_events(limit=7)
        return sealed

    @in_thread
    def keep_verifying():
        found = []
        while not done.is_set():
            # Before the very first anchor there is nothing outside yet.
            found += [f for f in verify().findings if f.kind != "anchor"]
        return found

    with ThreadPoolExecutor(WRITERS + SEALERS + 1) as pool:
        sealers = [pool.submit(keep_sealing) for _ in range(SEALERS)]
        verifier = pool.submit(keep_verifying)
        for writing in [pool.submit(write, n) for n in range(WRITERS)]:
            writing.result()
        done.set()
        sealed = sum(sealer.result() for sealer in sealers)
        assert verifier.result() == []
    while more := seal_events():
        sealed += more
    written = WRITERS * EACH * 4 // 5
    assert sealed == written == Event.objects.count()
    assert list(Seal.objects.order_by("position").values_list("position", flat=True)) == list(
        range(1, written + 1)
    )
    assert set(Seal.objects.values_list("event_id", flat=True)) == set(
        Event.objects.values_list("pk", flat=True)
    )
    assert Unsealed.objects.count() == 0
    assert verify().findings == ()


def test_an_event_committed_late_is_sealed_after_younger_ones(officer):
    recorded, go_on = threading.Event(), threading.Event()

    @in_thread
    def slow_writer():
        with transaction.atomic():
            event = record(action="race.slow", obj=None, by=officer)
            recorded.set()
            assert go_on.wait(10)
        return event.pk

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_writer)
        assert recorded.wait(10)
        with transaction.atomic():
            quick = record(action="race.quick", obj=None, by=officer).pk
        assert seal_events() == 1
        go_on.set()
        slow = slow.result()
    assert slow < quick
    assert seal_events() == 1
    assert list(Seal.objects.order_by("position").values_list("event_id", flat=True)) == [
        quick,
        slow,
    ]
    assert verify().findings == ()


def test_a_second_sealer_leaves_at_once(officer):
    with transaction.atomic():
        record(action="x.y", obj=None, by=officer)
    locked, go_on = threading.Event(), threading.Event()

    @in_thread
    def hold_the_lock():
        with transaction.atomic():
            count = seal_events()
            locked.set()
            assert go_on.wait(10)
        return count

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(hold_the_lock)
        assert locked.wait(10)
        assert seal_events() == 0
        go_on.set()
        assert first.result() == 1
    assert verify().findings == ()


def test_the_recorder_does_not_wait_for_other_recorders(officer):
    """Two open transactions record side by side: no lock is shared between writers."""
    recorded, go_on = threading.Event(), threading.Event()

    @in_thread
    def open_writer():
        with transaction.atomic():
            record(action="x.y", obj=officer, by=officer)
            recorded.set()
            assert go_on.wait(10)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(open_writer)
        assert recorded.wait(10)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            record(action="x.y", obj=officer, by=officer)
        go_on.set()
        other.result()
    assert get_user_model().objects.count() == 1
    assert Event.objects.count() == 2
