"""A correction of a hearing's minutes: the next version of them, with its reason, by two people.

What was kept first stays and is shown beside it. Whether the firm came is not corrected: its sheets
were voided on that, and a void sheet never comes back.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Call
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from notifications.services import notify
from reviews.models import HearingMinutes, MinutesCorrection
from reviews.rules import require, require_apart
from reviews.selectors.hearing import CORRECTED_IN, page_of_minutes, standing_version
from reviews.services.hearing_minutes import SHORTEST_TEXT


@transaction.atomic
def propose_correction(
    *, minutes: HearingMinutes, number: str, text: str, reason: str, by: User
) -> MinutesCorrection:
    """Say how the minutes should read and why; it waits for another officer. One at a time."""
    call = _held(minutes, by)
    stands = standing_version(minutes)
    if minutes.corrections.filter(accepted=None).exists():
        raise WrongState(_("A correction of these minutes waits already for a second person."))
    number, text, reason = number.strip(), text.strip(), reason.strip()
    _require_words(number, text, reason)
    if (number, text) == (stands.number, stands.text):
        raise Invalid(_("This is what the minutes say already."), field="text")
    made = MinutesCorrection.objects.create(
        minutes=minutes,
        version=minutes.corrections.count() + 2,
        number=number,
        text=text,
        reason=reason,
        proposed_by=by,
        proposed_at=clock.now(),
    )
    record(
        action="minutes.correct",
        obj=made,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        reason=reason,
        before={"number": stands.number, "text": stands.text},
        after={
            "application": minutes.entry.application.number,
            "version": made.version,
            "number": number,
            "text": text,
            "reason": reason,
            "accepted": None,
        },
        scope=call.number,
    )
    notify(
        kind="minutes.to_confirm",
        recipients=users_with_role(Role.PROGRAMME_OFFICER).exclude(pk=by.pk),
        key=f"minutes.to_confirm:{made.pk}",
        context={"call": call.number, "number": minutes.entry.application.number or ""},
        url=page_of_minutes(minutes, call),
        about=call,
    )
    return made


def _require_words(number: str, text: str, reason: str) -> None:
    if not number:
        raise Invalid(_("Enter the number of the minutes."), field="number")
    if len(text) < SHORTEST_TEXT:
        raise Invalid(_("Say in at least ten characters what is to be kept."), field="text")
    if len(reason) < SHORTEST_TEXT:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")


@transaction.atomic
def decide_correction(
    *, correction: MinutesCorrection, accept: bool, by: User
) -> MinutesCorrection:
    """A second officer compares it with what was said, and confirms it or not. Once for ever."""
    call = _held(correction.minutes, by)
    held = MinutesCorrection.objects.select_for_update().get(pk=correction.pk)
    if held.accepted is not None:
        raise WrongState(_("This correction is decided already."))
    if held.proposed_by_id == by.pk:
        raise NotPermitted(
            _("Whoever wrote the correction does not confirm it. Ask another programme officer.")
        )
    held.accepted, held.decided_by, held.decided_at = accept, by, clock.now()
    held.save(update_fields=["accepted", "decided_by", "decided_at"])
    record(
        action="minutes.confirm" if accept else "minutes.refuse",
        obj=held,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        reason=held.reason,
        after={"accepted": accept},
        scope=call.number,
    )
    return held


def _held(minutes: HearingMinutes, by: User) -> Call:
    """The call, locked, between its hearing and the decision, for an officer who is no expert."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=minutes.entry.shortlist.call_id)
    require_apart(by, call)
    if call.status not in CORRECTED_IN:
        raise WrongState(
            _("The funding list is decided; the minutes stand. An objection is the way now.")
        )
    return call
