"""Commitments a second out of one envelope, by 32 threads, beside the bare conditional UPDATE."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from bench import database
from bench.figures import Figure, Found, Work

if TYPE_CHECKING:
    from awards.models import FundingItem
    from bench.envelope_rows import Hands

THREADS, TRIES, LEAST, MOST = 32, 8_000, 1_000, 2.0
TURNS = 5  # the two are measured by turns, so that what else the machine does weighs on both
COVERED = TRIES * 9 // 10  # for the rest the envelope is too small

BARE = "UPDATE bench_bare SET taken = taken + %s WHERE id = 1 AND taken <= ceiling - %s"


def commitments() -> Work:
    """Each of them in a transaction of its own, by the ledger's service: yes or no."""
    database.start()
    from bench import envelope_rows as rows

    hands = _hands()
    envelope = rows.write_years(1, rows.SUM * TRIES, TRIES, hands)[0]
    items = rows.write_awards(envelope, COVERED, hands)
    _bare(rows.SUM)

    def work() -> Found:
        served, bare = _rates(_by_service(envelope.pk, items, hands), _by_update(rows.SUM))
        ratio = bare / served
        _stands(envelope.pk, rows.SUM)
        words = (
            f"{served:,.0f} commitments/s, bare conditional UPDATE {bare:,.0f}/s,"
            f" ratio {ratio:.2f} (at least {LEAST:,}/s, at most {MOST:g})"
        )
        return Found(words, holds=served >= LEAST and ratio <= MOST)

    return work


def _hands() -> "Hands":
    from accounts.models import User
    from bench.envelope_rows import Hands

    return Hands(
        *(
            User.objects.create(username=f"b{n}", name=f"b{n}", email=f"b{n}@example.test")
            for n in range(4)
        )
    )


def _bare(amount: Decimal) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_bare (id bigint PRIMARY KEY, ceiling numeric(16,2), taken"
            " numeric(16,2) CHECK (taken <= ceiling))"
        )
        cursor.execute("INSERT INTO bench_bare VALUES (1, %s, 0)", [amount * COVERED])


def _by_update(amount: Decimal) -> Callable[[int], bool]:
    from django.db import connection

    def take(_n: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(BARE, [amount, amount])
            return bool(cursor.rowcount)

    return take


def _by_service(envelope: int, items: list["FundingItem"], hands: "Hands") -> Callable[[int], bool]:
    from awards.ledger import Kind
    from awards.services.ledger import Booking, books

    def take(n: int) -> bool:
        item = items[n]
        award = item.application.award
        booking = Booking(Kind.AWARDED, award.amount, item=item.pk, award=award.pk)
        return books(envelope=envelope, entries=[booking], by=hands.approver)

    return take


def _rates(*takes: Callable[[int], bool]) -> list[float]:
    """Tries a second by all threads, for each way of taking."""
    seconds, said = [0.0] * len(takes), [0] * len(takes)
    for turn in range(TURNS):
        tries = range(TRIES * turn // TURNS, TRIES * (turn + 1) // TURNS)
        for way, take in enumerate(takes):
            took, yes = _turn(take, tries)
            seconds[way] += took
            said[way] += yes
    if set(said) != {COVERED}:
        raise AssertionError(f"{said} of {COVERED} were committed")
    return [TRIES / took for took in seconds]


def _turn(take: Callable[[int], bool], tries: range) -> tuple[float, int]:
    """Seconds that all threads took for these tries, and how many said yes. Each thread has its
    connection, and its session the plans, before the start."""
    from django.db import connections

    from bench.database import undone

    start, said = threading.Barrier(THREADS + 1), [0] * THREADS

    def run(place: int) -> None:
        try:
            for n in tries[place::THREADS][:3]:
                undone(lambda n=n: take(n))
            start.wait(timeout=60)
            said[place] = sum(take(n) for n in tries[place::THREADS])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    start.wait(timeout=60)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, sum(said)


def _stands(envelope: int, amount: Decimal) -> None:
    from awards.models import Envelope

    row = Envelope.objects.get(pk=envelope)
    if (row.reserved, row.committed) != (0, amount * COVERED):
        raise AssertionError(f"reserved {row.reserved}, committed {row.committed}")


FIGURES = (Figure("commitments out of one envelope, 32 threads", commitments),)
