"""What waits for a person: the shape every app uses to tell the workbench, and our own items."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import rules, selectors
from accounts.models import User
from accounts.roles import Role
from calendars.models import CalendarYear, YearState
from calendars.selectors import last_known_year

# The State Council publishes next year's holidays in the last weeks of the year.
NOTICE_MONTH = 11


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One act that waits for one person.

    title: the act, as a verb phrase; why: one line of reason; due: the instant it must be
    done by, if any; count: how many things stand behind it; late: the instant has passed;
    working_days: the limit is counted in them; part: what tells apart things of one address that
    are due at one instant.
    """

    title: str
    why: str
    url: str
    due: datetime | None = None
    count: int = 1
    late: bool = False
    provisional: bool = False
    working_days: bool = False
    part: str = ""


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """What accounts ask of this person: a firm to register, roles and calendars to confirm."""
    held = rules.roles_of(user)
    if not held:
        return [] if rules.acts_for_a_firm(user) else [_register_a_firm()]
    if held.isdisjoint({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}):
        return []
    return [*_grants(user), *_calendars(user, now)]


def _register_a_firm() -> WaitingItem:
    return WaitingItem(
        title=_("Register your firm"),
        why=_("You do not act for any firm yet; or ask one of its owners to add you."),
        url=reverse("accounts:firm_new"),
    )


def _grants(user: User) -> Iterator[WaitingItem]:
    open_grants = selectors.proposed_grants().exclude(proposed_by=user).exclude(user=user)
    count = open_grants.count()
    if count:
        yield WaitingItem(
            title=_("Confirm proposed roles"),
            why=_("Another administrator proposed them; they need a second person."),
            url=reverse("accounts:people"),
            count=count,
        )


def _calendars(user: User, now: datetime) -> Iterator[WaitingItem]:
    proposed = CalendarYear.objects.filter(state=YearState.PROPOSED).order_by("year")
    for notice in proposed:
        if notice.proposed_by_id != user.pk:
            yield WaitingItem(
                title=_("Confirm the working days of %(year)d") % {"year": notice.year},
                why=_("Compare %(number)s with the original.") % {"number": notice.source_no},
                url=reverse("accounts:calendar_year", args=[notice.pk]),
            )
    known = last_known_year() or 0
    next_year = now.year + 1
    if (
        rules.has_role(user, Role.SYSTEM_ADMIN)
        and now.month >= NOTICE_MONTH
        and known < next_year
        and not any(n.year == next_year for n in proposed)
    ):
        yield WaitingItem(
            title=_("Enter the working days of %(year)d") % {"year": next_year},
            why=_("Until then every time limit that reaches it stays provisional."),
            url=reverse("accounts:calendar_new"),
        )
