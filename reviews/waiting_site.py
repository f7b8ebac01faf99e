"""What waits in site checks: for those who go, for the firm, for the officer who ranks again."""

from collections.abc import Iterator
from datetime import datetime

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
    """The acts that wait for this person."""
    items: list[WaitingItem] = []
    if has_any_role(user, *CHECKERS):
        items += _of_checker(user, now)
    if has_role(user, Role.PROGRAMME_OFFICER):
        items += _of_officer()
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
            )
            for finding in reading.waiting_for_firms(firms)
        ]
    return items


def _of_checker(user: User, now: datetime) -> Iterator[WaitingItem]:
    for check in reading.waiting_for_checker(user):
        number = {"number": check.application.number}
        url = reverse("reviews:site_check", args=[check.pk])
        if check.state == CheckState.ORDERED:
            due = end_of_day(check.day)
            yield WaitingItem(
                title=_("Check dossier %(number)s on the spot") % number,
                why=_("Record every figure as it is found; a colleague confirms."),
                url=url,
                due=due,
                late=due < now,
            )
            continue
        heard = not check.against or check.has_view or check.view_by < now  # type: ignore[attr-defined]  # annotated
        if heard:
            yield WaitingItem(
                title=_("Confirm the finding on dossier %(number)s") % number,
                why=_("A colleague recorded it; the firm has been heard."),
                url=url,
            )


def _of_officer() -> Iterator[WaitingItem]:
    for call in reading.outdated_calls():
        yield WaitingItem(
            title=_("Compute the ranking of call %(call)s again") % {"call": call.number},
            why=_("A site check has corrected figures since."),
            url=reverse("reviews:ranking", args=[call.number]),
        )
