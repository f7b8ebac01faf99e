"""What waits in site checks: for those who go, and for the firm."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Level, User
from accounts.roles import Role
from accounts.rules import firm_ids, has_any_role, has_role
from accounts.waiting import WaitingItem
from calendars.instants import end_of_day
from reviews.models import CheckState
from reviews.selectors import site_checks as reading
from reviews.site_rules import CHECKERS


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person, but for officers."""
    items: list[WaitingItem] = []
    if has_any_role(user, *CHECKERS) and not has_role(user, Role.PROGRAMME_OFFICER):
        items += of_checks([row["data"] for row in reading.waiting_for_checker(user)], now)
    firms = firm_ids(user, Level.OWNER)
    if firms:
        items += [
            WaitingItem(
                title=_("State your view on the site check: %(title)s")
                % {"title": finding.site_check.application.title},
                why=_("What was found differs from your dossier."),
                url=reverse("reviews:own_site_check", args=[finding.site_check_id]),
                due=finding.view_by,
                provisional=finding.provisional,
                working_days=True,
            )
            for finding in reading.waiting_for_firms(firms)
        ]
    return items


def of_checks(rows: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[WaitingItem]:
    """Acts of somebody who goes, from the data of `waiting_for_checker`."""
    for row in rows:
        number = {"number": row["number"]}
        url = reverse("reviews:site_check", args=[row["pk"]])
        if row["state"] == CheckState.ORDERED:
            due = end_of_day(date.fromisoformat(row["day"]))
            yield WaitingItem(
                title=_("Check dossier %(number)s on the spot") % number,
                why=_("Record every figure as it is found; a colleague confirms."),
                url=url,
                due=due,
                late=due < now,
            )
        else:
            yield WaitingItem(
                title=_("Confirm the finding on dossier %(number)s") % number,
                why=_("A colleague recorded it; the firm has been heard."),
                url=url,
            )
