"""Thin doors for Celery: the work is in the services."""

from celery import shared_task

from awards.services import credit, recalls, recounts
from notifications.jobs import job_task


@job_task("awards.tasks.recount")
def recount() -> None:
    """A year's working days came into force: count the periods that reach it."""
    recounts.recount()


@shared_task(name="awards.tasks.recall_idle", ignore_result=True)
def recall_idle() -> int:
    """Recall the money of projects that stand still (periodic; a second beat does nothing)."""
    return recalls.recall_idle()


@shared_task(name="awards.tasks.note_unpaid", ignore_result=True)
def note_unpaid() -> int:
    """Enter overdue clawbacks into the credit records (periodic; each once)."""
    return credit.note_unpaid()
