"""Writing the log: an event in the caller's transaction, then its seal in batches.

The seal is apart because one chain in the writing transaction would make all writers wait
for each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from audit import anchors, origin, rows
from audit.digests import Keyed, plain, storable
from audit.models import Event, Installation, Seal

SEALER_LOCK = 0x57EE1
"""Advisory lock of the one sealer."""
BATCH = 2000
LENGTHS = {field.name: field.max_length for field in Event._meta.fields}


class Actor(Protocol):
    """What an event keeps of the person who acted (a plain copy, not a reference)."""

    @property
    def pk(self) -> Any: ...

    def get_full_name(self) -> str: ...

    def get_username(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event to record; the arguments of `record`."""

    action: str
    obj: Model | None
    by: Actor | None
    role: str = ""
    source: str = ""
    target: str = ""
    reason: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    scope: str = ""


def record(
    *,
    action: str,
    obj: Model | None,
    by: Actor | None,
    role: str = "",
    source: str = "",
    target: str = "",
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    scope: str = "",
) -> Event:
    """Add one event in the caller's transaction: it stands or falls with the act itself.

    `action` is a dotted name ("application.submit"), `scope` the call's number, `source` and
    `target` states, `before` and `after` the facts that changed. `obj` is None for acts on
    nothing that is stored (a failed sign-in, an export), `by` None for the system itself.
    RuntimeError outside of a transaction.
    """
    entry = Entry(
        action=action,
        obj=obj,
        by=by,
        role=role,
        source=source,
        target=target,
        reason=reason,
        before=before,
        after=after,
        scope=scope,
    )
    return record_all([entry])[0]


def record_all(entries: Iterable[Entry]) -> list[Event]:
    """Add many events in the caller's transaction, in this order, with two queries."""
    listed = list(entries)
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded inside the transaction of the act it tells of")
    if not listed:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('audit_event', 'id')), steelyard_now()"
            " FROM generate_series(1, %s)",
            [len(listed)],
        )
        places = cursor.fetchall()
    key = audit_key()
    events = [
        _event(entry, event_id, at, key)
        for entry, (event_id, at) in zip(listed, places, strict=True)
    ]
    return Event.objects.bulk_create(events)


def _event(entry: Entry, event_id: int, at: Any, key: Keyed) -> Event:
    event = Event(
        id=event_id,
        at=at,
        actor_id=None if entry.by is None else entry.by.pk,
        actor_name=_cut("" if entry.by is None else _name(entry.by), "actor_name"),
        role=_cut(entry.role, "role"),
        action=entry.action,
        object_type="" if entry.obj is None else entry.obj._meta.label_lower,
        object_id="" if entry.obj is None else _identity(entry.obj),
        object_label=_cut("" if entry.obj is None else str(entry.obj), "object_label"),
        scope=_cut(entry.scope, "scope"),
        source=_cut(entry.source, "source"),
        target=_cut(entry.target, "target"),
        reason=storable(str(entry.reason)),
        before=_facts(entry.before),
        after=_facts(entry.after),
        origin=_cut(origin.current(), "origin"),
    )
    event.mac = key.mac(rows.form([getattr(event, name) for name in rows.FIELDS]))
    return event


def _name(by: Actor) -> str:
    return by.get_full_name() or by.get_username()


def _identity(obj: Model) -> str:
    if obj.pk is None:
        raise ValueError("an object is saved before an event tells of it")
    return str(obj.pk)


def _cut(text: Any, field: str) -> str:
    return storable(str(plain(text)))[: LENGTHS[field]]


def _facts(facts: Mapping[str, Any] | None) -> Any:
    return None if facts is None else plain(facts)


def audit_key() -> Keyed:
    """The key of the log, which the database never sees."""
    return Keyed(settings.STEELYARD_AUDIT_KEY)


def seal_events(limit: int = BATCH) -> int:
    """Seal up to `limit` waiting events and anchor the head of the chain outside.

    Returns how many were sealed; 0 also when another sealer is at work. Idempotent, safe to
    run from any number of processes.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        installation = Installation.objects.get_or_create(pk=1)[0]
        last = Seal.objects.order_by("-position").first()
        seals = _seals(_take(limit), installation, last)
        Seal.objects.bulk_create(seals)
        head = seals[-1] if seals else last
        if head is not None:
            anchor = anchors.Anchor(
                log_id=str(installation.log_id), position=head.position, chain=head.chain
            )
            transaction.on_commit(lambda: anchors.keep(anchor, audit_key()))
    return len(seals)


def _take(limit: int) -> list[Event]:
    """The next waiting events, taken from the queue.

    An id without its event, or with a seal already, stays there for verification to name.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_unsealed WHERE event_id IN ("
            " SELECT u.event_id FROM audit_unsealed u JOIN audit_event e ON e.id = u.event_id"
            " WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.event_id = u.event_id)"
            " ORDER BY u.event_id LIMIT %s) RETURNING event_id",
            [limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(Event.objects.filter(id__in=ids).order_by("id"))


def _seals(events: list[Event], installation: Installation, last: Seal | None) -> list[Seal]:
    key = audit_key()
    chain = last.chain if last else _genesis(key, installation)
    first = last.position + 1 if last else 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        sealed_at = cursor.fetchone()[0]
    seals = []
    for position, event in enumerate(events, start=first):
        values = [getattr(event, name) for name in rows.FIELDS]
        digest = rows.digest(rows.form(values), event.mac)
        link = rows.Link(position, event.id, digest, rows.marks(values), sealed_at)
        chain = link.after(key, chain)
        seals.append(Seal(chain=chain, **link._asdict()))
    return seals


def _genesis(key: Keyed, installation: Installation) -> str:
    return rows.genesis(key, installation.log_id, is_rehearsal=installation.is_rehearsal)
