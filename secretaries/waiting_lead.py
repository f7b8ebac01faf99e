"""What waits for the secretaries' lead, on the workbench and on the overview."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.waiting import WaitingItem
from secretaries.models import AppointmentGap, OverdueInquiry, RequestStatus
from secretaries.selectors import leading
from secretaries.wording import gap_text


def lead_items(now: datetime, rows: Iterable[Any] | None = None) -> list[WaitingItem]:
    """Projects without a secretary; requests to be decided, for which more time is asked, overdue;
    inquiries under way. Two queries.

    With the `rows` of `requests_for_lead`, which the overview shows with their clocks: one query,
    and no settlement that is only overdue.
    """
    known = leading.requests_for_lead(now) if rows is None else rows
    return [
        *(_gap(gap, now) for gap in leading.gaps()),
        *(item for row in known for item in _of_request(row, now, clocks_beside=rows is not None)),
    ]


def _of_request(row: Any, now: datetime, *, clocks_beside: bool) -> Iterator[WaitingItem]:
    about = {"number": row.number, "subject": row.title, "title": row.application.title}
    inquiry = getattr(row, "inquiry", None)
    if inquiry is not None and inquiry.closed_at is None:
        yield _inquiry(inquiry, about)
    if row.status == RequestStatus.ANSWERED and row.contested:
        yield WaitingItem(
            title=_("Decide: %(number)s %(subject)s") % about,
            why=_("Answered twice; the firm (%(title)s) does not accept it.") % about,
            url=reverse("secretaries:request", args=[row.pk]),
        )
    if row.status == RequestStatus.OPEN:
        yield from _running(row, now, about, clocks_beside=clocks_beside)


def _running(
    row: Any, now: datetime, about: dict[str, str], *, clocks_beside: bool
) -> Iterator[WaitingItem]:
    """A decision on more time comes before the reminder that the time is over."""
    extension, due, reply = getattr(row, "extension", None), row.finish.due_at, row.response
    if extension is not None and extension.granted is None:
        yield WaitingItem(
            title=_("Grant more time or not: %(number)s %(subject)s") % about,
            why=ngettext(
                "%(days)s working day more is asked for: %(reason)s",
                "%(days)s working days more are asked for: %(reason)s",
                extension.days,
            )
            % {"days": extension.days, "reason": extension.reason[:120]},
            url=reverse("secretaries:request", args=[row.pk]),
            due=due,
            late=_past(due, now),
            working_days=True,
        )
    elif _past(due, now):
        if not clocks_beside:
            yield _overdue(row, _("See to it that %(number)s is settled: %(subject)s"), due, about)
    elif reply.stopped_at is None and _past(reply.due_at, now):
        title = _("See to it that %(number)s gets its first reply: %(subject)s")
        yield _overdue(row, title, reply.due_at, about)


def _gap(gap: AppointmentGap, now: datetime) -> WaitingItem:
    return WaitingItem(
        title=_("Appoint a secretary: %(title)s (%(place)s)")
        % {"title": gap.application.title, "place": gap.application.region},
        why=_("The rules found nobody. %(why)s") % {"why": gap_text(gap.reasons)},
        url=reverse("secretaries:appoint", args=[gap.application_id]),
        due=gap.due_at,
        late=gap.due_at < now,
        provisional=gap.provisional,
        working_days=True,
    )


def _overdue(row: Any, title: str, due: datetime | None, about: dict[str, str]) -> WaitingItem:
    return WaitingItem(
        title=title % about,
        why=_("From %(title)s, now with %(unit)s; secretary: %(name)s")
        % {
            **about,
            "unit": row.with_unit or _("the secretary's office"),
            "name": "、".join(row.secretary) or "—",
        },
        url=reverse("secretaries:request", args=[row.pk]),
        due=due,
        late=True,
        working_days=True,
    )


def _past(due: datetime | None, now: datetime) -> bool:
    return due is not None and due < now


def _inquiry(row: OverdueInquiry, about: dict[str, str]) -> WaitingItem:
    why = (
        _("The explanation is there. Most of the time went by at %(step)s.")
        if row.explained_at
        else _("Not explained yet by %(name)s. Most of the time went by at %(step)s.")
    )
    return WaitingItem(
        title=_("Close the inquiry into %(number)s: %(subject)s") % about,
        why=why % {"step": row.step, "name": row.subject.name if row.subject else "—"},
        url=reverse("secretaries:inquiry", args=[row.pk]),
    )
