"""汇总排名: closing the scoring and ranking by the frozen rules, from locked sheets only."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application, Call, CallStatus
from applications.services.call_steps import advance_call
from applications.services.lifecycle import Move, advance_all
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from notifications.services import notify
from reviews.models import (
    Assignment,
    AssignmentState,
    JointDecision,
    Panel,
    Ranking,
    RankingEntry,
)
from reviews.rules import require, require_apart
from reviews.selectors.recomputed import digest_of, rank_call
from reviews.services import access
from reviews.services.analyses import request_analysis
from reviews.services.quorum import require_scores

SHORTEST_REASON = 10


@transaction.atomic
def close_scoring(*, call: Call, by: User) -> Call:
    """Close the stage: every expert has signed, or the deadline has passed. For ever.

    What is not signed is void. A dossier left with fewer sheets than the rules ask for could not be
    ranked: the stage stays open until two people have said that it goes on (`quorum`).
    """
    require(by, Role.PROGRAMME_OFFICER)
    require_apart(by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != CallStatus.IN_REVIEW:
        raise WrongState(_("Scoring is not open in this call."))
    unsigned = Assignment.objects.select_for_update(of=("self",)).filter(
        panel__call=call, state__in=("to_declare", "open", "finished")
    )
    left = list(unsigned.values_list("pk", flat=True))
    overdue = call.scoring_due_at is not None and clock.now() >= call.scoring_due_at
    if left and not overdue:
        raise WrongState(_("Some experts have not signed yet. Wait for them or for the deadline."))
    short = [a.number or "" for a in require_scores(call)]
    access.close(left)
    Assignment.objects.filter(pk__in=left).update(state=AssignmentState.VOID)
    Panel.objects.filter(call=call).update(status="closed")
    scored = Application.objects.filter(call=call, status=Status.UNDER_REVIEW).order_by("pk")
    advance_all([Move(application=a, step="close_scoring") for a in scored], by=by)
    record(
        action="scoring.close",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"unsigned": len(left), "too_few": short},
        scope=call.number,
    )
    advance_call(call=call, to=CallStatus.SCORED, by=by)
    call.refresh_from_db()
    return call


@transaction.atomic
def compute_ranking(*, call: Call, by: User) -> Ranking:
    """Rank a call whose scoring is closed; a new version if a joint decision changed it, else the
    same. Refused while a conflict found after the close has left a dossier with too few scores and
    nobody has agreed that it goes on (`quorum`).
    """
    require(by, Role.PROGRAMME_OFFICER)
    require_apart(by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status not in (CallStatus.SCORED, CallStatus.RANKED):
        raise WrongState(_("Close the scoring first."))
    if call.status == CallStatus.SCORED:
        require_scores(call)
    entries = rank_call(call)
    digest = digest_of(entries)
    last = call.rankings.order_by("-version").first()
    if last is not None and last.digest == digest:
        return last
    ranking = Ranking.objects.create(
        call=call,
        version=(last.version if last else 0) + 1,
        rules=call.rule_set.to_data(),
        digest=digest,
        computed_by=by,
        computed_at=clock.now(),
    )
    for entry in entries:
        entry.ranking = ranking
    RankingEntry.objects.bulk_create(entries)
    record(
        action="ranking.compute",
        obj=ranking,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        target="ranked",
        after={"digest": digest, "entries": len(entries)},
        scope=call.number,
    )
    request_analysis(ranking)
    if call.status == CallStatus.SCORED:
        advance_call(call=call, to=CallStatus.RANKED, by=by)
    return ranking


def latest(call: Call) -> Ranking | None:
    """The ranking that stands."""
    return call.rankings.order_by("-version").first()


@transaction.atomic
def propose_joint_decision(
    *, call: Call, order: list[int], minutes_no: str, reason: str, by: User
) -> JointDecision:
    """Record the joint meeting's order of dossiers that every rule leaves tied; whole groups
    only.
    """
    require(by, Role.PROGRAMME_OFFICER)
    require_apart(by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != CallStatus.RANKED:
        raise WrongState(_("The ranking is not open to a decision on ties."))
    _require_whole_groups(call, order)
    if call.joint_decisions.filter(confirmed_at__isnull=True, order__contains=order).exists():
        raise WrongState(_("A decision on these dossiers already waits for a second person."))
    if not minutes_no.strip():
        raise Invalid(_("Enter the number of the minutes."), field="minutes_no")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    decision = JointDecision.objects.create(
        call=call,
        order=order,
        minutes_no=minutes_no.strip(),
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    record(
        action="tie.propose",
        obj=decision,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        reason=decision.reason,
        after={"order": order, "minutes_no": decision.minutes_no},
        scope=call.number,
    )
    notify(
        kind="tie.proposed",
        recipients=users_with_role(Role.APPROVER),
        key=f"tie.proposed:{decision.pk}",
        context={"call": call, "minutes": decision.minutes_no},
        url=f"/ranking/{call.number}/",
        about=call,
    )
    return decision


def _require_whole_groups(call: Call, order: list[int]) -> None:
    """The order names dossiers that share a rank, each once, and leaves none of a group out."""
    ranking = latest(call)
    tied = list(ranking.entries.filter(tied=True)) if ranking else []
    groups: dict[int | None, set[int]] = {}
    for entry in tied:
        groups.setdefault(entry.rank, set()).add(entry.application_id)
    touched = [group for group in groups.values() if group & set(order)]
    if not order or len(set(order)) != len(order) or set().union(*touched) != set(order):
        raise Invalid(_("Name the tied dossiers, each once, the better one first."), field="order")


@transaction.atomic
def confirm_joint_decision(*, decision: JointDecision, by: User) -> JointDecision:
    """A second person confirms; compute the ranking again afterwards."""
    require(by, Role.PROGRAMME_OFFICER, Role.APPROVER)
    require_apart(by, decision.call)
    locked = (
        JointDecision.objects.select_for_update(of=("self",))
        .select_related("call")
        .get(pk=decision.pk)
    )
    if locked.confirmed_at is not None:
        raise WrongState(_("This decision is already confirmed."))
    if locked.proposed_by_id == by.pk:
        raise NotPermitted(_("Whoever recorded the decision may not confirm it. Ask a colleague."))
    if locked.call.status != CallStatus.RANKED:
        raise WrongState(_("The ranking is not open to a decision on ties."))
    locked.confirmed_by, locked.confirmed_at = by, clock.now()
    locked.save(update_fields=["confirmed_by", "confirmed_at"])
    record(
        action="tie.confirm",
        obj=locked,
        by=by,
        reason=locked.reason,
        after={"order": locked.order},
        scope=locked.call.number,
    )
    return locked
