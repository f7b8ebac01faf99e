"""Jobs that only tests know; the worker of these tests includes them."""

import datetime as dt
import time
from pathlib import Path

from celery import shared_task
from django.db import transaction
from django.utils.translation import gettext_noop as _

from audit.services import record
from audit.turns import alone
from notifications import kinds
from notifications.jobs import job_task
from notifications.rounds import once_a_day

kinds.register("probe.told", title=_("Probe %(number)s"), body=_("Amount %(amount)s, %(place)s"))
kinds.register("probe.asked", title=_("Probe %(number)s"), body=_("To do"), act=True)
kinds.register("probe.secret", title=_("Probe %(number)s"), body=_("Hush"), secret=True)


@job_task("tests.notifications.probes.mark")
def mark(*, word: str) -> None:
    """Leaves one event, so that runs can be counted."""
    record(action="probe.marked", obj=None, by=None, reason=word)


@transaction.atomic
def happen(action: str, target: str = "") -> int:
    return record(action=action, obj=None, by=None, target=target).pk


@shared_task(name="tests.notifications.probes.turn", ignore_result=True)
def turn() -> None:
    """Leaves an event as it begins and as it ends, and is slow between, unless another is at it."""
    with alone("probe.turn") as is_alone:
        if is_alone:
            happen("probe.turn", "began")
            time.sleep(0.3)
            happen("probe.turn", "ended")


@shared_task(name="tests.notifications.probes.daily", ignore_result=True)
def daily() -> int | None:
    """One event a day, however many ask for it."""
    return once_a_day("probe", dt.time(0), lambda: happen("probe.daily"))


@job_task("tests.notifications.probes.linger")
def linger(*, flag: str) -> None:
    """Leaves its event, then waits as long as the flag's file is there."""
    record(action="probe.marked", obj=None, by=None, reason="linger")
    place = Path(flag)
    place.with_suffix(".begun").touch()
    while place.exists():
        time.sleep(0.05)


@job_task("tests.notifications.probes.fail")
def fail(*, word: str) -> None:
    record(action="probe.marked", obj=None, by=None, reason=word)
    raise ValueError(word)
