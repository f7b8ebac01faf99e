"""Carrying rows to where they go, with nothing lost and nothing done twice.

A sweep *leases* due rows: it moves `due_at` on and commits, so that no other sweep takes them,
then hands their numbers to Celery. Whoever works on a row locks it, checks that it is still
pending, and marks it done in the transaction of the work itself. A broker that forgets, or a
worker that dies, only lets the lease run out: the next sweep sends the row again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F, QuerySet

from audit import clock, origin
from notifications.channels import CHANNELS, Channel
from notifications.models import Delivery, Job, Outgoing

Row = TypeVar("Row", Delivery, Job)

logger = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 10 s, 20 s, 40 s … up to an hour."""
    doublings = min(max(0, attempts - 1), 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


@transaction.atomic
def _lease(rows: QuerySet[Row], now: datetime) -> list[Row]:
    due = rows.filter(state=Outgoing.PENDING, due_at__lte=now).order_by("due_at", "pk")
    taken = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    rows.filter(pk__in=[row.pk for row in taken]).update(due_at=now + LEASE)
    return taken


def lease_deliveries() -> list[int]:
    """Take up to a batch of due deliveries; returns their numbers."""
    return [row.pk for row in _lease(Delivery.objects.all(), clock.now())]


def lease_jobs() -> list[tuple[str, int]]:
    """Take up to a batch of due jobs; returns task names and job numbers."""
    return [(row.task, row.pk) for row in _lease(Job.objects.all(), clock.now())]


def release_lease(model: type[Delivery] | type[Job], numbers: Iterable[int]) -> None:
    """Give back what could not be handed to the broker, due again after the first pause."""
    model.objects.filter(pk__in=list(numbers), state=Outgoing.PENDING).update(
        due_at=clock.now() + FIRST_PAUSE
    )


@contextmanager
def _alone_with(model: type[Row], number: int) -> Iterator[bool]:
    """Whether nobody else is at this row until the block ends; it ends with a dying worker, too.

    The row's own lock is let go between counting an attempt and making it: what a broker delivers
    twice would be counted twice there.
    """
    key: list[str | int] = [model._meta.db_table, number % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", key)
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", key)


def _attempt(model: type[Row], number: int, work: Callable[[Row], object]) -> bool:
    """Work on a pending row that nobody else is at. False: there was nothing to do."""
    with _alone_with(model, number) as is_alone:
        return is_alone and _attempt_alone(model, number, work)


def _attempt_alone(model: type[Row], number: int, work: Callable[[Row], object]) -> bool:
    """Work on a row if it is pending.

    The attempt is counted before the work, in a transaction of its own, so that a row whose
    work kills its worker is given up in the end. A failure is kept on the row, never raised.
    """
    free = model.objects.filter(pk=number, state=Outgoing.PENDING)
    with transaction.atomic():
        row = free.select_for_update(skip_locked=True).first()
        if row is None:
            return False
        free.update(attempts=F("attempts") + 1, due_at=clock.now() + LEASE)
    try:
        with transaction.atomic():
            row = free.select_for_update(skip_locked=True).first()
            if row is None:
                return False
            work(row)
            free.update(state=Outgoing.DONE, done_at=clock.now(), error="")
    except Exception as error:  # whatever it was, the row says so and is tried again
        logger.exception("%s %s failed", model.__name__, number)
        _note_failure(model, number, error)
    return True


@transaction.atomic
def _note_failure(model: type[Delivery] | type[Job], number: int, error: Exception) -> None:
    rows: QuerySet[Any] = model.objects.filter(pk=number, state=Outgoing.PENDING)
    row = rows.select_for_update().first()
    if row is None:
        return
    row.error = f"{type(error).__name__}: {error}"[:400]
    if row.attempts >= MAX_ATTEMPTS:
        row.state = Outgoing.DEAD
    else:
        row.due_at = clock.now() + pause_after(row.attempts)
    row.save(update_fields=["error", "state", "due_at"])


@transaction.atomic
def bury_spent() -> int:
    """Give up rows whose every attempt ended with a dead worker. Returns how many."""
    buried = 0
    for model in (Delivery, Job):
        rows: QuerySet[Any] = model.objects.filter(
            state=Outgoing.PENDING, attempts__gte=MAX_ATTEMPTS, due_at__lte=clock.now()
        )
        spent = list(
            rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
        )
        buried += model.objects.filter(pk__in=spent).update(
            state=Outgoing.DEAD, error="the worker died at every attempt"
        )
    return buried


def carry_deliveries(numbers: Iterable[int]) -> int:
    """Carry these deliveries, each in a transaction of its own. Returns how many were tried."""
    channels: dict[str, Channel] = {}

    def send(row: Delivery) -> None:
        channel = channels.setdefault(row.channel, CHANNELS[row.channel]())
        channel.send(row)

    try:
        return sum(_attempt(Delivery, number, send) for number in numbers)
    finally:
        for channel in channels.values():
            channel.close()


def run_job(number: int, work: Callable[..., object]) -> bool:
    """Run a job's work with its payload; done in the same transaction as the work."""
    with origin.acting_from("worker"):
        return _attempt(Job, number, lambda job: work(**job.payload))
