"""What waits for whom about the money, as rows; `awards.waiting` puts it into words."""

from datetime import date

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from awards.models import (
    FundingItem,
    FundingList,
    Instalment,
    NoticeItem,
    Objection,
    Outcome,
)
from awards.selectors.money import RUNNING

UNSETTLED = (Status.PROPOSED, Status.ON_NOTICE, Status.OBJECTION_HOLD, *RUNNING)
DECIDED = (CallStatus.DECIDED, CallStatus.ON_NOTICE, CallStatus.AWARDED)


def calls_for_office() -> QuerySet[Call]:
    """Calls from their ranking to their last project, the oldest first; one query. Of each:

    .list_status and .list_note: of the newest version of its list, None while there is none;
    .ready: how many projects can go on public notice now; .settled: whether every project is;
    .reserve: how many still wait on the reserve list.
    """
    newest = FundingList.objects.filter(call=OuterRef("pk")).order_by("-version")
    of_call = Application.objects.filter(call=OuterRef("pk"))
    return (
        Call.objects.filter(status__in=(CallStatus.RANKED, *DECIDED))
        .annotate(
            list_status=Subquery(newest.values("status")[:1]),
            list_note=Subquery(newest.values("decision_note")[:1]),
            ready=_ready(),
            settled=~Exists(of_call.filter(status__in=UNSETTLED)),
            reserve=Count("applications", filter=Q(applications__status=Status.RESERVE)),
        )
        .order_by("year", "sequence")
    )


def _ready() -> Coalesce:
    """How many projects of the call's approved list can go on public notice now."""
    agreed = Q(outcome=Outcome.FUNDED) | Q(outcome=Outcome.PARTIAL, consent="given")
    items = FundingItem.objects.filter(
        agreed,
        funding_list__call=OuterRef("pk"),
        funding_list__status="approved",
        application__status=Status.PROPOSED,
    )
    counted = items.order_by().values("funding_list__call").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def to_decide(user: User) -> QuerySet[FundingList]:
    return (
        FundingList.objects.filter(status="submitted")
        .exclude(drawn_by=user)
        .select_related("call")
        .order_by("submitted_at")
    )


def ripe_calls(today: date) -> QuerySet[Call]:
    """Calls with projects whose notice has passed without an open objection; `.ripe` counts."""
    open_ones = Objection.objects.filter(
        application=OuterRef("application"), status__in=("filed", "accepted")
    )
    ripe = NoticeItem.objects.filter(
        ~Exists(open_ones),
        notice__ends_on__lt=today,
        notice__provisional=False,
        application__status=Status.ON_NOTICE,
    )
    return (
        Call.objects.filter(notices__items__in=ripe)
        .annotate(ripe=Count("notices__items", distinct=True))
        .order_by("year", "sequence")
    )


def parts() -> QuerySet[FundingItem]:
    """Parts offered and not answered yet, while the offer stands."""
    return FundingItem.objects.filter(
        funding_list__status="approved",
        outcome=Outcome.PARTIAL,
        consent="",
        application__status=Status.PROPOSED,
    )


def payments_by_state(user: User) -> dict[str, int]:
    """How many instalments wait for a finance officer; own entries wait for somebody else."""
    mine = Q(status="entered", payment__made_by=user)
    rows = (
        Instalment.objects.filter(
            status__in=("verified", "entered", "released"), award__revoked_at__isnull=True
        )
        .exclude(mine)
        .values_list("status")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return dict(rows)


def without_allocation() -> QuerySet[Call]:
    """Calls with awards that no allocation notice covers; `.bare` counts."""
    bare = Q(
        applications__award__allocation__isnull=True,
        applications__award__isnull=False,
        applications__award__revoked_at__isnull=True,
    )
    return (
        Call.objects.annotate(bare=Count("applications__award", filter=bare))
        .filter(bare__gt=0)
        .order_by("year", "sequence")
    )
