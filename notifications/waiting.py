"""What the outbox has for the workbench: deliveries and jobs that were given up."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.waiting import WaitingItem
from notifications.models import Delivery, Job, Outgoing


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """One line for the system administrator when something was given up."""
    if not has_role(user, Role.SYSTEM_ADMIN):
        return []
    dead = sum(m.objects.filter(state=Outgoing.DEAD).count() for m in (Delivery, Job))
    if not dead:
        return []
    return [
        WaitingItem(
            title=_("Look into what was given up in the outbox"),
            why=_("Every attempt failed; nothing is lost, send it again once the cause is gone"),
            url=reverse("notifications:outbox") + "?state=dead",
            count=dead,
        )
    ]
