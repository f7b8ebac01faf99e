"""汇总排名: closing the scoring and ranking by the frozen rules, from locked sheets only."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.figures import Figures
from applications.models import Application, Call, CallStatus
from applications.services.calls import advance_call
from applications.services.lifecycle import advance
from applications.workflow import Status
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from reviews import ranking as rank_rules
from reviews.models import (
    Assignment,
    AssignmentState,
    JointDecision,
    Mark,
    Panel,
    Ranking,
    RankingEntry,
)
from reviews.rules import require
from reviews.scoring import Score, combine, compute
from reviews.selectors.sheets import sheet_of
from reviews.services import access

STATES = {
    "ranked": "ranked",
    "below_floor": "below_floor",
    "vetoed": "vetoed",
    "not_scored": "too_few",
}


def progress(call: Call) -> list[dict[str, Any]]:
    """Per panel: how many sheets are signed of how many, without any mark. One query."""
    rows: dict[int, dict[str, Any]] = {}
    states = Assignment.objects.filter(panel__call=call, seat__state="accepted").values_list(
        "panel_id", "panel__number", "expert__pseudonym", "state"
    )
    for panel, number, expert, state in states:
        row = rows.setdefault(
            panel, {"panel": panel, "number": number, "experts": defaultdict(lambda: [0, 0])}
        )
        if state == AssignmentState.RECUSED:
            continue
        done = state in (AssignmentState.FINISHED, AssignmentState.LOCKED)
        row["experts"][expert][0] += done
        row["experts"][expert][1] += 1
    return sorted(rows.values(), key=lambda r: r["number"])


@transaction.atomic
def close_scoring(*, call: Call, by: User) -> Call:
    """Close the stage: every dossier has enough locked sheets, or the deadline has passed."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != CallStatus.IN_REVIEW:
        raise WrongState(_("Scoring is not open in this call."))
    unsigned = Assignment.objects.filter(
        panel__call=call, seat__state="accepted", state__in=("to_declare", "open", "finished")
    )
    overdue = call.scoring_due_at is not None and clock.now() >= call.scoring_due_at
    if unsigned.exists() and not overdue:
        raise WrongState(_("Some experts have not signed yet. Wait for them or for the deadline."))
    left = list(unsigned.values_list("pk", flat=True))
    access.close(left)
    Assignment.objects.filter(pk__in=left).update(state=AssignmentState.VOID)
    Panel.objects.filter(call=call).update(status="closed")
    for application in Application.objects.filter(call=call, status=Status.UNDER_REVIEW):
        advance(application=application, step="close_scoring", by=by)
    advance_call(call=call, to=CallStatus.SCORED, by=by)
    return call


def score_all(call: Call) -> dict[Application, tuple[Score, dict[str, Any], int]]:
    """application → (score, explanation leaf by leaf, net new jobs), from locked sheets. Few queries."""
    rules = call.rule_set
    marks: dict[int, dict[str, dict[str, Decimal | None]]] = defaultdict(lambda: defaultdict(dict))
    locked = Mark.objects.filter(
        assignment__panel__call=call, assignment__state=AssignmentState.LOCKED
    )
    for number, expert, leaf, value in locked.values_list(
        "assignment__application_id", "assignment__expert__pseudonym", "leaf", "score"
    ):
        marks[number][expert][leaf] = value
    found = {}
    for panel in Panel.objects.filter(call=call).select_related("call"):
        sheet = sheet_of(panel)
        members = Application.objects.filter(place__panel=panel).prefetch_related("submissions")
        for application in members.order_by("number"):
            submission = max(application.submissions.all(), key=lambda s: s.version)
            figures = Figures.from_content(submission.content["figures"])
            computed = compute(sheet, figures)
            score = combine(
                sheet, computed, marks[application.pk], rules.aggregation, rules.trim_from
            )
            details = _details(computed, score, marks[application.pk])
            found[application] = (score, details, int(figures.net_new_jobs or 0))
    return found


def _details(
    computed: dict[str, Any], score: Score, marks: dict[str, dict[str, Decimal | None]]
) -> dict[str, Any]:
    return {
        "formula": {
            code: {
                "score": str(c.score),
                "max": str(c.max),
                "working": c.working,
                "note": c.note or "",
            }
            for code, c in computed.items()
        },
        "vetoes": sorted(c.veto for c in computed.values() if c.veto),
        "experts": {
            e.expert: {
                "quality": str(e.quality),
                "employment": str(e.employment),
                "total": str(e.total),
                "share": str(e.share),
                "marks": {leaf: str(v) for leaf, v in sorted(marks[e.expert].items())},
            }
            for e in score.experts
        },
        "formula_quality": str(score.formula_quality),
        "formula_employment": str(score.formula_employment),
        "expert_quality": str(score.expert_quality),
        "expert_employment": str(score.expert_employment),
    }


def rank_call(call: Call) -> list[RankingEntry]:
    """The ranking recomputed from locked scores and recorded joint decisions; nothing is written."""
    rules = call.rule_set
    scored = score_all(call)
    entries = []
    for application, (score, details, jobs) in scored.items():
        enough = score.n >= rules.min_scores and score.total is not None
        entries.append(
            rank_rules.Entry(
                id=str(application.pk),
                total=score.total if enough else None,
                employment=score.employment,
                net_new_jobs=jobs,
                quality=score.quality,
                vetoes=tuple(details["vetoes"]),
            )
        )
    joint = [
        str(pk)
        for decision in JointDecision.objects.filter(
            call=call, confirmed_at__isnull=False
        ).order_by("confirmed_at")
        for pk in decision.order
    ]
    ranked = rank_rules.rank(
        entries, rank_rules.Rules(floor=rules.floor, tie_breaks=rules.ties), joint
    )
    by_pk = {str(a.pk): a for a in scored}
    return [_entry(r, by_pk[r.id], *scored[by_pk[r.id]]) for r in ranked]


def _entry(
    ranked: rank_rules.Ranked,
    application: Application,
    score: Score,
    details: dict[str, Any],
    jobs: int,
) -> RankingEntry:
    has_total = ranked.outcome != "not_scored" and score.total is not None
    return RankingEntry(
        application=application,
        rank=ranked.rank,
        state=STATES[ranked.outcome],
        total=score.total if has_total else None,
        quality=score.quality if has_total else None,
        employment=score.employment if has_total else None,
        net_new_jobs=jobs,
        requested=application.requested or Decimal(0),
        scores=score.n,
        tied=ranked.joint_decision,
        details=details
        | {"decided_by": ranked.decided_by, "tied_with": [int(i) for i in ranked.tied_with]},
    )


def digest_of(entries: list[RankingEntry]) -> str:
    """SM3 over the ranking's substance, in rank order, then by number."""
    ordered = sorted(
        entries, key=lambda e: (e.rank is None, e.rank or 0, e.application.number or "")
    )
    return sm3(
        canonical(
            [
                [
                    e.rank,
                    e.application.number,
                    e.state,
                    e.total,
                    e.quality,
                    e.employment,
                    e.requested,
                    e.details,
                ]
                for e in ordered
            ]
        )
    )


@transaction.atomic
def compute_ranking(*, call: Call, by: User) -> Ranking:
    """Rank a call whose scoring is closed; a new version if a joint decision changed it, else the same."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status not in (CallStatus.SCORED, CallStatus.RANKED):
        raise WrongState(_("Close the scoring first."))
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
    if call.status == CallStatus.SCORED:
        advance_call(call=call, to=CallStatus.RANKED, by=by)
    return ranking


@transaction.atomic
def propose_joint_decision(
    *, call: Call, order: list[int], minutes_no: str, reason: str, by: User
) -> JointDecision:
    """Record the joint meeting's order of dossiers that every rule leaves tied."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    ranking = call.rankings.order_by("-version").first()
    tied = (
        set(ranking.entries.filter(tied=True).values_list("application_id", flat=True))
        if ranking
        else set()
    )
    if not order or set(order) - tied or len(set(order)) != len(order):
        raise Invalid(_("Name the tied dossiers, each once, the better one first."), field="order")
    if not minutes_no.strip() or len(reason.strip()) < 10:
        raise Invalid(_("Enter the number of the minutes and the reason."), field="reason")
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
    return decision


@transaction.atomic
def confirm_joint_decision(*, decision: JointDecision, by: User) -> JointDecision:
    """A second person confirms; compute the ranking again afterwards."""
    require(by, Role.PROGRAMME_OFFICER, Role.APPROVER)
    locked = (
        JointDecision.objects.select_for_update(of=("self",))
        .select_related("call")
        .get(pk=decision.pk)
    )
    if locked.confirmed_at is not None:
        raise WrongState(_("This decision is already confirmed."))
    if locked.proposed_by_id == by.pk:
        raise NotPermitted(_("Whoever recorded the decision may not confirm it. Ask a colleague."))
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
