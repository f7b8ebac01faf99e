"""The waiting items of each side, counted call by call: few queries whatever the number."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Level, User
from accounts.rules import covered_regions, firm_ids, is_owner
from accounts.waiting import WaitingItem
from applications.models import Application, Call, CallStatus, CorrectionRequest
from applications.selectors.recommendation import office_counts
from applications.selectors.screening import waiting_to_screen
from applications.workflow import Status


def for_regional_officer(user: User) -> list[WaitingItem]:
    """Dossiers to check, then rankings with checked dossiers and free places."""
    rows = Application.objects.filter(
        region__in=covered_regions(user), status=Status.SUBMITTED
    ).select_related("call", "regional_check")
    unchecked: dict[str, int] = defaultdict(int)
    calls = {}
    checked: set[int] = set()
    for row in rows:
        if getattr(row, "regional_check", None) is None:
            unchecked[row.call.number] += 1
        else:
            checked.add(row.call_id)
        calls[row.call_id] = row.call
    items = [
        WaitingItem(
            title=ngettext(
                "Check %(count)s dossier of call %(call)s",
                "Check %(count)s dossiers of call %(call)s",
                n,
            )
            % {"count": n, "call": number},
            why=_("They wait for the region's check before they can be recommended."),
            url=f"{reverse('applications:recommendations')}?call={number}&state=submitted",
            count=n,
        )
        for number, n in sorted(unchecked.items())
    ]
    open_calls = [
        call for pk, call in calls.items() if pk in checked and call.status == CallStatus.PUBLISHED
    ]
    if not open_calls:
        return items
    counts = office_counts(user, open_calls)
    for call in open_calls:
        for office in counts.offices:
            free = call.rule_set.quota(office.code) - counts.used(call, office)
            if counts.waiting(call, office) and free > 0:
                items.append(
                    WaitingItem(
                        title=_("Rank and recommend: %(region)s, call %(call)s")
                        % {"region": office, "call": call.number},
                        why=ngettext(
                            "%(waiting)s dossier waits for a place; the quota leaves %(free)s.",
                            "%(waiting)s dossiers wait for a place; the quota leaves %(free)s.",
                            counts.waiting(call, office),
                        )
                        % {"waiting": counts.waiting(call, office), "free": free},
                        url=reverse(
                            "applications:recommendation_order", args=[call.number, office.code]
                        ),
                    )
                )
    return items


def for_programme_officer(user: User) -> list[WaitingItem]:
    """Drafts to finish, what another officer proposed for this one to publish, then dossiers to
    screen, call by call. One query."""
    own_proposal = Q(status=CallStatus.PROPOSED, proposed_by=user)
    prepared = Q(status__in=(CallStatus.DRAFT, CallStatus.PROPOSED)) & ~own_proposal
    screening = waiting_to_screen().filter(call=OuterRef("pk")).order_by().values("call")
    rows = list(
        Call.objects.annotate(
            to_screen=Coalesce(Subquery(screening.annotate(n=Count("pk")).values("n")), 0),
            prepared=prepared,
        )
        .filter(Q(prepared=True) | Q(to_screen__gt=0))
        .select_related("proposed_by")
        .order_by("opens_at", "number")
    )
    return [
        *(
            _to_publish(row) if row.status == CallStatus.PROPOSED else _to_finish(row)
            for row in rows
            if row.prepared
        ),
        *(
            _to_screen(row.number, row.to_screen)
            for row in sorted(rows, key=lambda row: row.number)
            if row.to_screen
        ),
    ]


def _to_screen(number: str, count: int) -> WaitingItem:
    return WaitingItem(
        title=ngettext(
            "Screen %(count)s dossier of call %(call)s",
            "Screen %(count)s dossiers of call %(call)s",
            count,
        )
        % {"count": count, "call": number},
        why=_("Recommended by their regions; answer the list and declare."),
        url=f"{reverse('applications:screening')}?call={number}&state=recommended",
        count=count,
    )


def _to_publish(call: Call) -> WaitingItem:
    return WaitingItem(
        title=_("Publish or send back call %(call)s") % {"call": call.number},
        why=_("%(name)s proposed it; a second person publishes.") % {"name": call.proposed_by},
        url=reverse("applications:call", args=[call.pk]),
        due=call.opens_at,
    )


def _to_finish(call: Call) -> WaitingItem:
    """A draft, new or sent back; nobody is late with one."""
    return WaitingItem(
        title=_("Finish and propose call %(call)s") % {"call": call.number},
        why=_("It is a draft; a second person publishes it."),
        url=reverse("applications:call", args=[call.pk]),
    )


def for_firm(user: User, now: datetime) -> list[WaitingItem]:
    """Corrections the person's firms still owe, then drafts of calls that are open.

    For those who may fill in; the last step of a draft is an owner's.
    """
    firms = firm_ids(user, Level.OWNER, Level.EDITOR)
    if not firms:
        return []
    owed = (
        CorrectionRequest.objects.filter(
            application__firm__in=firms,
            application__status=Status.RETURNED,
            answered_at__isnull=True,
        )
        .select_related("application")
        .order_by("due_at")
    )
    items = [
        WaitingItem(
            title=_("Correct %(number)s: %(title)s")
            % {"number": row.application.number, "title": row.application.title},
            why=ngettext(
                "%(count)s point to correct; a correction is asked for only once.",
                "%(count)s points to correct; a correction is asked for only once.",
                len(row.reasons),
            )
            % {"count": len(row.reasons)},
            url=reverse("applications:dossier", args=[row.application_id]),
            due=row.due_at,
            late=row.due_at < now,
            provisional=row.provisional,
            working_days=True,
        )
        for row in owed
    ]
    drafts = Application.objects.filter(
        firm__in=firms,
        status=Status.DRAFT,
        call__status=CallStatus.PUBLISHED,
        call__closes_at__gt=now,
    ).select_related("call")
    return items + [
        WaitingItem(
            title=_to_fill_in(owner=is_owner(user, row.firm_id)) % {"title": row.title},
            why=_("Draft in call %(call)s.") % {"call": row.call.number},
            url=reverse("applications:dossier", args=[row.pk]),
            due=row.call.closes_at,
        )
        for row in drafts.order_by("call__closes_at", "pk")
    ]


def _to_fill_in(*, owner: bool) -> str:
    return (
        _("Finish and submit: %(title)s")
        if owner
        else _("Finish for an owner to submit: %(title)s")
    )
