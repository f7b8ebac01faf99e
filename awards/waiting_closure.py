"""What waits for whom about a project after its award: acceptance, reports, changes, endings."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.waiting import WaitingItem
from awards.selectors import progress
from awards.selectors import waiting as rows


def of_office(user: User, now: datetime) -> Iterator[WaitingItem]:
    """Of an officer, approver or secretary: what a firm applied for, what a colleague did first."""
    officer, approver = (has_role(user, r) for r in (Role.PROGRAMME_OFFICER, Role.APPROVER))
    if officer or approver:
        yield from _acceptances(user, ("applied", "graded") if officer else ("graded",))
    if officer or has_role(user, Role.SECRETARY):
        yield from _reports(user)


def _reports(user: User) -> Iterator[WaitingItem]:
    for row in progress.to_confirm(user):
        yield WaitingItem(
            title=_("Confirm the quarterly report: %(title)s")
            % {"title": row.award.application.title},
            why=_("Quarter %(number)s of %(year)s.") % {"number": row.quarter, "year": row.year},
            url=reverse("awards:progress", args=[row.award_id]),
        )


def _acceptances(user: User, states: Collection[str]) -> Iterator[WaitingItem]:
    for row in rows.acceptances(user, states):
        applied = row.status == "applied"
        title = row.award.application.title
        yield WaitingItem(
            title=(
                _("Evaluate the project: %(title)s")
                if applied
                else _("Settle the acceptance: %(title)s")
            )
            % {"title": title},
            why=_("The firm applied for the acceptance.")
            if applied
            else _("A colleague has graded it; it needs a second person."),
            url=reverse("awards:acceptance", args=[row.award_id]),
        )


def of_firm(firms: Collection[int], now: datetime) -> Iterator[WaitingItem]:
    """Of a firm's owners."""
    for award, one in progress.owed_by_firms(firms, now):
        yield WaitingItem(
            title=_("Report on the quarter: %(title)s") % {"title": award.application.title},
            why=_("Quarter %(number)s of %(year)s.")
            % {"number": one.quarter.number, "year": one.quarter.year},
            url=reverse("awards:progress", args=[award.pk]),
            due=one.due_at,
            late=one.late,
            provisional=one.provisional,
        )
    for award in rows.to_apply(firms):
        yield WaitingItem(
            title=_("Apply for the acceptance: %(title)s") % {"title": award.application.title},
            why=_("Every instalment is settled; the audit report is needed."),
            url=reverse("awards:acceptance", args=[award.pk]),
        )
