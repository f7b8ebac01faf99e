"""A dossier's way as its reader may know it: what was, where it stands, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from applications.models import Application
from applications.rules import RESULTS_OUT, UNPUBLISHED
from applications.wording import AHEAD_NAMES, HOLDERS, STEP_NAMES
from applications.workflow import FINAL, Actor, Status
from audit.models import Event

# The way a dossier goes when nothing goes wrong; shown ahead of where it stands.
MAIN_WAY: tuple[tuple[Status, str], ...] = (
    (Status.SUBMITTED, "submit"),
    (Status.RECOMMENDED, "recommend"),
    (Status.ELIGIBLE, "declare_eligible"),
    (Status.UNDER_REVIEW, "start_review"),
    (Status.ON_NOTICE, "put_on_notice"),
    (Status.AWARDED, "award"),
    (Status.AGREED, "agree"),
    (Status.IN_PROGRESS, "begin"),
    (Status.COMPLETED, "complete"),
)
PLACE: dict[Status, int] = {
    Status.DRAFT: 0,
    Status.RETURNED: 0,
    Status.SUBMITTED: 1,
    Status.RECOMMENDED: 2,
    Status.ELIGIBLE: 3,
    Status.UNDER_REVIEW: 4,
    Status.SCORED: 4,
    Status.SHORTLISTED: 4,
    Status.HEARING_SCORED: 4,
    Status.PROPOSED: 4,
    Status.RESERVE: 4,
    Status.OBJECTION_HOLD: 5,
    Status.ON_NOTICE: 5,
    Status.AWARDED: 6,
    Status.AGREED: 7,
    Status.IN_PROGRESS: 8,
    Status.COMPLETED: 9,
}
AHEAD = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of `components/timeline.html`."""

    at: datetime | None
    text: str | Promise
    who: str | Promise
    note: str
    state: str


def timeline(
    application: Application, events: Iterable[Event], shown: Status, *, to_firm: bool
) -> list[Entry]:
    """Past steps, the present one, the next three. A firm reads offices, not officers' names."""
    results_out = application.call.status in RESULTS_OUT
    past: list[Entry] = []
    for event in events:
        step = event.action.removeprefix("application.")
        if step == event.action or step not in STEP_NAMES:
            continue
        if to_firm and event.target in UNPUBLISHED and not results_out:
            continue
        past.append(
            Entry(event.at, STEP_NAMES[step], _who(event, to_firm=to_firm), event.reason, "past")
        )
    if past and shown not in FINAL:
        last = past[-1]
        past[-1] = Entry(last.at, last.text, last.who, last.note, "now")
    return past + _ahead(shown)


def _who(event: Event, *, to_firm: bool) -> str | Promise:
    if not event.actor_name:
        return _("by the system")
    if event.role in (Actor.OWNER, "editor") or not to_firm:
        return event.actor_name
    return Role(event.role).label if event.role in Role.values else ""


def _ahead(shown: Status) -> list[Entry]:
    place = PLACE.get(shown)
    if place is None or shown in FINAL:
        return []
    return [
        Entry(None, AHEAD_NAMES[step], HOLDERS[status], "", "next")
        for status, step in MAIN_WAY[place : place + AHEAD]
    ]
