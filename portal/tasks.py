"""Doors for Celery: work that beat or a person asks for."""

from contextlib import suppress

from celery import shared_task

from accounts.models import User
from audit.refusals import NotPermitted
from notifications.jobs import job_task
from portal.services import invariants, reminders, verification

AN_HOUR = 3600  # seconds
A_NIGHT = 5 * AN_HOUR


# Asks for everybody what waits for them.
@shared_task(
    name="portal.tasks.remind", ignore_result=True, soft_time_limit=AN_HOUR, time_limit=AN_HOUR
)
def remind() -> int | None:
    """The morning's reminders, once a day. Returns how many; None: not now."""
    return reminders.remind_this_morning()


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
