"""What the money asks of a call before it may be published."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Call, CallStatus
from awards.models import HOLDING, PROPOSED, Envelope, FundingItem
from awards.wording import amount_text

# Calls that still count on what they offer; once awarded, only what is reserved or awarded counts.
RUNNING = (
    CallStatus.PUBLISHED,
    CallStatus.SCREENED,
    CallStatus.IN_REVIEW,
    CallStatus.HEARING,
    CallStatus.SCORED,
    CallStatus.RANKED,
    CallStatus.DECIDED,
    CallStatus.ON_NOTICE,
)


def envelope_set(call: Call) -> Iterator[str | Promise]:
    """The year's ceiling is confirmed and has room for this call."""
    envelope = Envelope.objects.filter(scheme=call.scheme_id, year=call.year).first()
    if envelope is None or envelope.ceiling == 0:
        yield _(
            "The envelope of %(year)s is not set. The finance officers enter and confirm it first."
        ) % {"year": call.year}
        return
    left = envelope.available - offered_elsewhere(call)
    if left < call.envelope:
        yield _(
            "The envelope of %(year)s has %(left)s left beside what is awarded and what other calls"
            " offer; this call offers %(offered)s. Lower what it offers, or have the finance"
            " officers raise the ceiling first."
        ) % {
            "year": call.year,
            "left": amount_text(max(left, Decimal(0))),
            "offered": amount_text(call.envelope),
        }


def offered_elsewhere(call: Call) -> Decimal:
    """What the year's other calls offer and have neither reserved nor awarded yet, yuan."""
    running = Call.objects.filter(
        scheme=call.scheme_id, year=call.year, status__in=RUNNING
    ).exclude(pk=call.pk)
    offered = running.aggregate(sum=Sum("envelope"))["sum"] or Decimal(0)
    held = FundingItem.objects.filter(
        funding_list__status="approved",
        funding_list__call__in=running,
        outcome__in=PROPOSED,
        application__status__in=HOLDING,
    ).aggregate(sum=Sum("amount"))["sum"]
    return offered - (held or Decimal(0))
