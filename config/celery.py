"""The task queue. Redis only carries: what must not be lost is a row in the database."""

import gc
import os
from typing import Any

from celery import Celery, Task
from celery.signals import worker_init, worker_process_init

from audit import origin
from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Before numpy is imported: on small matrices more threads cost more than they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

VISIBILITY_SECONDS = 300  # longer than any task; a lost worker's task comes back after it


class WorkersTask(Task[..., Any]):
    """A task whose acts come from a worker, in the event log."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with origin.acting_from("worker"):
            return super().__call__(*args, **kwargs)


broker.use()
app = Celery("steelyard", task_cls=WorkersTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=VISIBILITY_SECONDS - 60,
    task_soft_time_limit=VISIBILITY_SECONDS - 90,
    task_publish_retry=False,
    task_default_queue=os.environ.get("STEELYARD_QUEUE") or "steelyard",
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_timeout=0.5,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_SECONDS,
        "socket_connect_timeout": 0.5,
        "socket_timeout": 0.5,  # a page that queues something never waits for a sick broker
        "retry_on_timeout": False,
        # A page never waits for a broker that is away: one try, no pause.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    },
    timezone="Asia/Shanghai",
    enable_utc=True,
    # A second beat does no harm: each of these skips what another one holds or has done.
    beat_schedule={
        "notifications-sweep": {
            "task": "notifications.tasks.sweep",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "applications-lapse": {
            "task": "applications.tasks.lapse_overdue",
            "schedule": 300.0,
            "options": {"expires": 300},
        },
        "secretaries-daily": {
            "task": "secretaries.tasks.daily",
            "schedule": 600.0,
            "options": {"expires": 600},
        },
        # Often, so that a morning or a night without a beat is made up for; all but one a day do
        # nothing.
        "portal-remind": {
            "task": "portal.tasks.remind",
            "schedule": 900.0,
            "options": {"expires": 900},
        },
        "notifications-digests": {
            "task": "notifications.tasks.ask_for_digests",
            "schedule": 900.0,
            "options": {"expires": 900},
        },
        "portal-check-invariants": {
            "task": "portal.tasks.check_invariants",
            "schedule": 1800.0,
            "options": {"expires": 1800},
        },
        "awards-recall": {
            "task": "awards.tasks.recall_idle",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "awards-unpaid": {
            "task": "awards.tasks.note_unpaid",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "audit-seal": {
            "task": "audit.tasks.seal",
            "schedule": 10.0,
            "options": {"expires": 10},
        },
    },
)
app.autodiscover_tasks()


@worker_init.connect
def be_patient(**kwargs: Any) -> None:
    """Workers may wait longer for the broker than pages do."""
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "socket_timeout": 5}


@worker_process_init.connect
def freeze_program(**kwargs: Any) -> None:
    """The collector of cycles need not walk through the program itself whenever a task makes many
    rows: a fifth of the time of two thousand appointments."""
    gc.collect()
    gc.freeze()
