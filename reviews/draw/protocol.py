"""Canonical JSON, hashes, commitments, seed and keys of `steelyard-draw-1`.

SM3 is GB/T 32905-2016, HMAC is GB/T 15852.2-2012 (RFC 2104), canonical JSON is RFC 8785 for
objects, lists, strings, whole numbers, true, false and null.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC

PROTOCOL: Final = "steelyard-draw-1"
SECRET_BYTES: Final = 32
_GREATEST = 2**53 - 1  # beyond this, readers of JSON disagree about a number


def sm3(data: bytes) -> bytes:
    """The 32-byte SM3 digest."""
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


def jcs(value: Any) -> bytes:
    """The canonical bytes of a JSON value. Raises ValueError for what has no canonical form."""
    return _canonical(value).encode("utf-8")


def _canonical(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and -_GREATEST <= value <= _GREATEST:
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{','.join(_canonical(item) for item in value)}]"
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return (
            "{" + ",".join(f"{_canonical(key)}:{_canonical(item)}" for key, item in members) + "}"
        )
    raise ValueError(f"no canonical form: {value!r}")


def input_hash(draw_input: Any) -> str:
    """SM3 of the canonical input, hex."""
    return sm3(jcs(draw_input)).hex()


def grounds_digest(salt: str, grounds: Any) -> str:
    """SM3("salt:" ‖ canonical list of expert, application, ground), hex: what binds to the input
    why each pair is barred, and tells nobody without the salt.
    """
    return sm3(f"{salt}:".encode() + jcs(grounds)).hex()


def commitment(secret: bytes) -> str:
    """What is published before the secret: its SM3, hex."""
    return sm3(secret).hex()


def seed(input_hash_hex: str, operator: bytes, supervisor: bytes, entropy: str = "") -> bytes:
    """SM3 of input hash ‖ operator's secret ‖ supervisor's secret ‖ public entropy.

    Secrets are 32 bytes. Raises ValueError for others.
    """
    if len(operator) != SECRET_BYTES or len(supervisor) != SECRET_BYTES:
        raise ValueError("a secret is 32 bytes")
    return sm3(bytes.fromhex(input_hash_hex) + operator + supervisor + entropy.encode("utf-8"))


def key(draw_seed: bytes, panel: str, seat: str, expert: str) -> bytes:
    """HMAC-SM3(seed, "panel|seat|expert"): where the expert stands in the order of that seat."""
    return keys(draw_seed, panel, seat, [expert])[0]


def keys(draw_seed: bytes, panel: str, seat: str, experts: Iterable[str]) -> list[bytes]:
    """The keys of many experts for one seat; what they share is hashed once."""
    shared = HMAC(draw_seed, SM3())
    shared.update(f"{panel}|{seat}|".encode())
    found = []
    for expert in experts:
        own = shared.copy()
        own.update(expert.encode())
        found.append(own.finalize())
    return found


def key_number(draw_key: bytes) -> int:
    """The first 32 bits of a key, as the number that breaks ties between equal sums of ranks."""
    return int.from_bytes(draw_key[:4], "big")


def hearing_order(
    draw_seed: bytes, panel: str, applications: Iterable[str]
) -> list[tuple[bytes, str]]:
    """(key, application) in the order of a panel's hearing: ascending by key =
    HMAC-SM3(seed, "hearing|panel|application").

    No experts' key can be one of these: a panel's id is a number.
    """
    names = list(applications)
    return sorted(zip(keys(draw_seed, "hearing", panel, names), names, strict=True))
