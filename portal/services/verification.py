"""Running the verification of the log, and keeping what it found."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from audit import verification
from audit.models import Event
from audit.refusals import NotPermitted
from audit.services import record

READERS = (Role.SUPERVISOR, Role.AUDIT_ADMIN)
KEPT_LINES = 200


def reading_role(user: User) -> Role:
    """The role in which the person reads the log. NotPermitted for everybody else."""
    for role in READERS:
        if has_role(user, role):
            return role
    raise NotPermitted(_("The audit trail is open to supervisors and the audit administrator."))


def run_verification(*, by: User) -> Event:
    """Verify log, seal, anchors and witnesses now; the outcome is an event of its own."""
    role = reading_role(by)
    report = verification.verify()
    with transaction.atomic():
        return record(
            action="audit.verify",
            obj=None,
            by=by,
            role=role,
            target="holds" if report.holds else "broken",
            after={
                "events": report.events,
                "sealed": report.sealed,
                "anchors": report.anchors,
                "witnesses": report.witnesses,
                "milliseconds": round(report.seconds * 1000),
                "findings": len(report.findings),
                "lines": report.lines[:KEPT_LINES],
            },
        )
