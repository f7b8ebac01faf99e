"""The verification code that stands on every page of a document.

It is bound to the number and to the digest of the record, and only this house can compute it: who
has the code has held the document, so the verification page may say what stands in it.
"""

import base64
import hmac
import re

from audit.digests import Keyed, canonical

LENGTH = 16  # characters of five bits: 80 bits
# Crockford's alphabet: no letter that is read as a figure on a bad copy.
_FROM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OILU", "011V")


def code_of(key: str, number: str, digest: str) -> str:
    """The code as it is printed, XXXX-XXXX-XXXX-XXXX; `key` is the house's secret."""
    mac = bytes.fromhex(Keyed(key).mac(canonical(["paper", number, digest])))
    text = base64.b32encode(mac[: LENGTH * 5 // 8]).decode().translate(str.maketrans(_FROM, _TO))
    return "-".join(text[at : at + 4] for at in range(0, LENGTH, 4))


def tidy(typed: str) -> str:
    """A code as it may be typed from paper, without dashes and blanks, misread letters mended."""
    return re.sub(r"[\s\-－—–]+", "", typed).upper().translate(_MISREAD)


def is_code(typed: str) -> bool:
    """Whether this has the shape of a code."""
    plain = tidy(typed)
    return len(plain) == LENGTH and set(plain) <= set(_TO)


def same(typed: str, code: str) -> bool:
    """Whether what was typed is the code; takes as long for any that is not."""
    return hmac.compare_digest(tidy(typed).encode(), tidy(code).encode())
