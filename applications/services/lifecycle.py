"""The one door to a dossier's status."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import rules
from applications.models import Application
from applications.services import telling
from applications.wording import STATUS_NAMES
from applications.workflow import BY_NAME, Status
from audit import clock
from audit.refusals import WrongState
from audit.services import record


@transaction.atomic
def advance(
    *,
    application: Application,
    step: str,
    by: User | None,
    reason: str = "",
    expect: Status | None = None,
    after: dict[str, Any] | None = None,
    quiet: bool = False,
    context: Mapping[str, Any] | None = None,
) -> Application:
    """Take one step of `workflow.TRANSITIONS` with a dossier and return the fresh row.

    Locks the row, asks `rules.require` inside, checks the source state, writes, records the event
    `application.<step>` and tells the firm if a message kind of that name is registered.
    `by=None` only for the system's own steps. `quiet` leaves the telling to the caller; `context`
    adds values to the message; `after` goes into the event.

    Raises NotVisible, NotPermitted, WrongState (also when `expect` is not the state found).
    """
    transition = BY_NAME[step]
    row = lock(application)
    rules.require(by, step, row)
    source = Status(row.status)
    if source not in transition.sources or (expect is not None and source != expect):
        raise WrongState(
            _("The dossier is now in the state “%(state)s”. Open the page again and check.")
            % {"state": STATUS_NAMES[source]}
        )
    row.status, row.status_since = transition.target, clock.now()
    row.save(update_fields=["status", "status_since"])
    record(
        action=f"application.{step}",
        obj=row,
        by=by,
        role=rules.acting_role(by, step, row),
        source=source,
        target=transition.target,
        reason=reason,
        after=after,
        scope=row.call.number,
    )
    if not quiet:
        telling.tell_firm(row, step, reason=reason, extra=context)
    return row


def lock(application: Application) -> Application:
    """The dossier's row, held until the transaction ends, with its call, firm and region."""
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("call", "firm", "region", "industry")
        .get(pk=application.pk)
    )


def page_of(application: Application) -> str:
    return reverse("applications:dossier", args=[application.pk])
