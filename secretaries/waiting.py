"""What waits for secretaries, firms and the lead."""

from collections.abc import Collection
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import firm_ids, has_role
from accounts.waiting import WaitingItem
from calendars.wording import day_of, day_text
from secretaries.models import OverdueInquiry, RequestStatus, ServiceRequest, Visit
from secretaries.selectors import projects
from secretaries.selectors.leading import to_explain
from secretaries.waiting_lead import lead_items


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person in this app."""
    items: list[WaitingItem] = []
    if has_role(user, Role.SECRETARY_LEAD):
        items += lead_items(now)
    if has_role(user, Role.SECRETARY):
        items += _of_secretary(user, now)
    firms = firm_ids(user)
    if firms:
        items += _of_firm(firms)
    return items


def _of_secretary(user: User, now: datetime) -> list[WaitingItem]:
    own = [
        row
        for row in projects.own_assignments(user, day_of(now))
        if row.secretary.user_id == user.pk
    ]
    items = [
        WaitingItem(
            title=_("Sign for the project: %(title)s") % {"title": row.application.title},
            why=_("You are its service secretary; make the first contact."),
            url=reverse("secretaries:project", args=[row.application_id]),
            due=row.first_contact_due,
            late=row.first_contact_due < now,
            working_days=True,
        )
        for row in own
        if row.accepted_at is None
    ]
    running = projects.open_requests_of([row.application_id for row in own])
    items += [_answer(row, now) for row in running if row.status == RequestStatus.OPEN]
    return items + [_explain(row) for row in to_explain(user.pk)]


def _explain(row: OverdueInquiry) -> WaitingItem:
    return WaitingItem(
        title=_("Explain why %(number)s ran over: %(subject)s")
        % {"number": row.request.number, "subject": row.request.title},
        why=ngettext(
            "Most of the time went by at %(step)s: %(days)s working day.",
            "Most of the time went by at %(step)s: %(days)s working days.",
            row.step_days,
        )
        % {"step": row.step, "days": row.step_days},
        url=reverse("secretaries:inquiry", args=[row.pk]),
    )


def _answer(row: ServiceRequest, now: datetime) -> WaitingItem:
    return WaitingItem(
        title=_("Answer %(number)s: %(subject)s") % {"number": row.number, "subject": row.title},
        why=_("From %(title)s, now with %(unit)s")
        % {"title": row.application.title, "unit": row.with_unit or _("your office")},
        url=reverse("secretaries:request", args=[row.pk]),
        due=row.finish.due_at,
        late=row.finish.due_at is not None and row.finish.due_at < now,
        provisional=row.finish.provisional,
        working_days=True,
    )


def _of_firm(firms: Collection[int]) -> list[WaitingItem]:
    answered = ServiceRequest.objects.filter(
        application__firm__in=firms, status=RequestStatus.ANSWERED, contested=False
    ).order_by("answered_at")
    items = [
        WaitingItem(
            title=_("Confirm the answer to %(number)s: %(subject)s")
            % {"number": row.number, "subject": row.title},
            why=_("Say whether the answer settles it; otherwise it is reopened."),
            url=reverse("secretaries:request", args=[row.pk]),
        )
        for row in answered
    ]
    visits = (
        Visit.objects.filter(assignment__application__firm__in=firms, confirmed_at__isnull=True)
        .select_related("assignment__application")
        .order_by("on")
    )
    return items + [
        WaitingItem(
            title=_("Confirm the secretary's visit of %(day)s")
            % {"day": day_text(row.on, get_language() or "zh-hans", year_now=None)},
            why=row.assignment.application.title,
            url=f"{reverse('secretaries:project', args=[row.assignment.application_id])}#visits",
        )
        for row in visits
    ]
