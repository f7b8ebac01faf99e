"""The log among the invariants: what `verify_audit` finds."""

from collections.abc import Iterator
from typing import Final

from audit.invariants import Breach, Check
from audit.verification import verify


def log() -> Iterator[Breach]:
    """One breach for each finding about the log, its seal, its anchors and what witnesses watch."""
    for finding in verify().findings:
        yield Breach(f"log ({finding.kind})", finding.subject, finding.line)


RULES: Final[dict[str, Check]] = {"portal.log": log}
