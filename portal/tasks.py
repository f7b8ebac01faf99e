"""Doors for Celery: work that beat or a person asks for."""

from contextlib import suppress

from celery import shared_task

from accounts.models import User
from audit import origin
from audit.refusals import NotPermitted
from notifications.jobs import job_task
from portal.services import invariants, reminders, verification

A_NIGHT = 5 * 3600  # seconds


@shared_task(name="portal.tasks.remind", ignore_result=True)
def remind() -> int:
    """Remind people of what is due soon; each thing once, however often this runs."""
    with origin.acting_from("worker"):
        return reminders.remind_all()


# Reads every stored file: hours, where there are many.
@shared_task(
    name="portal.tasks.check_invariants",
    ignore_result=True,
    soft_time_limit=A_NIGHT,
    time_limit=A_NIGHT,
)
def check_invariants() -> int | None:
    """Check what must hold, once a night. Returns how many breaches; None: not now."""
    return invariants.check_tonight()


@job_task(verification.TASK)
def verify(by: int) -> None:
    """Verify the log for whoever asked, unless the person no longer reads it."""
    with suppress(NotPermitted):
        verification.run_verification(by=User.objects.get(pk=by))
