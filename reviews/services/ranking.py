"""汇总排名: closing the scoring and ranking by the frozen rules, from locked sheets only."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application, Call, CallStatus
from applications.services.call_steps import advance_call_held
from applications.services.lifecycle import Move, advance_held, lock_all, tell_firms
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import Entry, record, record_all
from notifications.services import notify
from reviews.models import (
    Assignment,
    AssignmentState,
    JointDecision,
    Panel,
    Ranking,
    ShortlistEntry,
)
from reviews.rules import other_parts, refuse_other_parts, require
from reviews.selectors.rankings import last_version, latest
from reviews.selectors.recomputed import digest_of, grounds_of, rank_call
from reviews.services import access
from reviews.services.analyses import request_analysis
from reviews.services.entries import write_entries
from reviews.services.quorum import require_scores

SHORTEST_REASON = 10


def _held(call: Call, by: User) -> Call:
    """The call, locked, for who plays no other part in it."""
    mine = Call.objects.select_for_update(of=("self",)).annotate(**other_parts(by))
    row = mine.get(pk=call.pk)
    refuse_other_parts(row)
    return row


@transaction.atomic
def close_scoring(*, call: Call, by: User) -> Call:
    """Close the paper review: every expert has signed, or the deadline has passed. For ever. Where
    the rules have a hearing, its shortlist comes next; else the ranking.

    What is not signed is void. A dossier left with fewer sheets than the rules ask for could not be
    ranked: the stage stays open until two people have said that it goes on (`quorum`).
    """
    require(by, Role.PROGRAMME_OFFICER)
    call = _held(call, by)
    if call.status != CallStatus.IN_REVIEW:
        raise WrongState(_("Scoring is not open in this call."))
    left, short = _end_marking(call, hearing=False)
    Panel.objects.filter(call=call).update(status="closed")
    closed = Entry(
        action="scoring.close",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"unsigned": left, "too_few": short},
        scope=call.number,
    )
    reached = CallStatus.HEARING if call.rule_set.has_hearing else CallStatus.SCORED
    # What was due on paper is no deadline of the hearing; its shortlist sets one.
    due = {"scoring_due_at": None} if reached == CallStatus.HEARING else {}
    called = advance_call_held(call, to=reached, by=by, **due)
    scored = Application.objects.filter(call=call, status=Status.UNDER_REVIEW).order_by("pk")
    rows = lock_all(scored.values_list("pk", flat=True))
    moves = [Move(application=row, step="close_scoring") for row in rows]
    tell_firms(advance_held(moves, by=by, others=[closed, called]))
    return call


def _end_marking(call: Call, *, hearing: bool) -> tuple[int, list[str]]:
    """Void what is not signed in the stage at hand; how many sheets, and which dossiers go on with
    too few. Refused before the deadline while somebody may still sign.
    """
    unsigned = Assignment.objects.select_for_update(of=("self",)).filter(
        panel__call=call, state__in=("to_declare", "open", "finished")
    )
    left = list(unsigned.values_list("pk", flat=True))
    if left and (call.scoring_due_at is None or clock.now() < call.scoring_due_at):
        raise WrongState(_("Some experts have not signed yet. Wait for them or for the deadline."))
    short = [a.number or "" for a in require_scores(call, hearing=hearing)]
    access.close(left)
    Assignment.objects.filter(pk__in=left).update(state=AssignmentState.VOID)
    return len(left), short


@transaction.atomic
def close_hearing(*, call: Call, by: User) -> Call:
    """Close the hearing: minutes of each dossier are kept, and every expert has signed or the
    deadline has passed. For ever; otherwise as `close_scoring`.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call = _held(call, by)
    if call.status != CallStatus.HEARING:
        raise WrongState(_("The hearing stage is not open in this call."))
    standing = ShortlistEntry.objects.filter(shortlist__call=call, place__isnull=False)
    stands = dict(standing.values_list("application_id", "minutes"))
    if not stands:
        raise WrongState(_("Draw up the shortlist first."))
    if missing := sum(minutes is None for minutes in stands.values()):
        raise WrongState(
            ngettext_lazy(
                "The minutes of %(count)s hearing are missing.",
                "The minutes of %(count)s hearings are missing.",
                missing,
            )
            % {"count": missing}
        )
    left, short = _end_marking(call, hearing=True)
    closed = Entry(
        action="hearing.close",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"unsigned": left, "too_few": short},
        scope=call.number,
    )
    called = advance_call_held(call, to=CallStatus.SCORED, by=by)
    moves = [Move(application=row, step="close_hearing") for row in lock_all(sorted(stands))]
    advance_held(moves, by=by, others=[closed, called])
    return call


@transaction.atomic
def compute_ranking(*, call: Call, by: User) -> Ranking:
    """Rank a call whose scoring is closed; a new version if a joint decision or a site check
    changed it, else the same. Refused while a conflict found after the close has left a dossier
    with too few scores and nobody has agreed that it goes on (`quorum`).
    """
    require(by, Role.PROGRAMME_OFFICER)
    return _rank(_held(call, by), by)


def _rank(call: Call, by: User, *before: Entry) -> Ranking:
    """The same with a call that is held; `before` is recorded with it."""
    if call.status not in (CallStatus.SCORED, CallStatus.RANKED):
        raise WrongState(_("Close the scoring first."))
    has_hearing = call.rule_set.has_hearing
    if call.status == CallStatus.SCORED:
        require_scores(call, hearing=has_hearing)
    entries = rank_call(call)
    grounds = grounds_of(entries)
    digest = digest_of(entries, grounds)
    last, version, now = last_version(call, digest)
    if last is not None:
        record_all(before)
        return last
    ranking = Ranking.objects.create(
        call=call,
        version=version + 1,
        rules=call.rule_set.to_data(),
        digest=digest,
        computed_by=by,
        computed_at=now,
    )
    ranking.is_new = True
    write_entries(ranking, entries, grounds)
    computed = Entry(
        action="ranking.compute",
        obj=ranking,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        target="ranked",
        after={"digest": digest, "entries": len(entries)},
        scope=call.number,
    )
    is_first = call.status == CallStatus.SCORED
    called = [advance_call_held(call, to=CallStatus.RANKED, by=by)] if is_first else []
    record_all([*before, computed, *called])
    request_analysis(ranking)
    return ranking


@transaction.atomic
def propose_joint_decision(
    *, call: Call, order: list[int], minutes_no: str, reason: str, by: User
) -> JointDecision:
    """Record the joint meeting's order of dossiers that every rule leaves tied; whole groups
    only.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call = _held(call, by)
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
    _held(decision.call, by)
    locked, confirmed = _confirm(decision, by)
    record_all([confirmed])
    return locked


@transaction.atomic
def confirm_and_rank(*, decision: JointDecision, by: User) -> Ranking:
    """An officer confirms as the second person, and ranks anew at once."""
    require(by, Role.PROGRAMME_OFFICER)
    call = _held(decision.call, by)
    _locked, confirmed = _confirm(decision, by)
    return _rank(call, by, confirmed)


def _confirm(decision: JointDecision, by: User) -> tuple[JointDecision, Entry]:
    """Of a call that is held; what is to be recorded."""
    locked = (
        JointDecision.objects.select_for_update(of=("self",))
        .select_related("call")
        .annotate(now=clock.NOW)
        .get(pk=decision.pk)
    )
    if locked.confirmed_at is not None:
        raise WrongState(_("This decision is already confirmed."))
    if locked.proposed_by_id == by.pk:
        raise NotPermitted(_("Whoever recorded the decision may not confirm it. Ask a colleague."))
    if locked.call.status != CallStatus.RANKED:
        raise WrongState(_("The ranking is not open to a decision on ties."))
    locked.confirmed_by, locked.confirmed_at = by, locked.now
    locked.save(update_fields=["confirmed_by", "confirmed_at"])
    confirmed = Entry(
        action="tie.confirm",
        obj=locked,
        by=by,
        reason=locked.reason,
        after={"order": locked.order},
        scope=locked.call.number,
    )
    return locked, confirmed
