"""SM3 digests (GB/T 32905) over one canonical form, so that equal content has equal digests.

No Django: anybody can recompute a digest with these few lines.
"""

import datetime as dt
import enum
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac

canonical_text = json.JSONEncoder(  # of what `dumps` takes
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def sm3(data: bytes) -> str:
    """The SM3 digest of these bytes: 64 lower-case hexadecimal digits."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def canonical(obj: Any) -> bytes:
    """One byte string for one content: JSON, keys sorted, no spaces, UTF-8.

    Decimals and floats become strings as written, instants ISO 8601 in UTC, days ISO 8601.
    TypeError for what has no agreed form.
    """
    return dumps(plain(obj))


def dumps(value: Any) -> bytes:
    """The canonical bytes of a value that `plain` has made, or that was read back from JSON."""
    return canonical_text(value).encode("utf-8")


def plain(obj: Any) -> Any:
    """The same content in strings, integers, booleans, None, lists and dicts only.

    What comes out survives a round trip through jsonb unchanged: no floats (jsonb would write
    them its own way), no NUL and no lone surrogate (PostgreSQL refuses both).
    """
    for kinds, written in FORMS:
        if isinstance(obj, kinds):
            return written(obj)
    if any(base.__name__ == "Promise" for base in type(obj).__mro__):
        return storable(str(obj))  # a translation that waits for its language
    raise TypeError(f"{type(obj).__name__} has no canonical form")


def instant(moment: dt.datetime) -> str:
    """An aware instant as ISO 8601 in UTC; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime names no instant")
    return moment.astimezone(dt.UTC).isoformat()


def storable(text: str) -> str:
    """The text as PostgreSQL can hold it: U+FFFD in place of NUL and of lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return str(text)


class Keyed:
    """HMAC-SM3 with one key, set up once for many messages."""

    def __init__(self, key: str | bytes) -> None:
        secret = key.encode("utf-8") if isinstance(key, str) else key
        if not secret:
            raise ValueError("an empty key authenticates nothing")
        self._start = hmac.HMAC(secret, hashes.SM3())

    def mac(self, data: bytes) -> str:
        """The code of these bytes: 64 lower-case hexadecimal digits."""
        running = self._start.copy()
        running.update(data)
        return running.finalize().hex()


def _same(obj: Any) -> Any:
    return obj


def _enum(obj: enum.Enum) -> Any:
    return plain(obj.value)


def _mapping(obj: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        storable(str(key.value if isinstance(key, enum.Enum) else key)): plain(value)
        for key, value in obj.items()
    }


def _list(obj: Iterable[Any]) -> list[Any]:
    return [plain(value) for value in obj]


def _set(obj: Iterable[Any]) -> list[Any]:
    return sorted(_list(obj), key=dumps)


def _decimal(obj: Decimal) -> str:
    return format(obj, "f") if obj.is_finite() else str(obj)


def _seconds(obj: dt.timedelta) -> str:
    return f"{obj.total_seconds():f}"


def _hex(obj: bytes) -> str:
    return bytes(obj).hex()


# The first that fits is taken: an enumeration before the text or number that it also is.
FORMS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((type(None), bool), _same),
    (enum.Enum, _enum),
    (str, storable),
    (int, int),
    (Mapping, _mapping),
    ((list, tuple), _list),
    ((set, frozenset), _set),
    (Decimal, _decimal),
    (float, repr),
    (dt.datetime, instant),
    ((dt.date, dt.time), lambda obj: obj.isoformat()),
    (dt.timedelta, _seconds),
    (uuid.UUID, str),
    ((bytes, bytearray, memoryview), _hex),
)
