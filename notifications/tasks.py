"""Thin doors for Celery: the sweep that hands due rows to workers, and the carrying itself."""

import logging

from celery import current_app, shared_task
from kombu.exceptions import OperationalError

from notifications import carriage, digests, letters
from notifications.jobs import job_task
from notifications.models import Delivery, Job

logger = logging.getLogger(__name__)
PARCEL = 20  # deliveries in one task: few enough that two workers share a batch


@shared_task(name="notifications.tasks.sweep", ignore_result=True)
def sweep() -> int:
    """Hand every due row to the workers. Returns how many. Safe to run any number at once."""
    carriage.bury_spent()
    handed = 0
    while True:
        deliveries = carriage.lease_deliveries()
        jobs = carriage.lease_jobs()
        if not deliveries and not jobs:
            return handed
        _hand_over(deliveries, jobs)
        handed += len(deliveries) + len(jobs)


def _hand_over(deliveries: list[int], jobs: list[tuple[str, int]]) -> None:
    try:
        for task, number in jobs:
            current_app.send_task(task, args=[number], retry=False, ignore_result=True)
        for start in range(0, len(deliveries), PARCEL):
            parcel = deliveries[start : start + PARCEL]
            carry.apply_async(args=(parcel,), retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("broker not reached, given back: %s", error)
        carriage.release_lease(Job, [number for _task, number in jobs])
        carriage.release_lease(Delivery, deliveries)


@shared_task(name="notifications.tasks.carry", ignore_result=True)
def carry(numbers: list[int]) -> int:
    """Carry these deliveries to where they go. Returns how many were tried."""
    return carriage.carry_deliveries(numbers)


@shared_task(name="notifications.tasks.ask_for_digests", ignore_result=True)
def ask_for_digests() -> int | None:
    """The mails of the day, asked for once a morning. Returns how many; None: not now."""
    return digests.ask_this_morning()


@job_task(digests.TASK)
def digest(person: int, key: str) -> None:
    """Send one person's mail of the day."""
    digests.deliver(person=person, key=key)


@job_task(letters.TASK)
def letter(key: str, sealed: str) -> None:
    """Send one letter of sign-in."""
    letters.deliver(key=key, sealed=sealed)
