"""The clocks of the law beside a year's money (预算法 arts. 52 and 14), in calendar days.

A central transfer is allocated within the scheme's days of its receipt (收到之日起), and what was
allocated is published within the scheme's days; the opening day is not counted (民法典 art. 201).
Recording an allocation notice publishes it, by project, on the page of results.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from applications.models import Call, CallStatus, Scheme
from awards.ledger import ZERO
from awards.models import AllocationNotice, Award, Envelope, EnvelopeChange
from awards.opening_checks import RUNNING
from calendars.wording import day_of


@dataclass(frozen=True, slots=True)
class LawClock:
    """One period: what it is about, from which day to which, and how it stands.

    `state`: done, late_done, doing, warn (few days left) or late; `days` left, or late by so many.
    `who` holds it, or held it too long.
    """

    title: Any
    begun: date
    due: date
    done: date | None
    state: str
    days: int
    who: Any = ""
    amount: Decimal = ZERO
    reached: Decimal = ZERO


def clock_of(
    title: Any, begun: date, days: int, warning: int, done: date | None, today: date, **more: Any
) -> LawClock:
    """The clock that began on a day and runs so many calendar days after it."""
    due = begun + timedelta(days=days)
    left = (due - (done or today)).days
    if done is not None:
        state = "done" if left >= 0 else "late_done"
    elif left < 0:
        state = "late"
    else:
        state = "warn" if left <= warning else "doing"
    return LawClock(title, begun, due, done, state, abs(left), **more)


def law_clocks(
    scheme: Scheme, envelopes: Iterable[Envelope], today: date
) -> dict[int, list[LawClock]]:
    """The clocks of each year. Four queries; `changes` of the envelopes are prefetched."""
    letters: dict[int, list[AllocationNotice]] = {}
    notices = AllocationNotice.objects.filter(call__scheme=scheme).select_related(
        "recorded_by", "call"
    )
    for letter in notices.order_by("issued_on", "pk"):
        letters.setdefault(letter.call.year, []).append(letter)
    holders = _holders(scheme)
    return {
        envelope.year: [
            *_transfers(scheme, envelope, letters.get(envelope.year, []), holders, today),
            *_publications(scheme, letters.get(envelope.year, []), today),
        ]
        for envelope in envelopes
    }


def _transfers(
    scheme: Scheme,
    envelope: Envelope,
    letters: list[AllocationNotice],
    holders: dict[int, Any],
    today: date,
) -> Iterable[LawClock]:
    """From the receipt of each transfer until all that was granted by then is allocated."""
    allocated = sum((letter.total for letter in letters), ZERO)
    for change in sorted(envelope.changes.all(), key=lambda c: c.pk):
        if change.confirmed_at is None or change.received_on is None:
            continue
        done = _reached(change, letters)
        yield clock_of(
            _("Allocate the central transfer"), change.received_on, scheme.allocation_days,
            scheme.warning_days, done, today, amount=change.ceiling,
            reached=min(allocated, change.ceiling),
            who="" if done else holders.get(envelope.year, _holder_of_rest(envelope)),
        )  # fmt: skip


def _reached(change: EnvelopeChange, letters: list[AllocationNotice]) -> date | None:
    """The day on which the year's letters came up to the ceiling."""
    run = ZERO
    for letter in letters:
        run += letter.total
        if run >= change.ceiling:
            return letter.issued_on
    return None


def _publications(
    scheme: Scheme, letters: list[AllocationNotice], today: date
) -> Iterable[LawClock]:
    for letter in letters:
        yield clock_of(
            _("Publish the allocation %(number)s") % {"number": letter.number}, letter.issued_on,
            scheme.publication_days, scheme.warning_days, day_of(letter.recorded_at), today,
            amount=letter.total, reached=letter.total, who=letter.recorded_by,
        )  # fmt: skip


def _holders(scheme: Scheme) -> dict[int, Any]:
    """Who holds a year's money that is not allocated: the first step that is not done."""
    running = Call.objects.filter(scheme=scheme, status__in=RUNNING).order_by("pk")
    found: dict[int, Any] = {}
    for call in running:
        found.setdefault(call.year, _holder_of(call))
    bare = (
        Award.objects.filter(
            application__call__scheme=scheme, allocation__isnull=True, revoked_at__isnull=True
        )
        .values(year=F("application__call__year"))
        .annotate(count=Count("pk", filter=Q(pk__isnull=False)))
        .order_by()
    )
    for row in bare:
        found[row["year"]] = ngettext_lazy(
            "the finance department: %(count)s awarded project has no allocation notice",
            "the finance department: %(count)s awarded projects have no allocation notice",
            "count",
        ) % {"count": row["count"]}
    return found


def _holder_of(call: Call) -> Any:
    if call.status == CallStatus.ON_NOTICE:
        return _("the approver: %(call)s is on public notice and not awarded") % {"call": call}
    if call.status == CallStatus.DECIDED:
        return _("the programme office: %(call)s is decided and not on public notice") % {
            "call": call
        }
    return _("the programme office: the review of %(call)s is not finished") % {"call": call}


def _holder_of_rest(envelope: Envelope) -> Any:
    if envelope.reserved:
        return _("the approver: projects on public notice are not awarded")
    return _("the programme office: no call offers what is left")
