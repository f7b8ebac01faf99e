"""Who hears of a step, and with which message."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from accounts.models import User
from applications.models import Application
from applications.rules import UNPUBLISHED
from applications.workflow import BY_NAME, Status
from notifications import kinds
from notifications.services import Dispatch, notify_all


def has_words(step: str) -> bool:
    """Does a firm hear of this step? It has words, and its outcome is public."""
    if BY_NAME[step].target in UNPUBLISHED:
        return False
    try:
        kinds.get(f"application.{step}")
    except LookupError:
        return False
    return True


def tell(
    kind: str,
    application: Application,
    recipients: Iterable[User],
    *,
    reason: str = "",
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Queue a message about a dossier."""
    notify_all([dispatch(kind, application, recipients, reason=reason, extra=extra)])


def dispatch(
    kind: str,
    application: Application,
    recipients: Iterable[User],
    *,
    reason: str = "",
    extra: Mapping[str, Any] | None = None,
) -> Dispatch:
    """A message about a dossier; the instant in the key lets a step happen more than once."""
    moment = application.status_since
    return Dispatch(
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
