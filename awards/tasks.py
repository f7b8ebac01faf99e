"""Thin doors for Celery: the work is in the services."""

from awards.services import recounts
from notifications.jobs import job_task


@job_task("awards.tasks.recount")
def recount() -> None:
    """A year's working days came into force: count the periods that reach it."""
    recounts.recount()
