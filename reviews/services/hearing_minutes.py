"""The minutes of a hearing; or that the firm did not come."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, User
from accounts.roles import Role
from accounts.selectors import members_by_firm
from applications.models import Application
from applications.services.lifecycle import page_of
from audit.refusals import Invalid, WrongState
from audit.services import Entry, record_all
from notifications.services import Dispatch, notify_all
from reviews.models import (
    Assignment,
    AssignmentState,
    HearingMinutes,
    Mark,
    ShortlistEntry,
    Stage,
)
from reviews.selectors import hearing as reading
from reviews.services import access
from reviews.services.hearing import held_call

SHORTEST_TEXT = 10


@transaction.atomic
def record_minutes(
    *, entry: ShortlistEntry, came: bool, number: str, text: str, by: User
) -> HearingMinutes:
    """Keep the minutes of a dossier's hearing, from its own time on; or that the firm did not come,
    which voids its sheets and keeps it from the rank. Once for ever.
    """
    held: Any = held_call(entry.shortlist.call, by)
    found = reading.entry_of(entry.application)
    slot = reading.slot_at(found, held) if found is not None else None
    if found is None or slot is None:
        raise WrongState(_("Day and place of this hearing are not set yet."))
    if held.now < slot.begins:
        raise WrongState(_("This hearing has not begun yet."))
    if hasattr(found, "minutes"):
        raise WrongState(_("The minutes of this hearing are kept already."))
    if not number.strip():
        raise Invalid(_("Enter the number of the minutes."), field="number")
    if len(text.strip()) < SHORTEST_TEXT:
        raise Invalid(_("Say in at least ten characters what is to be kept."), field="text")
    minutes = HearingMinutes.objects.create(
        entry=found,
        came=came,
        number=number.strip(),
        text=text.strip(),
        recorded_by=by,
        recorded_at=held.now,
    )
    if not came:
        _void_sheets(found.application)
    event = Entry(
        action="hearing.minutes",
        obj=minutes,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        reason=minutes.text if not came else "",
        after={
            "application": found.application.number,
            "came": came,
            "number": minutes.number,
            "text": minutes.text,
        },
        scope=held.number,
    )
    record_all([event])
    if not came:
        notify_all([_absent(found)])
    return minutes


def _void_sheets(application: Application) -> None:
    """Nobody marks a firm that did not come; where somebody has, it came."""
    rows = Assignment.objects.filter(application=application, stage=Stage.HEARING)
    open_ = rows.exclude(state__in=(AssignmentState.RECUSED, AssignmentState.VOID))
    pks = list(open_.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if Mark.objects.filter(assignment__in=pks).exists():
        raise WrongState(_("Experts have begun to mark this hearing; it took place."))
    access.close(pks)
    Assignment.objects.filter(pk__in=pks).update(state=AssignmentState.VOID)


def _absent(entry: ShortlistEntry) -> Dispatch:
    firm = entry.application.firm_id
    return Dispatch(
        kind="hearing.absent",
        recipients=members_by_firm({firm}, Level.OWNER, Level.EDITOR)[firm],
        key=f"hearing.absent:{entry.pk}",
        context={"number": entry.application.number or "", "title": entry.application.title},
        url=page_of(entry.application),
        about=entry.application,
    )
