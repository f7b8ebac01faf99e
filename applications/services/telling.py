"""Who hears of a step, and with which message."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from accounts.models import Level, User
from accounts.selectors import members_of
from applications.models import Application
from applications.rules import UNPUBLISHED
from applications.workflow import BY_NAME, Status
from notifications import kinds
from notifications.services import notify


def tell_firm(
    application: Application, step: str, *, reason: str, extra: Mapping[str, Any] | None
) -> None:
    """One message to each of the firm's people, if the step has words and its outcome is public."""
    kind = f"application.{step}"
    if BY_NAME[step].target in UNPUBLISHED or not is_known(kind):
        return
    tell(
        kind,
        application,
        members_of(application.firm, Level.OWNER, Level.EDITOR),
        reason=reason,
        extra=extra,
    )


def tell(
    kind: str,
    application: Application,
    recipients: Iterable[User],
    *,
    reason: str = "",
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Queue a message about a dossier; the instant in the key lets a step happen more than once."""
    moment = application.status_since
    notify(
        kind=kind,
        recipients=recipients,
        key=f"{kind}:{application.pk}:{moment.isoformat()}",
        context={
            "number": application.number or "",
            "title": application.title,
            "firm": application.firm.name,
            "call": application.call.number,
            "status": Status(application.status).value,
            "reason": reason,
            **(extra or {}),
        },
        url=reverse("applications:dossier", args=[application.pk]),
        about=application,
    )


def is_known(kind: str) -> bool:
    try:
        kinds.get(kind)
    except LookupError:
        return False
    return True
