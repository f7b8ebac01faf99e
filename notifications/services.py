"""Writing messages and jobs: rows in the caller's transaction, carried once it stands."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.services import record
from notifications import choices, kinds, wording
from notifications.choices import Pace, Way
from notifications.kinds import Sort
from notifications.models import Delivery, Job, Message, Outgoing
from notifications.wake import wake_on_commit

MOBILE = r"(\+[1-9][0-9]{7,14})?"
# Messages, how each is carried, and what a mail of the day will tell. Updated to what it is, a row
# told before gives its number too, which ignoring it would not.
TELL = """
WITH row AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS (
        place int, key text, kind text, recipient bigint, context jsonb, url text,
        object_type text, object_id text, seen bool, ways text[], daily bool)
), told AS (
    INSERT INTO notifications_message
        (key, kind, recipient_id, context, url, object_type, object_id, read_at)
    SELECT key, kind, recipient, context, url, object_type, object_id,
           CASE WHEN seen THEN steelyard_now() END
    FROM row ORDER BY place
    ON CONFLICT (key) DO UPDATE SET key = EXCLUDED.key
    RETURNING id, key
), carried AS (
    INSERT INTO notifications_delivery (message_id, channel, state, attempts, error)
    SELECT told.id, way, 'pending', 0, '' FROM told JOIN row USING (key), unnest(row.ways) AS way
    ON CONFLICT DO NOTHING
)
INSERT INTO notifications_digestline (message_id)
SELECT told.id FROM told JOIN row USING (key) WHERE row.daily
ON CONFLICT DO NOTHING
"""


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


def notify_all(dispatches: Iterable[Dispatch]) -> None:
    """Many messages, each as `notify` tells one; one query however many there are."""
    known: dict[object, Any] = {}
    by_key = {row["key"]: row for dispatch in dispatches for row in _messages(dispatch, known)}
    if not by_key:
        return
    rows = [row | {"place": place} for place, row in enumerate(by_key.values())]
    with connection.cursor() as cursor:
        cursor.execute(TELL, [json.dumps(rows, ensure_ascii=False)])
    if any(row["ways"] for row in rows):
        wake_on_commit()


def _messages(dispatch: Dispatch, known: dict[object, Any]) -> list[dict[str, Any]]:
    """What `TELL` writes for each active recipient. `known`: what was found for others before."""
    about = dispatch.about
    kinds.require_filled(dispatch.kind, dispatch.context)
    values, sort = wording.encode(dispatch.context, known), kinds.sort_of(dispatch.kind)
    people = {user.pk: user for user in dispatch.recipients if user.is_active}
    return [
        {
            "key": f"{dispatch.key}:{user.pk}",
            "kind": dispatch.kind,
            "recipient": user.pk,
            "context": values,
            "url": dispatch.url,
            "object_type": "" if about is None else about._meta.label_lower,
            "object_id": "" if about is None else str(about.pk),
            **_reach(user, sort, known),
        }
        for user in people.values()
    ]


def _reach(user: User, sort: Sort, known: dict[object, Any]) -> Any:
    """How it reaches this person: seen at once, one by one, in the mail of the day."""
    if (user, sort) not in known:
        known[user, sort] = {
            "seen": choices.pace_of(user, sort, Way.INBOX) != Pace.EACH,
            "ways": choices.reached(user, sort, Pace.EACH),
            "daily": bool(choices.reached(user, sort, Pace.DAILY)),
        }
    return known[user, sort]


def enqueue(*, task: str, key: str, payload: dict[str, Any]) -> None:
    """A job for the `job_task` of this name, once for each key. `payload`: its keyword arguments,
    JSON values only. Runs after this transaction commits, exactly once."""
    enqueue_all(task=task, payloads={key: payload})


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


@transaction.atomic
def choose(*, user: User, chosen: Mapping[tuple[Sort, Way], Pace], mobile: str, by: User) -> User:
    """Where one's own messages reach; not a fact of the record. What is not named stays.

    mobile: +, country and number, or "".
    """
    if user.pk != by.pk:
        raise NotPermitted(_("Everybody chooses where the own messages reach."))
    for (sort, way), pace in chosen.items():
        if pace not in choices.paces(sort, way) or way not in choices.offered(user):
            raise Invalid(_("This cannot be chosen here. Choose one of the answers shown."))
    if not re.fullmatch(MOBILE, mobile):
        raise Invalid(
            _("Write the number with its country: +86 and eleven digits."), field="mobile"
        )
    if not mobile and Pace.EACH in (pace for (_s, way), pace in chosen.items() if way == Way.SMS):
        raise Invalid(_("Text messages need a number: write one, or choose none."), field="mobile")
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    named = {f"{sort}.{way}": str(pace) for (sort, way), pace in chosen.items()}
    for duty in (f"{Sort.ACT}.{Way.INBOX}", f"{Sort.REMINDER}.{Way.INBOX}"):
        named.pop(duty, None)  # always there, so never kept as a choice
    row.mobile, row.reach = mobile, row.reach | named
    row.save(update_fields=["mobile", "reach"])
    return row


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


@transaction.atomic
def resend_all(*, model: type[Delivery] | type[Job], by: User) -> int:
    """Try again everything of this kind that was given up, once its cause is gone. How many."""
    _check_administrator(by)
    rows: QuerySet[Any] = model.objects.filter(state=Outgoing.DEAD).order_by("pk")
    numbers = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    if not numbers:
        raise WrongState(_("Nothing is given up: everything was delivered, or is being tried."))
    model.objects.filter(pk__in=numbers).update(
        state=Outgoing.PENDING, attempts=0, due_at=clock.now()
    )
    record(
        action="outbox.resend_all",
        obj=None,
        by=by,
        role=Role.SYSTEM_ADMIN,
        source=Outgoing.DEAD,
        target=Outgoing.PENDING,
        after={"kind": model._meta.label_lower, "rows": numbers},
    )
    wake_on_commit()
    return len(numbers)


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
