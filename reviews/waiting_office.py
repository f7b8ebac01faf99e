"""What waits for officers and supervisors in the review."""

from datetime import datetime

from accounts.models import User
from accounts.waiting import WaitingItem


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person."""
    return []
