"""Reading the inbox and the outbox."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from accounts.models import User
from notifications.models import Delivery, Job, Message, Outgoing


def inbox_of(user: User, *, unread_only: bool = False) -> QuerySet[Message]:
    """A person's messages, newest first."""
    messages = Message.objects.filter(recipient=user)
    return messages.filter(read_at=None) if unread_only else messages


def unread_count(user: User) -> int:
    return Message.objects.filter(recipient=user, read_at=None).count()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows wait, went through and were given up; since when the oldest has waited."""

    pending: int
    done: int
    dead: int
    oldest: datetime | None


def _tally(rows: QuerySet[Delivery] | QuerySet[Job], since: str) -> Tally:
    counts = rows.aggregate(
        pending=Count("pk", filter=Q(state=Outgoing.PENDING)),
        done=Count("pk", filter=Q(state=Outgoing.DONE)),
        dead=Count("pk", filter=Q(state=Outgoing.DEAD)),
        oldest=Min(since, filter=Q(state=Outgoing.PENDING)),
    )
    return Tally(**counts)


def delivery_tally() -> Tally:
    return _tally(Delivery.objects.all(), "message__created_at")


def job_tally() -> Tally:
    return _tally(Job.objects.all(), "created_at")


def deliveries(state: str) -> QuerySet[Delivery]:
    """Deliveries in a state, newest first, with message and recipient."""
    rows = Delivery.objects.select_related("message__recipient").order_by("-pk")
    return rows.filter(state=state)


def last_job(task: str) -> Job | None:
    """The last that was asked for of this task."""
    return Job.objects.filter(task=task).order_by("-pk").first()


def jobs(state: str) -> QuerySet[Job]:
    return Job.objects.filter(state=state).order_by("-pk")
