"""Tells the workers that something was queued, once the transaction stands.

Only a hint: the rows are the queue. When the broker cannot be reached the hint is dropped at
once (no retry, so that no page waits for it) and the periodic sweep finds the rows.
"""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

SWEEP = "notifications.tasks.sweep"
HINT_EXPIRES = 60  # seconds; a stale hint is worth nothing, the periodic sweep has been by


def send_hint() -> None:
    """Ask a worker for a sweep now. Never raises when the broker is away."""
    try:
        current_app.send_task(SWEEP, retry=False, ignore_result=True, expires=HINT_EXPIRES)
    except (OperationalError, OSError) as error:
        logger.warning("broker not reached, the periodic sweep will carry on: %s", error)


def wake_on_commit() -> None:
    """One hint after this transaction commits, however many rows it queued."""
    waiting = transaction.get_connection().run_on_commit
    if any(entry[1] is send_hint for entry in waiting):
        return
    transaction.on_commit(send_hint)
