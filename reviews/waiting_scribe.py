"""What waits for the scribes of panels that mark on paper, call by call."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.waiting import WaitingItem
from applications.models import CallStatus
from reviews.selectors.waiting import CallUnderWay


def scribing(calls: Iterable[CallUnderWay], now: datetime) -> Iterator[WaitingItem]:
    """Sheets to check and to lock, and the panels whose paper the person types in while there is
    time: afterwards none is taken, and what is left is late.
    """
    for call in calls:
        if not call.is_scribe or call.status not in (CallStatus.IN_REVIEW, CallStatus.HEARING):
            continue
        of_call = {"call": call.number}
        late = call.scoring_due_at is not None and call.scoring_due_at <= now
        for pk in call.to_check:
            yield WaitingItem(
                title=_("Check sheets typed in from paper"),
                why=_("Call %(call)s: type the scores again from the signed pages.") % of_call,
                url=reverse("reviews:scribe_import", args=[pk]),
                due=call.scoring_due_at,
                late=late,
            )
        for pk in call.to_lock:
            yield WaitingItem(
                title=_("Lock marks from signed paper"),
                why=_("Call %(call)s: both typings agree.") % of_call,
                url=reverse("reviews:scribe_sign", args=[pk]),
                due=call.scoring_due_at,
                late=late,
            )
        if not late:
            yield WaitingItem(
                title=_("Type in paper sheets of call %(call)s") % of_call,
                why=_("A supervisor named you a scribe."),
                url=reverse("reviews:scribing"),
                due=call.scoring_due_at,
            )
