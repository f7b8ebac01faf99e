"""What the funding list and the awards say of a call's dossiers, for those who read the ranking."""

from collections.abc import Iterator

from django.urls import reverse

from applications.call_rules import CallRules
from applications.models import Call
from applications.workflow import Status
from audit.refusals import Invalid
from awards.models import Award, FundingItem, FundingList
from awards.models import Outcome as Word
from awards.services.line import OUTCOME_BY_RULE, compute_line
from reviews.models import Ranking
from reviews.outcomes import Onward, Outcome

# Who got a sum on the list and lost it before the award: taken off, or a part declined.
LEFT = {(word, Status.DISQUALIFIED) for word in Word} | {(Word.PARTIAL, Status.NOT_FUNDED)}


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
        .values_list("application_id", "outcome", "note", "application__status")
    )
    return {
        application: Outcome(
            awarded.get(application),
            status if (outcome, status) in LEFT else outcome,
            note if outcome == Word.PASSED_OVER else "",
        )
        for application, outcome, note, status in items
    }


def passed_over(ranking: Ranking) -> dict[int, str]:
    """{application: quota} by the list drawn on the ranking, else by the line as its rules draw it.

    Nothing is asked where the call has no quotas; else two queries at most.
    """
    if not CallRules.from_data(ranking.rules).has_quotas:
        return {}
    listed = ranking.funding_lists.order_by("-version").first()
    if listed is not None:
        passed = listed.items.filter(outcome=Word.PASSED_OVER)
        return dict(passed.values_list("application_id", "note"))
    call = ranking.call
    try:
        line = compute_line(ranking, call.envelope, call.rule_set.cut_off, [])
    except Invalid:
        return {}
    return {int(i.id): i.reason for i in line.items if i.outcome == "passed_over"}


def list_differences(ranking: Ranking) -> Iterator[str]:
    """A line for each dossier whose outcome on the newest list of a ranking is not what its frozen
    rules, its quotas and its confirmed deviations give. Who moved up since is left out.
    """
    listed = ranking.funding_lists.exclude(status="sent_back").order_by("-version").first()
    if listed is None:
        return
    drawn = _drawn(listed)
    for item in listed.items.select_related("application").order_by("position"):
        stored = (item.outcome, item.amount)
        now = drawn.get(item.application_id, (Word.NOT_FUNDED, 0))
        if item.promoted_at is None and stored != now:
            yield (
                f"{item.application.number}: on the funding list {stored[0]} with {stored[1]}; "
                f"by the rules {now[0]} with {now[1]}"
            )


def _drawn(listed: FundingList) -> dict[int, tuple[str, object]]:
    """Application → outcome and sum by the rules, for whoever the line may reach."""
    agreed = listed.deviations.filter(confirmed_at__isnull=False)
    line = compute_line(listed.ranking, listed.envelope, listed.mode, agreed)
    return {int(i.id): (OUTCOME_BY_RULE[i.outcome], i.awarded) for i in line.items}


def way_on(call: Call) -> Onward | None:
    """The page of the call's funding line."""
    return Onward(reverse("awards:funding", args=[call.number]))
