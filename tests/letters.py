"""The letters of sign-in that wait in the outbox, sent as a worker would."""

from notifications import letters
from notifications.models import Job


def send_letters() -> int:
    """Send every letter that waits; how many."""
    waiting = Job.objects.filter(task=letters.TASK, state="pending")
    for job in waiting:
        letters.deliver(**job.payload)
    return waiting.update(state="done")
