"""Verifying the log by a worker, and keeping what was found.

Not within the request: it reads the whole log and every row with a digest, and where the web
server runs the anchors need not be at hand.
"""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from audit import verification
from audit.models import Event
from audit.refusals import NotPermitted
from audit.services import record
from notifications.models import Outgoing
from notifications.selectors import last_job
from notifications.services import enqueue

TASK = "portal.tasks.verify"
READERS = (Role.SUPERVISOR, Role.AUDIT_ADMIN)
KEPT_LINES = 200


def reading_role(user: User) -> Role:
    """The role in which the person reads the log. NotPermitted for everybody else."""
    for role in READERS:
        if has_role(user, role):
            return role
    raise NotPermitted(_("The audit trail is open to supervisors and the audit administrator."))


def request_verification(*, by: User) -> None:
    """Have the log verified by a worker; nothing while one that was asked for waits."""
    reading_role(by)
    last = last_job(TASK)
    if last is None or last.state != Outgoing.PENDING:
        # Numbered by the one before: asked for twice at once, it is one all the same.
        key = f"verification:{0 if last is None else last.pk}"
        enqueue(task=TASK, key=key, payload={"by": by.pk})


def run_verification(*, by: User) -> Event:
    """Verify log, seal, anchors and witnesses now; the outcome is an event of its own, in the
    language of who asked."""
    role = reading_role(by)
    with translation.override(by.language):
        report = verification.verify()
        lines = report.lines[:KEPT_LINES]
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
                "lines": lines,
            },
        )
