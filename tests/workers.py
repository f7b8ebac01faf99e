"""A real Celery worker on the test's database, as a process of its own."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from config import embedded_places
from config.celery import app
from config.embedded_processes import wait_until

ANSWER_SECONDS = 30


class Worker:
    """One worker process. `queue` is its own, so that parallel test processes never mix."""

    def __init__(self, queue: str, *, concurrency: int = 1) -> None:
        self.queue = queue
        self.name = f"{queue}@test"
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "celery", "-A", "config.celery", "worker",
                "--hostname", self.name, "--queues", queue, "--concurrency", str(concurrency),
                "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
            ],
            cwd=embedded_places.BASE,
            env={**os.environ, "DATABASE_URL": database_url(), "STEELYARD_QUEUE": queue},
            process_group=0,
        )  # fmt: skip

    def wait_ready(self) -> None:
        answered = wait_until(
            lambda: bool(app.control.ping(destination=[self.name], timeout=0.3)), ANSWER_SECONDS
        )
        assert answered, "the worker did not answer"

    def kill(self) -> None:
        """As a power cut would: the whole process group, at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


def database_url() -> str:
    """The address of the database that this test process works in."""
    return embedded_places.database_url(settings.SERVICES, connection.settings_dict["NAME"])


@pytest.fixture
def worker_of(transactional_db, redis_url) -> Iterator[Callable[..., Worker]]:
    """Starts workers; what this process publishes goes to their queue until the test ends."""
    queue = f"test-{uuid.uuid4().hex[:12]}"
    started: list[Worker] = []

    def start(**options) -> Worker:
        worker = Worker(queue, **options)
        started.append(worker)
        worker.wait_ready()
        return worker

    with publishing_to(queue):
        yield start
    for worker in started:
        worker.stop()


@contextmanager
def publishing_to(queue: str) -> Iterator[None]:
    before = app.conf.task_default_queue
    app.conf.task_default_queue = queue
    app.amqp.queues.select_add(queue)
    try:
        yield
    finally:
        app.conf.task_default_queue = before


@pytest.fixture
def celery_worker(worker_of) -> Worker:
    """One worker with one process, ready."""
    return worker_of()
