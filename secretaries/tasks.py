"""Thin doors for Celery: the work is in the services."""

from collections.abc import Callable

from celery import shared_task

from applications.models import Application
from audit.refusals import WrongState
from audit.turns import alone
from notifications.jobs import job_task
from secretaries.services import appointments, appraisals, batches, clocks


@job_task("secretaries.tasks.appoint")
def appoint(application: int) -> None:
    """Appoint the secretary of a project just awarded, together with those of its call that wait
    as well; nothing if it is no longer awarded."""
    row = Application.objects.get(pk=application)
    try:
        batches.appoint_waiting(application=row)
    except WrongState:
        return


@job_task("secretaries.tasks.retry_gaps")
def retry_gaps() -> None:
    """Somebody became free: try the projects that wait for a secretary."""
    batches.fill_gaps()


@job_task("secretaries.tasks.recount")
def recount() -> None:
    """A year's working days came into force: count the clocks that reach it."""
    clocks.recount()


# Leave begins and ends by date, projects end: release, fill, warn. A quarter ends: appraise.
STEPS = (
    appointments.release_finished,
    batches.fill_gaps,
    clocks.watch_clocks,
    appraisals.appraise_last_quarter,
)


@shared_task(name="secretaries.tasks.daily", ignore_result=True)
def daily() -> None:
    """What a day brings (periodic). A fault in one step keeps none of the others from being taken;
    all are raised at the end, for the worker's log."""
    with alone("secretaries.daily") as is_alone:
        if is_alone:
            failed = [error for step in STEPS if (error := _fault(step)) is not None]
            if failed:
                raise ExceptionGroup("secretaries.tasks.daily", failed)


def _fault(step: Callable[[], int]) -> Exception | None:
    try:
        step()
    except Exception as error:  # noqa: BLE001  (raised with the others)
        return error
    return None
