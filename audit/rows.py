"""The canonical form of one event, over which its code and its digest are computed.

No database access: the recorder, the sealer and the verifier share these few lines.
"""

import zlib
from collections.abc import Sequence
from typing import Any

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
"""What is authenticated, in this order. A new field goes to the end, with a new form below."""

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


def genesis(key: Keyed, log_id: object) -> str:
    """The chain value before the first seal; it binds the chain to this log's identity."""
    return key.mac(f"{GENESIS}{log_id}".encode())


def link(key: Keyed, previous: str, position: int, event_id: int, digest_: str) -> str:
    """The chain value of one seal."""
    return key.mac(f"{previous}:{position}:{event_id}:{digest_}".encode())
