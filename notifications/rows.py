"""What the inbox and the outbox show of a row."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from notifications import kinds
from notifications.choices import Way
from notifications.models import Delivery, Job, Message

TONES = {"pending": "wait", "done": "done", "dead": "act"}


@dataclass(frozen=True, slots=True)
class InboxRow:
    pk: int
    title: str
    body: str
    at: datetime
    new: bool
    act: bool
    leads_on: bool


def inbox_row(message: Message, language: str) -> InboxRow:
    """A message in words; one whose kind no app knows any more still shows when it came."""
    try:
        text = kinds.render(message.kind, message.context, language)
        act = kinds.get(message.kind).act
    except LookupError:
        text, act = (
            kinds.Text(_("Message"), _("The text of this message is no longer kept.")),
            False,
        )
    return InboxRow(
        pk=message.pk,
        title=text.title,
        body=text.body,
        at=message.created_at,
        new=message.read_at is None,
        act=act,
        leads_on=bool(message.url),
    )


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A delivery or a job. No text of the message: administrators see no business data."""

    name: str
    detail: str
    tone: str
    state_label: str
    attempts: int
    since: datetime
    due: datetime | None
    done: datetime | None
    error: str
    resend_url: str


def _way(channel: str) -> str:
    """A channel in words; its code where the installation knows it no more."""
    return str(Way(channel).label) if channel in Way.values else channel


def delivery_row(row: Delivery) -> OutboxRow:
    """A delivery. Who sits on a panel and what happens there is no administrator's to know, nor
    from a mail server's complaint about an address.
    """
    secret = kinds.is_secret(row.message.kind)
    return OutboxRow(
        name=_("confidential message") if secret else row.message.kind,
        detail=_("kept secret")
        if secret
        else f"{row.message.recipient.username} · {_way(row.channel)}",
        tone=TONES[row.state],
        state_label=row.get_state_display(),
        attempts=row.attempts,
        since=row.message.created_at,
        due=row.due_at if row.state == "pending" else None,
        done=row.done_at,
        error=_("not taken") if row.error and secret else row.error,
        resend_url=reverse("notifications:resend_delivery", args=[row.pk])
        if row.state == "dead"
        else "",
    )


def job_row(row: Job) -> OutboxRow:
    return OutboxRow(
        name=row.task,
        detail=row.key,
        tone=TONES[row.state],
        state_label=row.get_state_display(),
        attempts=row.attempts,
        since=row.created_at,
        due=row.due_at if row.state == "pending" else None,
        done=row.done_at,
        error=row.error,
        resend_url=reverse("notifications:resend_job", args=[row.pk])
        if row.state == "dead"
        else "",
    )
