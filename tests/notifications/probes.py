"""Jobs that only tests know; the worker of these tests includes them."""

import time
from pathlib import Path

from django.utils.translation import gettext_noop as _

from audit.services import record
from notifications import kinds
from notifications.jobs import job_task

kinds.register("probe.told", title=_("Probe %(number)s"), body=_("Amount %(amount)s, %(place)s"))


@job_task("tests.notifications.probes.mark")
def mark(*, word: str) -> None:
    """Leaves one event, so that runs can be counted."""
    record(action="probe.marked", obj=None, by=None, reason=word)


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
