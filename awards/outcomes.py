"""What the approved list and the awards say of a call's dossiers, for exports of the ranking."""

from django.urls import reverse

from applications.models import Call
from applications.workflow import Status
from awards.models import Award, FundingItem
from reviews.outcomes import Onward, Outcome


def outcomes_of(call: Call) -> dict[int, Outcome]:
    """{application: Outcome} once a list is approved; two queries. Sums of standing awards only."""
    awarded = dict(
        Award.objects.filter(application__call=call, revoked_at__isnull=True).values_list(
            "application_id", "amount"
        )
    )
    items = (
        FundingItem.objects.filter(funding_list__call=call, funding_list__status="approved")
        .order_by("funding_list__version")
        .values_list("application_id", "outcome", "application__status")
    )
    return {
        application: Outcome(
            awarded.get(application), status if status == Status.DISQUALIFIED else outcome
        )
        for application, outcome, status in items
    }


def way_on(call: Call) -> Onward | None:
    """The page of the call's funding line."""
    return Onward(reverse("awards:funding", args=[call.number]))
