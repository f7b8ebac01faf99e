"""会议纪要: the minutes of the meeting that decides on a call's list."""

from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications import uploads
from applications.models import Call
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import record
from awards.facts import minutes_facts
from awards.models import Minutes
from awards.rules import require
from awards.services.kept_files import keep_file
from calendars.wording import day_of

FEWEST = 2


@transaction.atomic
def record_minutes(
    *,
    call: Call,
    number: str,
    held_on: date,
    participants: str,
    decisions: str,
    upload: "File[Any]",
    by: User,
) -> Minutes:
    """Record the minutes with the signed paper. `participants`: one a line.

    Under a number that is recorded already they are its next version, as long as no decision
    refers to it.
    """
    role = require(by, Role.PROGRAMME_OFFICER, Role.APPROVER)
    Call.objects.select_for_update().get(pk=call.pk)
    now = clock.now()
    people = [line.strip() for line in participants.splitlines() if line.strip()]
    _check(number, held_on, day_of(now), people, decisions)
    last = call.minutes.filter(number=number.strip()).order_by("-version").first()
    if last is not None and (last.lists.exists() or last.reviews.exists()):
        raise WrongState(
            _(
                "A decision refers to these minutes; they stand. Record others under their own"
                " number."
            )
        )
    checked = uploads.check(upload)
    made = Minutes(
        call=call,
        number=number.strip(),
        version=(last.version if last else 0) + 1,
        held_on=held_on,
        participants=people,
        decisions=decisions.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    keep_file(made, upload, checked, call.number)
    record(
        action="minutes.record",
        obj=made,
        by=by,
        role=role,
        after=minutes_facts(made),
        scope=call.number,
    )
    return made


def _check(number: str, held_on: date, today: date, people: list[str], decisions: str) -> None:
    if not number.strip():
        raise Invalid(_("Enter the number of the meeting's minutes."), field="number")
    if held_on > today:
        raise Invalid(_("The date lies in the future."), field="held_on")
    if len(people) < FEWEST:
        raise Invalid(
            _("Name who took part, one a line: at least two people."), field="participants"
        )
    if len(decisions.strip()) < 10:
        raise Invalid(_("Write in at least ten characters what was decided."), field="decisions")
