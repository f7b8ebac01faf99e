"""Verification: whether the log, its seal, its anchors and the business rows still agree.

Finds what was done behind the application's back, by a database superuser too, and names the
rows. What it cannot find: an event removed in the seconds before its seal whose object no
witness watches; and the work of someone who holds the key and the anchor file besides the
database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from audit import chain_check, log_check, witnesses
from audit.findings import Finding
from audit.models import Event, Installation
from audit.services import audit_key


@dataclass(frozen=True)
class Report:
    """What one verification found; it `holds` when there are no findings."""

    findings: tuple[Finding, ...]
    events: int
    sealed: int
    anchors: int
    witnesses: int
    seconds: float

    @property
    def holds(self) -> bool:
        return not self.findings

    @property
    def lines(self) -> list[str]:
        """One line a finding."""
        return [finding.line for finding in self.findings]

    @property
    def summary(self) -> str:
        """One line that says how it stands."""
        figures = {
            "events": self.events,
            "sealed": self.sealed,
            "anchors": self.anchors,
            "witnesses": self.witnesses,
            "findings": len(self.findings),
        }
        if self.holds:
            return (
                _(
                    "The log holds. Events: %(events)s, sealed: %(sealed)s; what agrees with it:"
                    " anchors %(anchors)s, witnesses %(witnesses)s."
                )
                % figures
            )
        return _("The log does not hold. Findings: %(findings)s, in events: %(events)s.") % figures


def verify() -> Report:
    """Check every event, every seal, every anchor, then all witnesses. Writes nothing.

    Streams the log, so memory does not grow with it; 100,000 events take some seconds.
    """
    began = perf_counter()
    key = audit_key()
    count, walk = log_check.Count(), chain_check.Walk()
    installation = Installation.objects.first()
    findings = list(log_check.check(key, count))
    findings += chain_check.check(key, installation, walk)
    if installation is None and Event.objects.exists():
        line = _("the log's identity: missing")
        findings.append(Finding("missing", "installation", line))
    checks = witnesses.registered()
    for name, check in sorted(checks.items()):
        findings += _heard(name, check)
    return Report(
        findings=tuple(findings),
        events=count.events,
        sealed=walk.seals,
        anchors=walk.anchors,
        witnesses=len(checks),
        seconds=perf_counter() - began,
    )


def _heard(name: str, check: witnesses.Check) -> Iterator[Finding]:
    """What one witness says; one that breaks down over a row says at least that."""
    try:
        with transaction.atomic():
            lines = list(check())
    except (DatabaseError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        lines = [f"{name}: {type(error).__name__}: {error}"]
    for line in lines:
        yield Finding("witness", name, line)
