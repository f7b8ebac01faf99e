"""A real Celery worker for as long as the rehearsal lasts, and the wait until its work is done."""

import subprocess
import sys
import time
from types import TracebackType
from typing import Self

from audit.services import seal_events
from notifications.models import Delivery, Job, Outgoing
from notifications.tasks import sweep

PATIENCE = 120.0


class Worker:
    """A worker process of our own; others that run on the same broker do no harm."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "celery", "-A", "config", "worker",
                "--concurrency", "1", "--pool", "solo", "--loglevel", "ERROR", "--without-gossip",
                "--without-mingle", "--without-heartbeat",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def pending() -> int:
    """Deliveries and jobs still on their way."""
    return (
        Delivery.objects.filter(state=Outgoing.PENDING).count()
        + Job.objects.filter(state=Outgoing.PENDING).count()
    )


def drain() -> None:
    """Wait until everything queued has been carried, asking again for what waits for its turn."""
    started = time.monotonic()
    while pending():
        sweep()
        if time.monotonic() - started > PATIENCE:
            raise RuntimeError(f"{pending()} messages or jobs were not carried")
        time.sleep(0.2)


def seal() -> None:
    """Seal every event that waits."""
    while seal_events():
        pass
