"""Doors for Celery beat."""

from celery import shared_task

from audit import origin
from portal.services import reminders


@shared_task(name="portal.tasks.remind", ignore_result=True)
def remind() -> int:
    """Remind people of what is due soon; each thing once, however often this runs."""
    with origin.acting_from("worker"):
        return reminders.remind_all()
