"""What waits for applicants, regional officers and programme officers."""

from datetime import datetime

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.waiting import WaitingItem
from applications.selectors.waiting import (
    for_firm,
    for_programme_officer,
    for_regional_officer,
)


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person in this app."""
    items: list[WaitingItem] = []
    if has_role(user, Role.REGIONAL_OFFICER):
        items += for_regional_officer(user)
    if has_role(user, Role.PROGRAMME_OFFICER):
        items += for_programme_officer(user)
    return items + for_firm(user, now)
