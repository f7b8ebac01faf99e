"""The task queue: quick to give up when the broker is away, and whole again after its loss."""

import socket
import time

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from audit import origin
from audit.selectors import seal_state
from audit.services import record
from config.celery import app
from config.embedded_processes import wait_until

ENOUGH = 1.0  # seconds; a page may not wait longer, on a busy machine


def publish(url: str) -> float:
    """Try to publish to a broker with the project's options; the seconds until it was refused."""
    started = time.perf_counter()
    with app.connection_for_write(url) as connection, pytest.raises(OperationalError):
        app.send_task(
            "notifications.tasks.sweep", connection=connection, retry=False, ignore_result=True
        )
    return time.perf_counter() - started


def test_a_broker_that_is_down_is_noticed_at_once():
    assert publish("redis+socket:///nowhere/redis.sock") < ENOUGH


def test_a_broker_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert publish(f"redis://127.0.0.1:{silent.getsockname()[1]}/0") < ENOUGH


@pytest.mark.parametrize("end", ["close", "collect"])
def test_what_is_done_after_the_connection_closed_finds_it_lost(end):
    """As a worker's consumer does whose Redis went away; another error would end the worker."""
    connection = app.connection_for_read()
    channel = connection.channel()
    getattr(connection, end)()
    with pytest.raises(connection.connection_errors, match="closed"):
        channel.qos.ack("no such tag")


def test_periodic_tasks_exist_and_expire_before_the_next():
    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name


def test_late_acknowledgement_and_time_limits_agree():
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
    assert conf.task_time_limit < conf.broker_transport_options["visibility_timeout"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_what_is_queued_and_another_takes_over_when_it_is_killed(worker_of):
    happen("test.first")
    first = worker_of()
    app.send_task("audit.tasks.seal", ignore_result=True)
    assert wait_until(everything_is_sealed, 30)
    first.kill()
    happen("test.second")
    app.send_task("audit.tasks.seal", ignore_result=True)
    assert not everything_is_sealed()  # the message waits, for nobody is there
    worker_of()
    assert wait_until(everything_is_sealed, 30)


def everything_is_sealed() -> bool:
    return seal_state().waiting == 0


def happen(action: str) -> None:
    with transaction.atomic():
        record(action=action, obj=None, by=None)


def test_what_a_task_does_comes_from_a_worker():
    asked = app.task(name="test.whence")(origin.current)
    assert (origin.current(), asked()) == ("", "worker")
