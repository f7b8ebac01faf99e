"""Whether a number belongs together with a digest, of which nothing else is told, or with the code
of a document, of which its holder reads what stands in it.
"""

import hmac
import re
from enum import StrEnum
from typing import Any

from applications.models import CallEdition, Submission
from audit.digests import canonical, sm3
from awards.models import Agreement, AllocationNotice, PublicNotice
from papers.paper import Paper
from portal.selectors.handed_out import record_of
from reviews.models import Draw, PointsStatement


class Proof(StrEnum):
    """The answer: they belong together; they do not (or the number is unknown); or the record
    behind the number no longer gives its own digest."""

    HOLDS = "holds"
    DIFFERS = "differs"
    ALTERED = "altered"


def tidy_digest(text: str) -> str:
    """A digest as it may be typed from paper: spaces, colons and capitals are forgiven."""
    return re.sub(r"[\s:：-]+", "", text).lower()


def check_code(number: str, code: str) -> tuple[Proof, Paper | None]:
    """Compare the code of a document; with it, what the document says, for whoever holds one."""
    found = record_of(number.strip(), code)
    if found is None:
        return Proof.DIFFERS, None
    row, make = found
    if sm3(canonical(row.content)) != row.digest:
        return Proof.ALTERED, None
    return Proof.HOLDS, make(row)


def check(number: str, digest: str) -> Proof:
    """Compare a digest with the record of a document, a notice, a published call or a draw."""
    found = _records(number.strip())
    if not found:
        return Proof.DIFFERS
    for content, kept in found:
        if hmac.compare_digest(kept, tidy_digest(digest).encode("ascii", "ignore").decode()):
            return Proof.HOLDS if sm3(canonical(content)) == kept else Proof.ALTERED
    return Proof.DIFFERS


def _records(number: str) -> list[tuple[Any, str]]:
    """Content and digest of whatever carries the number; seven indexed queries at most."""
    for rows in (
        Submission.objects.filter(receipt=number),
        PublicNotice.objects.filter(number=number),
        CallEdition.objects.filter(call__number=number),
        Agreement.objects.filter(number=number),
        AllocationNotice.objects.filter(number=number),
        PointsStatement.objects.filter(number=number),
    ):
        found = list(rows.values_list("content", "digest"))
        if found:
            return found
    return list(Draw.objects.filter(number=number).values_list("input", "input_hash"))
