"""Reminders: what waits for a person and is due soon is told once, as a message."""

import hashlib
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import override

from accounts.models import Membership, RoleGrant, User
from accounts.waiting import WaitingItem
from audit import clock
from notifications.services import notify
from portal.selectors.waiting import waiting_for

AHEAD = timedelta(days=2)


def people_with_duties() -> QuerySet[User]:
    """Active people who hold a role or act for a firm."""
    own = {"user": OuterRef("pk")}
    return User.objects.filter(
        Q(Exists(RoleGrant.objects.live().filter(**own)))
        | Q(Exists(Membership.objects.live().filter(**own))),
        is_active=True,
    ).order_by("pk")


def remind_all() -> int:
    """Tell everybody what is due within two days and was not told yet. Returns how many items.

    Each thing with its due date is told once: a date that moves is told again.
    """
    now, told = clock.now(), 0
    for user in people_with_duties().iterator(chunk_size=200):
        with override(user.language):
            soon = [
                item
                for item in waiting_for(user, now)
                if item.due is not None and now <= item.due <= now + AHEAD
            ]
            for item in soon:
                _tell(item, user)
        told += len(soon)
    return told


def _tell(item: WaitingItem, user: User) -> None:
    what = hashlib.sha256(f"{item.url}|{item.due:%Y%m%d%H%M}".encode()).hexdigest()[:32]
    notify(
        kind="reminder.due",
        recipients=[user],
        key=f"reminder.due:{what}",
        context={"title": item.title, "why": item.why, "due": item.due},
        url=item.url,
    )
