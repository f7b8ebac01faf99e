"""Carrying rows to where they go, with nothing lost and nothing done twice.

A sweep *leases* due rows: it moves `due_at` on and commits, so that no other sweep takes them,
then hands their numbers to Celery. Whoever works on a row locks it, checks that it is still
pending, and marks it done in the transaction of the work itself. A broker that forgets, or a
worker that dies, only lets the lease run out: the next sweep sends the row again.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F, QuerySet

from audit import clock, origin
from notifications.channels import CHANNELS, Channel, Later
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
def _alone_with(model: type[Row], numbers: Iterable[int]) -> Iterator[list[int]]:
    """Those of these rows that nobody else is at until the block ends; it ends with a dying
    worker, too.

    The rows' own locks are let go between counting an attempt and making it: what a broker
    delivers twice would be counted twice there.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n FROM unnest(%s::bigint[]) n"
            " WHERE pg_try_advisory_lock(hashtext(%s), (n %% 2147483648)::integer)",
            [list(dict.fromkeys(numbers)), table],
        )
        own = [row[0] for row in cursor.fetchall()]
    try:
        yield own
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_unlock(hashtext(%s), (n %% 2147483648)::integer)"
                " FROM unnest(%s::bigint[]) n",
                [table, own],
            )


def _pending(model: type[Delivery] | type[Job], numbers: Iterable[int]) -> QuerySet[Any]:
    return model.objects.filter(pk__in=list(numbers), state=Outgoing.PENDING)


def _attempt_all(
    model: type[Row], numbers: Iterable[int], work: Callable[[Row], object], *joined: str
) -> int:
    """Work on the pending ones of these rows that nobody else is at; how many were tried.

    An attempt is counted before the work, in a transaction of its own, so that a row whose work
    kills its worker is given up in the end. First attempts are counted together; from the second
    on each alone, so that no row is given up for what stood beside it.
    """
    with _alone_with(model, numbers) as own:
        rows: list[Row] = list(_pending(model, own).select_related(*joined).order_by("pk"))
        _count(model, [row.pk for row in rows if not row.attempts])
        for row in rows:
            if row.attempts:
                _count(model, [row.pk])
            _attempt(model, row, work)
        return len(rows)


def _count(model: type[Row], numbers: Collection[int]) -> None:
    """Count an attempt at each of these, and keep the sweep away meanwhile."""
    if not numbers:
        return
    rows = _pending(model, numbers)
    now = clock.now()
    tried: dict[str, Any] = {"tried_at": now} if _has_pace(model) else {}
    rows.update(attempts=F("attempts") + 1, due_at=now + LEASE, **tried)


def _attempt(model: type[Row], row: Row, work: Callable[[Row], object]) -> None:
    """Work on a row if it is still pending. A failure is kept on the row, never raised."""
    try:
        with transaction.atomic():
            if not _locked(model, row.pk):
                return
            work(row)
            _pending(model, [row.pk]).update(state=Outgoing.DONE, done_at=clock.now(), error="")
    except Later as later:
        _put_off(model, row.pk, later)
    except Exception as error:  # whatever it was, the row says so and is tried again
        logger.exception("%s %s failed", model.__name__, row.pk)
        _note_failure(model, row.pk, error)


def _locked(model: type[Row], number: int) -> bool:
    """Whether the row is still pending and ours until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {model._meta.db_table} WHERE id = %s AND state = %s"  # noqa: S608
            " FOR UPDATE SKIP LOCKED",
            [number, Outgoing.PENDING],
        )
        return cursor.fetchone() is not None


def _has_pace(model: type[Delivery] | type[Job]) -> bool:
    return model is Delivery


def _put_off(model: type[Delivery] | type[Job], number: int, later: Later) -> None:
    """Try again when it may be; what was no attempt is not counted as one."""
    if later.counted:
        _note_failure(model, number, later, pause=later.after)
        return
    rows = _pending(model, [number])
    never: dict[str, Any] = {"tried_at": None} if _has_pace(model) else {}
    rows.update(attempts=F("attempts") - 1, due_at=clock.now() + later.after, **never)


@transaction.atomic
def _note_failure(
    model: type[Delivery] | type[Job],
    number: int,
    error: Exception,
    pause: timedelta | None = None,
) -> None:
    rows = _pending(model, [number])
    row = rows.select_for_update().first()
    if row is None:
        return
    row.error = f"{type(error).__name__}: {error}"[:400]
    if row.attempts >= MAX_ATTEMPTS:
        row.state = Outgoing.DEAD
    else:
        row.due_at = clock.now() + (pause or pause_after(row.attempts))
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
        return _attempt_all(Delivery, numbers, send, "message__recipient")
    finally:
        for channel in channels.values():
            channel.close()


def run_job(number: int, work: Callable[..., object]) -> bool:
    """Run a job's work with its payload; done in the same transaction as the work."""
    with origin.acting_from("worker"):
        return bool(_attempt_all(Job, [number], lambda job: work(**job.payload)))
