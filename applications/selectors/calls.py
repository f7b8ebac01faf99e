"""What is read of calls."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import call_content, opening, rules
from applications.models import Call, CallStatus, FairCompetitionReview, Scheme
from audit.refusals import NotPermitted, Refused, TooLate, WrongState
from audit.selectors import events_of

UNPUBLISHED = (CallStatus.DRAFT, CallStatus.PROPOSED)


def calls_for(user: User) -> QuerySet[Call]:
    """The calls this person may read, newest first, with how many dossiers arrived."""
    calls = (
        Call.objects.select_related("scheme")
        .annotate(arrived=Count("applications", filter=Q(applications__submitted_at__isnull=False)))
        .order_by("-year", "-sequence")
    )
    if rules.may_read_draft_calls(user):
        return calls
    return calls.exclude(status__in=UNPUBLISHED)


def open_calls(now: object) -> QuerySet[Call]:
    """The calls that take dossiers at this instant, the one that closes first on top."""
    return (
        Call.objects.filter(status=CallStatus.PUBLISHED, opens_at__lte=now, closes_at__gt=now)
        .select_related("scheme")
        .order_by("closes_at")
    )


def publication_refused(call: Call, by: User, now: datetime) -> Refused | None:
    """Why this officer does not publish the call at this instant, whatever it says."""
    if call.status != CallStatus.PROPOSED:
        return WrongState(_("Only a proposed call can be published."))
    if call.proposed_by_id == by.pk:
        return NotPermitted(_("You proposed this call; another officer has to publish it."))
    if now >= call.closes_at:
        return TooLate(_("The closing instant has passed. Send the call back and set a later one."))
    return None


def budget_problems(call: Call) -> list[call_content.Problem]:
    """What of the year's money does not fit a call that is not published: limit and envelope."""
    limit = call.scheme.annual_limit
    others = Call.objects.filter(scheme=call.scheme_id, year=call.year)
    taken = others.exclude(status__in=UNPUBLISHED).aggregate(sum=Sum("envelope"))["sum"]
    taken = taken or Decimal(0)
    problems: list[call_content.Problem] = []
    if taken + call.envelope > limit:
        problems.append(("envelope", call_content.over_limit(call.envelope, taken, limit)))
    return problems + [("", sentence) for sentence in opening.obstacles(call)]


def may_be_discarded(call: Call) -> bool:
    """Whether a call is a draft that was never proposed, by the log."""
    return (
        call.status == CallStatus.DRAFT
        and not events_of(call).filter(action="call.propose").exists()
    )


def competition_reviews_of(scheme: Scheme) -> QuerySet[FairCompetitionReview]:
    return FairCompetitionReview.objects.filter(scheme=scheme).select_related("recorded_by")


def review_in_force(scheme: Scheme, day: date) -> FairCompetitionReview | None:
    """The fair-competition review by which a call of the scheme may open on this day."""
    return (
        FairCompetitionReview.objects.filter(
            scheme=scheme, reviewed_on__lte=day, expires_on__gte=day
        )
        .order_by("-expires_on")
        .first()
    )
