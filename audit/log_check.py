"""Each event against its own code and its seal."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from audit import rows
from audit.digests import Keyed
from audit.findings import Finding

ROWS_AT_ONCE = 5000
COLUMNS = len(rows.FIELDS)

# One statement, so one snapshot: events recorded meanwhile do not look half sealed.
LOG = """
SELECT e.id, e.at, e.actor_id, e.actor_name, e.role, e.action, e.object_type, e.object_id,
       e.object_label, e.scope, e.source, e.target, e.reason, e.before, e.after, e.origin, e.mac,
       s.position, s.event_id, s.digest, s.fields, u.event_id
FROM audit_event e
FULL JOIN audit_seal s ON s.event_id = e.id
LEFT JOIN audit_unsealed u ON u.event_id = e.id
ORDER BY COALESCE(e.id, s.event_id)
"""

QUEUE = """
SELECT u.event_id, e.id IS NULL FROM audit_unsealed u
LEFT JOIN audit_event e ON e.id = u.event_id
LEFT JOIN audit_seal s ON s.event_id = u.event_id
WHERE e.id IS NULL OR s.event_id IS NOT NULL
ORDER BY u.event_id
"""


@dataclass
class Count:
    """How many events were read."""

    events: int = 0


@dataclass(frozen=True)
class Sealed:
    """What an event's seal says of it."""

    position: int
    digest: str
    fields: str


def check(key: Keyed, count: Count) -> Iterator[Finding]:
    """Name every event that is altered, missing or added; `count` is brought up to date."""
    for row in _rows():
        values, mac = list(row[:COLUMNS]), row[COLUMNS]
        position, sealed_id, digest, marks, queued = row[COLUMNS + 1 :]
        if values[0] is None:
            yield _missing(sealed_id, position)
            continue
        count.events += 1
        _read_json(values)
        seal = None if position is None else Sealed(position, digest, marks)
        yield from _event(key, values, mac, seal, queued=queued is not None)
    yield from _queue()


def _rows() -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(LOG)
        while batch := cursor.fetchmany(ROWS_AT_ONCE):
            yield from batch


def _read_json(values: list[Any]) -> None:
    for place in rows.JSON_PLACES:
        if isinstance(values[place], str):
            values[place] = json.loads(values[place])


def _event(
    key: Keyed, values: list[Any], mac: str, seal: Sealed | None, *, queued: bool
) -> Iterator[Finding]:
    formed = rows.form(values)
    genuine = key.mac(formed) == mac
    if seal is None:
        if not (genuine and queued):
            yield _unsealed(values, genuine=genuine)
    elif rows.digest(formed, mac) == seal.digest:
        if not genuine:
            yield _finding("added", values, _("its code is not ours: it was not recorded by us"))
    elif genuine:
        # The chain names the seal as well; what is said here is which event it belongs to.
        return
    else:
        fields = rows.differing(values, seal.fields) or ["mac"]
        yield _finding("altered", values, _("altered: %s") % ", ".join(fields))


def _unsealed(values: list[Any], *, genuine: bool) -> Finding:
    if genuine:
        return _finding("added", values, _("added: it never waited for a seal"))
    return _finding("added", values, _("added, or altered before its seal: its code is not ours"))


def _missing(event_id: int, position: int) -> Finding:
    line = _("event %(event)s: missing; it was sealed as number %(position)s") % {
        "event": event_id,
        "position": position,
    }
    return Finding("missing", f"event {event_id}", line)


def _finding(kind: str, values: list[Any], what: str) -> Finding:
    named = dict(zip(rows.FIELDS, values, strict=True))
    about = f"{named['object_type']} {named['object_id']} {named['object_label']}".strip()
    line = _("event %(event)s (%(action)s%(about)s): %(what)s") % {
        "event": named["id"],
        "action": named["action"],
        "about": f", {about}" if about else "",
        "what": what,
    }
    return Finding(kind, f"event {named['id']}", line)


def _queue() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)
        odd = cursor.fetchall()
    for event_id, gone in odd:
        if gone:
            line = _("event %s: missing; it waited for its seal") % event_id
            yield Finding("missing", f"event {event_id}", line)
        else:
            line = _("event %s: sealed, and yet put into the queue again") % event_id
            yield Finding("added", f"event {event_id}", line)
