"""An act on a project after its award: its event and its message, in one shape for all of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.refusals import Invalid
from audit.services import Entry
from awards.models import Award
from awards.project_facts import facts_of
from notifications.services import Dispatch

LEAST = 10  # characters of anything that gives a reason


class OfProject(Protocol):
    """A row that belongs to an award: a report, an acceptance, an amendment, a recall …"""

    pk: Any

    @property
    def award(self) -> Award: ...


def written(text: str, field: str) -> str:
    """What was written, trimmed. Raises Invalid when it is too short to say anything."""
    if len(text.strip()) < LEAST:
        raise Invalid(
            _("Write at least %(n)s characters.") % {"n": LEAST},
            field=field,
        )
    return text.strip()


def entry(
    row: Any,
    action: str,
    by: User | None,
    role: str = "",
    *,
    source: str = "",
    target: str = "",
    why: str | Promise = "",
) -> Entry:
    """The event of an act on `row` (see `OfProject`), with the row's facts as they are now."""
    obj: Model = row
    return Entry(
        action=action,
        obj=obj,
        by=by,
        role=role,
        source=source,
        target=target,
        reason=str(why),
        after=facts_of(obj),
        scope=row.award.application.call.number,
    )


def told(
    row: OfProject,
    kind: str,
    recipients: Iterable[User],
    page: str,
    *,
    at: datetime | None = None,
    **context: Any,
) -> Dispatch:
    """A message about `row` that leads to the award's page of this name; once, or of what may
    happen to a row again once for each instant `at`."""
    application = row.award.application
    return Dispatch(
        kind=kind,
        recipients=recipients,
        key=f"{kind}:{row.pk}:{at.isoformat() if at else ''}",
        context={"title": application.title, **context},
        url=reverse(f"awards:{page}", args=[row.award.pk]),
        about=application,
    )
