"""What waits for whom about a project after its award: acceptance, reports, changes, endings."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.waiting import WaitingItem
from awards.selectors import progress, recoveries
from awards.selectors import waiting as rows
from awards.wording import amount_text


def of_office(user: User, now: datetime) -> Iterator[WaitingItem]:
    """Of an officer, approver or secretary: what a firm applied for, what a colleague did first."""
    officer, approver = (has_role(user, r) for r in (Role.PROGRAMME_OFFICER, Role.APPROVER))
    if officer or approver:
        yield from _acceptances(user, ("applied", "graded") if officer else ("graded",))
    if officer or approver:
        states = [name for name, held in (("proposed", officer), ("endorsed", approver)) if held]
        yield from _amendments(states)
    if officer:
        yield from _recalls(now)
    if approver:
        yield from _terminations(user)
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
            working_days=True,
        )
    for recall in rows.recalls_of(firms):
        yield WaitingItem(
            title=_("Reply to the recall: %(title)s") % {"title": recall.award.application.title},
            why=_("The project has stood still."),
            url=reverse("awards:ending", args=[recall.award_id]),
            due=recall.due_at,
            late=recall.due_at < now,
            provisional=recall.provisional,
            working_days=True,
        )
    for clawback in rows.clawbacks_of(firms):
        yield WaitingItem(
            title=_("Pay back: %(title)s") % {"title": clawback.award.application.title},
            why=_("Money of the project was clawed back; interest runs."),
            url=reverse("awards:clawback", args=[clawback.award_id]),
            due=clawback.due_at,
            late=clawback.due_at < now,
            provisional=clawback.provisional,
            working_days=True,
        )
    for award in rows.to_apply(firms):
        yield WaitingItem(
            title=_("Apply for the acceptance: %(title)s") % {"title": award.application.title},
            why=_("Every instalment is settled; the audit report is needed."),
            url=reverse("awards:acceptance", args=[award.pk]),
        )


def _recalls(now: datetime) -> Iterator[WaitingItem]:
    """Recalls that were answered, or whose time is over."""
    for row in recoveries.open_recalls():
        over = row.due_at < now and not row.provisional
        if row.status != "replied" and not over:
            continue
        yield WaitingItem(
            title=_("Settle the recall: %(title)s") % {"title": row.award.application.title},
            why=_("The firm has replied.")
            if row.status == "replied"
            else _("The firm has not replied in time."),
            url=reverse("awards:ending", args=[row.award_id]),
        )


def _terminations(user: User) -> Iterator[WaitingItem]:
    for row in rows.terminations(user):
        yield WaitingItem(
            title=_("Decide on the termination: %(title)s")
            % {"title": row.award.application.title},
            why=f"{row.get_ground_display()}",
            url=reverse("awards:ending", args=[row.award_id]),
        )


def of_finance(user: User) -> Iterator[WaitingItem]:
    """Of a finance officer: receipts that a colleague entered."""
    for ended in rows.to_order():
        yield WaitingItem(
            title=_("Order the money back: %(title)s") % {"title": ended.award.application.title},
            why=_("%(sum)s were decided with the termination.")
            % {"sum": amount_text(ended.claw_back)},
            url=reverse("awards:clawback", args=[ended.award_id]),
        )
    for row in rows.repayments(user):
        yield WaitingItem(
            title=_("Confirm the repayment: %(title)s") % {"title": row.award.application.title},
            why=_("%(sum)s by receipt %(number)s; it needs a second person.")
            % {"sum": amount_text(row.amount), "number": row.document_no},
            url=reverse("awards:clawback", args=[row.award.pk]),
        )


def _amendments(states: Collection[str]) -> Iterator[WaitingItem]:
    for row in rows.amendments(states):
        yield WaitingItem(
            title=_("Decide on the amendment: %(title)s") % {"title": row.award.application.title},
            why=_("An officer has endorsed it.")
            if row.status == "endorsed"
            else _("The firm asks for other terms."),
            url=reverse("awards:amendments", args=[row.award_id]),
        )
