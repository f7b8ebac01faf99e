"""The one door to a call's status, once it is published; used by upper apps' services."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import has_role
from applications.call_workflow import BY_ENDS, OWN_SERVICE
from applications.models import Call, CallStatus
from applications.services.call_rows import lock_call
from audit.refusals import NotPermitted, WrongState
from audit.services import Entry, record_all


@transaction.atomic
def advance_call(*, call: Call, to: str, by: User, **values: Any) -> Call:
    """Take a call to its next status by `call_workflow.CALL_STEPS`.

    `values` may set `scoring_due_at`. Raises NotPermitted, WrongState.
    """
    row = lock_call(call)
    record_all([advance_call_held(row, to=to, by=by, **values)])
    return row


def advance_call_held(row: Call, *, to: str, by: User, **values: Any) -> Entry:
    """As `advance_call`, of a row locked in this transaction; the caller records the event."""
    step = BY_ENDS.get((row.status, to))
    if step is None or (row.status, to) in OWN_SERVICE:
        raise WrongState(
            _("The call is “%(state)s”; this step does not follow from there.")
            % {"state": CallStatus(row.status).label}
        )
    role = next((r for r in sorted(step.roles) if has_role(by, r)), None)
    if role is None:
        raise NotPermitted
    source, row.status = row.status, to
    if "scoring_due_at" in values:
        row.scoring_due_at = values["scoring_due_at"]
    row.save(update_fields=["status", "scoring_due_at"])
    return Entry(
        action=f"call.to_{to}",
        obj=row,
        by=by,
        role=role,
        source=source,
        target=to,
        scope=row.number,
    )
