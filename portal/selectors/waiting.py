"""What waits for a person, gathered from every app that has something to say."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from accounts import waiting as of_people
from accounts.models import User
from accounts.waiting import WaitingItem
from applications import waiting as of_dossiers
from awards import waiting as of_money
from notifications import waiting as of_messages
from reviews import waiting as of_reviews
from secretaries import waiting as of_service

SOURCES: tuple[Callable[[User, datetime], list[WaitingItem]], ...] = (
    of_people.waiting_for,
    of_messages.waiting_for,
    of_dossiers.waiting_for,
    of_reviews.waiting_for,
    of_service.waiting_for,
    of_money.waiting_for,
)
_FAR = datetime.max.replace(tzinfo=UTC)


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """Everything that waits for this person, overdue first, then the nearest date, undated last."""
    items = [item for source in SOURCES for item in source(user, now)]
    return in_order(items)


def in_order(items: Iterable[WaitingItem]) -> list[WaitingItem]:
    return sorted(items, key=lambda item: (not item.late, item.due or _FAR))
