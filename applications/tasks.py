"""Thin doors for Celery: the work is in the services."""

from celery import shared_task

from applications.models import Application
from applications.services import corrections, screening
from audit.refusals import WrongState
from audit.turns import alone
from notifications.jobs import job_task


@job_task("applications.tasks.run_checks")
def run_checks(application: int) -> None:
    """Duplicate and credit checks right after the recommendation; nothing if it moved on."""
    row = Application.objects.get(pk=application)
    try:
        screening.run_checks(application=row)
    except WrongState:
        return


@job_task("applications.tasks.recount")
def recount() -> None:
    """A year's working days came into force: count the corrections that reach it."""
    corrections.recount()


@shared_task(name="applications.tasks.lapse_overdue", ignore_result=True)
def lapse_overdue() -> int | None:
    """Let dossiers lapse whose correction is overdue (periodic). None: another worker is at it."""
    with alone("applications.lapse_overdue") as is_alone:
        return corrections.lapse_overdue() if is_alone else None
