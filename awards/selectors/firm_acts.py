"""What waits for a firm's owners about one project or one document."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from applications.workflow import Status
from awards.models import (
    SETTLED,
    Acceptance,
    Agreement,
    Award,
    Claim,
    Clawback,
    Instalment,
    MidTermCheck,
    Objection,
    Recall,
)
from awards.selectors.acts import UNTIL, UNTIL_SIGNED, Rows, shaped, under_way
from awards.selectors.money import RUNNING
from awards.selectors.waiting import parts


def of_firms(firms: Collection[int], now: datetime) -> list[Rows]:
    """What the firms' owners sign, answer, claim, pay back and apply for."""
    theirs = {"award__application__firm__in": firms}
    to_sign = Agreement.objects.filter(
        firm_signed_at__isnull=True, award__application__status=Status.AWARDED, **theirs
    )
    owed = Clawback.objects.filter(settled_at__isnull=True, **theirs)
    asked = under_way(Recall).filter(status="issued", **theirs)
    return [
        shaped("sign_for_firm", to_sign, page="pk", **UNTIL_SIGNED),
        *_answers(firms, now),
        *_claims(theirs),
        shaped("reply", asked, **UNTIL),
        shaped("pay_back", owed, **UNTIL),
        shaped("apply", _to_apply(firms), page="pk", title="application__title"),
    ]


def _answers(firms: Collection[int], now: datetime) -> list[Rows]:
    """Parts offered, and upheld objections of which a review may be asked for, while there is
    time."""
    offered = parts().filter(application__firm__in=firms)
    upheld = Objection.objects.filter(
        status="upheld",
        review__isnull=True,
        application__firm__in=firms,
        application__status=Status.OBJECTION_HOLD,
    )
    place = {"page": "application", "title": "application__title"}
    return [
        shaped(
            "answer_offer",
            offered.exclude(answer_due__lt=now, answer_provisional=False),
            **place,
            amount="amount",
            due="answer_due",
            provisional="answer_provisional",
        ),
        shaped(
            "ask_review",
            upheld.exclude(review_until__lt=now, review_provisional=False),
            **place,
            number="number",
            due="review_until",
            provisional="review_provisional",
        ),
    ]


def to_claim() -> QuerySet[Instalment]:
    """The next instalment of each project, where it can be claimed now."""
    return _next_parts().exclude(_UNCHECKED)


def to_check() -> QuerySet[Instalment]:
    """The next instalments that wait for a passed mid-term check."""
    return _next_parts().filter(_UNCHECKED)


# By the call's rules from this instalment on a check is needed (0: none), and none was passed.
_UNCHECKED = Q(check_from__gt=0, sequence__gte=F("check_from"), checked=False)


def _next_parts() -> QuerySet[Instalment]:
    """The next instalment of each project under way, not claimed yet."""
    last = MidTermCheck.objects.filter(award=OuterRef("award")).order_by("-pk").values("pk")[:1]
    passed = MidTermCheck.objects.filter(award=OuterRef("award"), pk=Subquery(last), passed=True)
    rule = Cast(F("award__application__call__rules__midterm_before"), IntegerField())
    earlier = Instalment.objects.filter(
        award=OuterRef("award"), sequence__lt=OuterRef("sequence")
    ).exclude(status__in=SETTLED)
    return Instalment.objects.filter(
        ~Exists(earlier),
        status="planned",
        award__application__status__in=RUNNING - {Status.AWARDED},
    ).annotate(
        check_from=Coalesce(rule, 0),
        checked=Exists(passed),
    )


def _claims(theirs: Mapping[str, Any]) -> list[Rows]:
    """Instalments to claim, and those whose last claim the secretary returned, with the reason."""
    back = Claim.objects.filter(instalment=OuterRef("pk"), returned_at__isnull=False)
    rows = to_claim().filter(**theirs).annotate(open=F("amount") - F("cut"))
    why = Subquery(back.order_by("-pk").values("return_reason")[:1])
    place = {"page": "pk", "number": "sequence", "amount": "open"}
    return [
        shaped("claim", rows.filter(~Exists(back)), **place),
        shaped("claim_again", rows.filter(Exists(back)).annotate(why=why), **place, words="why"),
    ]


def _to_apply(firms: Collection[int]) -> QuerySet[Award]:
    """The firms' projects whose instalments are settled and whose acceptance nobody looks at."""
    open_parts = Instalment.objects.filter(award=OuterRef("pk")).exclude(status__in=SETTLED)
    looked_at = Acceptance.objects.filter(award=OuterRef("pk"), status__in=("applied", "graded"))
    return Award.objects.filter(
        ~Exists(open_parts),
        ~Exists(looked_at),
        application__firm__in=firms,
        application__status=Status.IN_PROGRESS,
    )
