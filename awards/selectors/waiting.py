"""What waits for whom about the money, as rows; `awards.waiting` puts it into words."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    DecimalField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import User
from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from awards.models import (
    Agreement,
    Award,
    CarryOver,
    Claim,
    Deviation,
    EnvelopeChange,
    FundingItem,
    FundingList,
    Instalment,
    NoticeItem,
    Objection,
    Outcome,
)
from awards.selectors.money import RUNNING, served_by

UNSETTLED = (Status.PROPOSED, Status.ON_NOTICE, Status.OBJECTION_HOLD, *RUNNING)
DECIDED = (CallStatus.DECIDED, CallStatus.ON_NOTICE, CallStatus.AWARDED)


def calls_for_office(now: datetime) -> QuerySet[Call]:
    """Calls from their ranking to their last project, the oldest first; one query. Of each:

    .list_status and .list_note: of the newest version of its list, None while there is none;
    .ready: how many projects can go on public notice now; .settled: whether every project is;
    .reserve: how many still wait on the reserve list; .lapsed: the dossiers (pk, title) whose firm
    did not answer the part offered in time.
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
            lapsed=_lapsed(now),
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


def _lapsed(now: datetime) -> ArraySubquery:
    over = parts().filter(
        funding_list__call=OuterRef("pk"), answer_due__lt=now, answer_provisional=False
    )
    named = JSONObject(pk="application", title="application__title")
    return ArraySubquery(over.values(named=named))


def open_deviations(user: User) -> QuerySet[Deviation]:
    """Deviations that another person asked for and nobody has settled."""
    return (
        Deviation.objects.filter(
            confirmed_at__isnull=True, refused_at__isnull=True, funding_list__status="draft"
        )
        .exclude(proposed_by=user)
        .select_related("application", "funding_list__call")
        .order_by("pk")
    )


def objections_filed() -> QuerySet[Objection]:
    return (
        Objection.objects.filter(status="filed")
        .select_related("application")
        .order_by("due_at", "pk")
    )


def objections_above(user: User, now: datetime) -> QuerySet[Objection]:
    """Objections that wait for an approver, with their review at hand; one query. Each says for
    what: .to_answer; .to_review: a review was asked for, and the person had no part in the answer;
    .to_carry_out: upheld, the time for a review has passed unused, and the project is still held.
    """
    mine = Q(answered_by=user) | Q(handled_by=user) | Q(filed_by=user, filed_by__isnull=False)
    turns = {
        "to_answer": Q(status="accepted"),
        "to_review": Q(review__status="asked") & ~mine,
        "to_carry_out": Q(
            status="upheld",
            review__isnull=True,
            review_provisional=False,
            review_until__lt=now,
            application__status=Status.OBJECTION_HOLD,
        ),
    }
    return (
        Objection.objects.annotate(**turns)
        .filter(Q(to_answer=True) | Q(to_review=True) | Q(to_carry_out=True))
        .select_related("application", "review")
        .order_by("due_at", "pk")
    )


def for_office() -> QuerySet[Award]:
    """Projects that wait for the office; one query. Each says for what:

    .to_draw_up: it has its allocation notice and no agreement; .to_sign: the firm has signed the
    agreement and the office has not; .to_accept: every instalment is paid.
    """
    awarded = Q(application__status=Status.AWARDED)
    unpaid = Instalment.objects.filter(award=OuterRef("pk")).exclude(status="paid")
    turns = {
        "to_draw_up": awarded & Q(allocation__isnull=False, agreement__isnull=True),
        "to_sign": awarded
        & Q(agreement__firm_signed_at__isnull=False, agreement__office_signed_at__isnull=True),
        "to_accept": Q(~Exists(unpaid), application__status=Status.IN_PROGRESS),
    }
    return (
        Award.objects.annotate(**turns)
        .filter(Q(to_draw_up=True) | Q(to_sign=True) | Q(to_accept=True))
        .select_related("application", "agreement")
        .order_by("agreement__sign_by", "pk")
    )


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
    return (
        FundingItem.objects.filter(
            funding_list__status="approved",
            outcome=Outcome.PARTIAL,
            consent="",
            application__status=Status.PROPOSED,
        )
        .select_related("application", "funding_list__call")
        .order_by("pk")
    )


def answers_of_firms(firms: Collection[int], now: datetime) -> QuerySet[FundingItem, Any]:
    """What the firms' owners may answer while there is time; one query.

    Rows of (dossier, title, sum, number, due, provisional): a part offered has a sum (yuan); an
    upheld objection of which a review may be asked for has a number.
    """
    offered = parts().filter(application__firm__in=firms)
    offered = offered.exclude(answer_due__lt=now, answer_provisional=False)
    upheld = Objection.objects.filter(
        status="upheld",
        review__isnull=True,
        application__firm__in=firms,
        application__status=Status.OBJECTION_HOLD,
    ).exclude(review_provisional=False, review_until__lt=now)
    dossier = ("application_id", "application__title")
    no_sum = Value(None, output_field=DecimalField(max_digits=16, decimal_places=2))
    return (
        offered.order_by()
        .values_list(*dossier, "amount", Value(""), "answer_due", "answer_provisional")
        .union(
            upheld.values_list(*dossier, no_sum, "number", "review_until", "review_provisional"),
            all=True,
        )
        .order_by("application_id")
    )


def ceilings(user: User) -> QuerySet[EnvelopeChange]:
    """Ceilings that another finance officer entered and nobody has confirmed."""
    return (
        EnvelopeChange.objects.filter(confirmed_at__isnull=True, refused_at__isnull=True)
        .exclude(proposed_by=user)
        .select_related("envelope")
        .order_by("envelope__year")
    )


def carries(user: User) -> QuerySet[CarryOver]:
    """Amounts to be carried over that another finance officer entered and nobody has confirmed."""
    return (
        CarryOver.objects.filter(confirmed_at__isnull=True, refused_at__isnull=True)
        .exclude(proposed_by=user)
        .select_related("source", "target")
        .order_by("source__year")
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


def to_sign_for_firm(firms: Collection[int]) -> QuerySet[Agreement]:
    return (
        Agreement.objects.filter(
            firm_signed_at__isnull=True,
            award__application__firm__in=firms,
            award__application__status=Status.AWARDED,
        )
        .select_related("award__application")
        .order_by("sign_by", "pk")
    )


def to_claim(firms: Collection[int]) -> QuerySet[Instalment]:
    """The next instalment of each of the firms' projects that can be claimed now."""
    earlier = Instalment.objects.filter(
        award=OuterRef("award"), sequence__lt=OuterRef("sequence")
    ).exclude(status="paid")
    return (
        Instalment.objects.filter(
            ~Exists(earlier),
            status="planned",
            award__application__firm__in=firms,
            award__application__status__in=RUNNING - {Status.AWARDED},
        )
        .select_related("award__application")
        .order_by("award", "sequence")
    )


def to_verify(user: User) -> QuerySet[Claim]:
    """Claims of the projects that the person serves, the oldest first."""
    served = Award.objects.filter(served_by(user))
    return (
        Claim.objects.filter(
            instalment__award__in=served,
            instalment__status="claimed",
            returned_at__isnull=True,
            verified_at__isnull=True,
        )
        .select_related("instalment__award__application")
        .order_by("claimed_at")
    )
