"""What waits for experts, officers and supervisors in the review."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.waiting import WaitingItem
from applications.models import CallStatus
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.table import WorkingDays
from reviews import waiting_office, waiting_site
from reviews.addresses import marks_url
from reviews.models import Expert, Seat, SeatState, Stage
from reviews.rules import stage_at
from reviews.selectors import expert as own
from reviews.services.seats import answer_due


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person."""
    return [
        *_for_expert(user, now),
        *waiting_office.waiting_for(user, now),
        *waiting_site.waiting_for(user, now),
    ]


def _for_expert(user: User, now: datetime) -> list[WaitingItem]:
    if not has_role(user, Role.EXPERT):
        return []
    expert = Expert.objects.filter(user=user, active=True).first()
    if expert is None:
        return []
    seats = list(own.live_seats(expert))
    invited = [seat for seat in seats if seat.state == SeatState.INVITED]
    table = working_days() if invited else None
    items = [_invitation(seat, table, now) for seat in invited if table is not None]
    acts = (_item(seat, now) for seat in seats if seat.state != SeatState.INVITED)
    return [*items, *(item for item in acts if item is not None)]


def _invitation(seat: Seat, table: WorkingDays, now: datetime) -> WaitingItem:
    answer_by = end_of_day(answer_due(seat, table).day)
    return WaitingItem(
        title=_("Answer the invitation as an expert"),
        why=_("%(call)s, panel %(panel)s") % {"call": seat.panel.call, "panel": seat.panel.number},
        url=reverse("reviews:my_reviews"),
        due=answer_by,
        late=answer_by < now,
        working_days=True,
        part=str(seat.pk),
    )


def _item(seat: Seat, now: datetime) -> WaitingItem | None:
    """The next act in a seat that was accepted; None when the expert has nothing to do there."""
    progress = own.progress_of([a.state for a in own.at_hand(seat)])
    call = seat.panel.call
    if progress.to_declare:
        return WaitingItem(
            title=_("Declare conflicts of interest"),
            why=_("%(call)s: the dossiers open only after it.") % {"call": call},
            url=reverse("reviews:declare", args=[seat.pk]),
            count=progress.to_declare,
        )
    stage = stage_at(call)
    is_open = call.status in (CallStatus.IN_REVIEW, CallStatus.HEARING)
    if not is_open or progress.is_signed or not progress.total:
        return None
    due = call.scoring_due_at
    late = due is not None and due <= now
    if progress.is_complete:
        return WaitingItem(
            title=_("Sign your marks"),
            why=_("%(call)s: every dossier is scored.") % {"call": call},
            url=marks_url(seat.pk, stage),
            due=due,
            late=late,
        )
    return WaitingItem(
        title=_("Mark the hearing of your panel")
        if stage == Stage.HEARING
        else _("Score the dossiers of your panel"),
        why=_("%(call)s: %(done)d of %(total)d scored.")
        % {"call": call, "done": progress.done, "total": progress.total},
        url=reverse("reviews:my_reviews"),
        due=due,
        count=progress.total - progress.done,
        late=late,
        part=str(seat.pk),
    )
