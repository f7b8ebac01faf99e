"""The canonical form of one event, over which its code and its digest are computed.

No database access: the recorder, the sealer and the verifier share these few lines.
"""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from audit.digests import Keyed, dumps, instant, sm3

FIELDS = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "role",
    "action",
    "object_type",
    "object_id",
    "object_label",
    "scope",
    "source",
    "target",
    "reason",
    "before",
    "after",
    "origin",
)
"""What is authenticated: every field but the code itself, in this order."""

AT = FIELDS.index("at")
JSON_PLACES = (FIELDS.index("before"), FIELDS.index("after"))
GENESIS = "steelyard:1:"


def form(values: Sequence[Any]) -> bytes:
    """The bytes of one event's values, given in the order of FIELDS."""
    listed = list(values)
    listed[AT] = instant(listed[AT])
    return dumps(listed)


def digest(formed: bytes, mac: str) -> str:
    """SM3 over the whole event, its authentication code included."""
    return sm3(formed + mac.encode("ascii", "replace"))


def marks(values: Sequence[Any]) -> str:
    """Eight hexadecimal digits a field (CRC-32): enough to name the field that was altered."""
    listed = list(values)
    listed[AT] = instant(listed[AT])
    return "".join(f"{zlib.crc32(dumps(value)):08x}" for value in listed)


def differing(values: Sequence[Any], sealed_marks: str) -> list[str]:
    """The names of the fields whose mark is not the sealed one."""
    now = marks(values)
    return [
        name
        for place, name in enumerate(FIELDS)
        if now[place * 8 : place * 8 + 8] != sealed_marks[place * 8 : place * 8 + 8]
    ]


def genesis(key: Keyed, log_id: object, *, is_rehearsal: bool) -> str:
    """The chain value before the first seal; it binds the chain to this log's identity."""
    kind = "rehearsal" if is_rehearsal else "real"
    return key.mac(f"{GENESIS}{kind}:{log_id}".encode())


class Link(NamedTuple):
    """What one seal says, all of it but its place in the chain."""

    position: int
    event_id: int
    digest: str
    fields: str
    sealed_at: datetime

    def after(self, key: Keyed, previous: str) -> str:
        """The chain value of this seal behind the previous one's."""
        said = [previous, self.position, self.event_id, self.digest, self.fields]
        return key.mac(dumps([*said, instant(self.sealed_at)]))
