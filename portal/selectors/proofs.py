"""Whether a number and a digest belong together; nothing else is told."""

import hmac
import re
from enum import StrEnum
from typing import Any

from applications.models import CallEdition, Submission
from audit.digests import canonical, sm3
from awards.models import PublicNotice
from reviews.models import Draw


class Proof(StrEnum):
    """The answer: they belong together; they do not (or the number is unknown); or the record
    behind the number no longer gives its own digest."""

    HOLDS = "holds"
    DIFFERS = "differs"
    ALTERED = "altered"


def tidy_digest(text: str) -> str:
    """A digest as it may be typed from paper: spaces, colons and capitals are forgiven."""
    return re.sub(r"[\s:：-]+", "", text).lower()


def check(number: str, digest: str) -> Proof:
    """Compare a digest with the record of a receipt, a notice, a published call or a draw."""
    found = _records(number.strip())
    if not found:
        return Proof.DIFFERS
    for content, kept in found:
        if hmac.compare_digest(kept, tidy_digest(digest).encode("ascii", "ignore").decode()):
            return Proof.HOLDS if sm3(canonical(content)) == kept else Proof.ALTERED
    return Proof.DIFFERS


def _records(number: str) -> list[tuple[Any, str]]:
    """Content and digest of whatever carries the number; four indexed queries at most."""
    for rows in (
        Submission.objects.filter(receipt=number),
        PublicNotice.objects.filter(number=number),
        CallEdition.objects.filter(call__number=number),
    ):
        found = list(rows.values_list("content", "digest"))
        if found:
            return found
    return list(Draw.objects.filter(number=number).values_list("input", "input_hash"))
