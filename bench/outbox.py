"""Ten thousand queued messages delivered by one worker, each once: the outbox by its clock."""

import atexit
import os
import subprocess
import sys
import time
from collections.abc import Callable

from bench import database
from bench.figures import Figure, Found, Work
from bench.mailbox import Mailbox, receiving

PEOPLE, EACH, MOST = 500, 20, 60.0
ALL = PEOPLE * EACH


def deliveries() -> Work:
    """By e-mail, to a mail server on the loopback; from the first sweep to the last row done."""
    receiver = receiving()
    mailbox = receiver.__enter__()
    atexit.register(receiver.__exit__, None, None, None)
    database.start()
    _queue()
    _start_worker(mailbox)

    def work() -> Found:
        seconds = _carried()
        _each_once(mailbox)
        words = f"{ALL:,} messages in {seconds:.1f} s, {ALL / seconds:,.0f}/s, each once"
        return Found(f"{words} (at most {MOST:g} s)", holds=seconds <= MOST)

    return work


def _queue() -> None:
    """The messages, told by the service; nobody is woken yet."""
    from django.db import transaction

    from accounts.models import User
    from config.celery import app
    from notifications.services import Dispatch, notify_all

    people = User.objects.bulk_create(
        User(username=f"b{n}", name=f"b{n}", email=f"b{n}@example.test") for n in range(PEOPLE)
    )
    for number in range(EACH):
        with transaction.atomic():
            dispatch = Dispatch(
                kind="reminder.due",
                recipients=people,
                key=f"bench:{number}",
                context={"title": "打开评审", "why": "材料已齐", "due": "今天", "left": ""},
                url="/workbench/",
            )
            notify_all([dispatch])
    app.control.purge()


def _start_worker(mailbox: Mailbox) -> None:
    """One worker with one process."""
    from config.celery import app

    name = "bench@outbox"
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "--app", "config.celery", "--quiet", "worker"),
            *("--concurrency", "1", "--hostname", name, "--loglevel", "ERROR"),
        ],
        env=os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}?tls=off"},
        stdout=subprocess.DEVNULL,
    )
    atexit.register(_stop, worker)
    _wait(lambda: bool(app.control.ping(destination=[name], timeout=0.5)), 60)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    worker.wait(20)


def _carried() -> float:
    """Seconds until every row is done."""
    from notifications.models import Delivery, Outgoing
    from notifications.wake import send_hint

    began = time.perf_counter()
    send_hint()
    _wait(lambda: not Delivery.objects.exclude(state=Outgoing.DONE).exists(), 10 * MOST)
    return time.perf_counter() - began


def _each_once(mailbox: Mailbox) -> None:
    from notifications.models import Delivery

    tried = set(Delivery.objects.values_list("attempts", flat=True))
    if len(mailbox.keys) != ALL or set(mailbox.keys.values()) != {1} or tried != {1}:
        raise AssertionError(
            f"{len(mailbox.keys)} of {ALL} came, {mailbox.keys.total()} mails; attempts {tried}"
        )


def _wait(done: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s")
        time.sleep(0.1)


FIGURES = (Figure("ten thousand messages, one worker", deliveries),)
