"""Writing messages and jobs: rows in the caller's transaction, carried once it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from audit import clock
from audit.refusals import NotPermitted, NotVisible, WrongState
from audit.services import record
from notifications import kinds, wording
from notifications.channels import channels_for
from notifications.models import Delivery, Job, Message, Outgoing
from notifications.wake import wake_on_commit


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """One message to some people; the arguments of `notify`."""

    kind: str
    recipients: Iterable[User]
    key: str
    context: dict[str, Any]
    url: str
    about: models.Model | None = None


def notify(
    *,
    kind: str,
    recipients: Iterable[User],
    key: str,
    context: dict[str, Any],
    url: str,
    about: models.Model | None = None,
) -> None:
    """One message to each recipient, once for each key; told again with the same key: nothing.

    `context` fills the kind's placeholders (see `wording.encode`); `url` is a path of the site.
    Raises LookupError for an unknown kind or an unfilled placeholder.
    """
    notify_all(
        [Dispatch(kind=kind, recipients=recipients, key=key, context=context, url=url, about=about)]
    )


@transaction.atomic
def notify_all(dispatches: Iterable[Dispatch]) -> None:
    """Many messages, each as `notify` tells one; two queries however many there are."""
    messages = {row.key: row for dispatch in dispatches for row in _messages(dispatch)}
    if not messages:
        return
    # Updated to what it is, a row told before gives its number too, which ignoring it would not.
    stored = Message.objects.bulk_create(
        messages.values(), update_conflicts=True, unique_fields=["key"], update_fields=["key"]
    )
    deliveries = [
        Delivery(message=row, channel=channel)
        for row in stored
        for channel in channels_for(row.recipient)
    ]
    if deliveries:
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        wake_on_commit()


def _messages(dispatch: Dispatch) -> list[Message]:
    """A row for each active recipient, not stored yet."""
    about = dispatch.about
    values = wording.encode(dispatch.context)
    kinds.render(dispatch.kind, values, "en")
    people = {user.pk: user for user in dispatch.recipients if user.is_active}
    return [
        Message(
            key=f"{dispatch.key}:{user.pk}",
            kind=dispatch.kind,
            recipient=user,
            context=values,
            url=dispatch.url,
            object_type="" if about is None else about._meta.label_lower,
            object_id="" if about is None else str(about.pk),
        )
        for user in people.values()
    ]


def enqueue(*, task: str, key: str, payload: dict[str, Any]) -> None:
    """A job for the `job_task` of this name, once for each key. `payload`: its keyword arguments,
    JSON values only. Runs after this transaction commits, exactly once."""
    enqueue_all(task=task, payloads={key: payload})


@transaction.atomic
def enqueue_all(*, task: str, payloads: Mapping[str, dict[str, Any]]) -> None:
    """Many jobs for one task, by their keys; one query however many there are."""
    if not payloads:
        return
    Job.objects.bulk_create(
        [Job(key=key, task=task, payload=payload) for key, payload in payloads.items()],
        ignore_conflicts=True,
    )
    wake_on_commit()


@transaction.atomic
def mark_read(*, message: Message, by: User) -> Message:
    """The recipient has seen it; the first time counts."""
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.recipient_id != by.pk:
        raise NotVisible
    if row.read_at is None:
        row.read_at = clock.now()
        row.save(update_fields=["read_at"])
    return row


def mark_all_read(*, by: User) -> int:
    """Every message of the inbox is seen. Returns how many were new."""
    return Message.objects.filter(recipient=by, read_at=None).update(read_at=clock.now())


def _check_administrator(user: User) -> None:
    if not has_role(user, Role.SYSTEM_ADMIN):
        raise NotPermitted(_("Only a system administrator sends again what was given up."))


@transaction.atomic
def resend_delivery(*, delivery: Delivery, by: User) -> Delivery:
    """Try again what was given up. The key stays, so that nothing arrives twice."""
    _check_administrator(by)
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    _revive(row, by=by)
    return row


@transaction.atomic
def resend_job(*, job: Job, by: User) -> Job:
    """Try again a job that was given up."""
    _check_administrator(by)
    row = Job.objects.select_for_update().get(pk=job.pk)
    _revive(row, by=by)
    return row


def _revive(row: Delivery | Job, *, by: User) -> None:
    if row.state != Outgoing.DEAD:
        raise WrongState(_("This is not given up: it was delivered, or is still being tried."))
    row.state, row.attempts, row.due_at = Outgoing.PENDING, 0, clock.now()
    row.save(update_fields=["state", "attempts", "due_at"])
    record(
        action="outbox.resend",
        obj=row,
        by=by,
        role=Role.SYSTEM_ADMIN,
        source=Outgoing.DEAD,
        target=Outgoing.PENDING,
        before={"error": row.error},
    )
    wake_on_commit()
