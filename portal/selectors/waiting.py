"""What waits for a person, gathered from every app that has something to say."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec

from accounts.models import User
from accounts.waiting import WaitingItem

APPS = ("accounts", "notifications", "applications", "reviews", "secretaries", "awards")
Source = Callable[[User, datetime], list[WaitingItem]]
_FAR = datetime.max.replace(tzinfo=UTC)


def sources() -> list[Source]:
    """`waiting_for` of each app that has a `waiting` module."""
    return [
        import_module(f"{app}.waiting").waiting_for
        for app in APPS
        if find_spec(f"{app}.waiting") is not None
    ]


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """Everything that waits for this person, overdue first, then the nearest date, undated last."""
    items = [item for source in sources() for item in source(user, now)]
    return in_order(items)


def in_order(items: Iterable[WaitingItem]) -> list[WaitingItem]:
    return sorted(items, key=lambda item: (not item.late, item.due or _FAR))
