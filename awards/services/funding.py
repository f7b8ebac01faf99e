"""The funding list: the line drawn on the ranking by the call's frozen cut-off mode, and its decision.

Experts advise, the office decides (domain rule 15); a departure from the rank needs a reason and
a second person.
"""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application, Call, CallStatus
from applications.services.calls import advance_call
from applications.services.lifecycle import advance
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from awards import funding as line_rules
from awards.models import Deviation, FundingItem, FundingList, Outcome
from awards.rules import require
from notifications.services import notify
from reviews.models import Ranking, RankingEntry

STEP_BY_OUTCOME = {
    Outcome.FUNDED: "propose",
    Outcome.PARTIAL: "propose",
    Outcome.RESERVE: "put_in_reserve",
    Outcome.NOT_FUNDED: "decline",
}
OUTCOME_BY_RULE = {
    "funded": Outcome.FUNDED,
    "partial": Outcome.PARTIAL,
    "reserve": Outcome.RESERVE,
    "below_floor": Outcome.NOT_FUNDED,
}


def _lock_draft(funding_list: FundingList) -> FundingList:
    locked = (
        FundingList.objects.select_for_update()
        .select_related("call", "ranking")
        .get(pk=funding_list.pk)
    )
    if locked.status not in ("draft", "sent_back"):
        raise WrongState(_("The list has been submitted; it can no longer be changed."))
    return locked


def compute_line(
    ranking: Ranking, envelope: Decimal, mode: str, deviations: list[Deviation]
) -> line_rules.FundingLine:
    """The funding line of a ranking under confirmed deviations. Raises Invalid when it cannot be drawn."""
    entries = list(ranking.entries.all())
    ranked = [e for e in entries if e.state in ("ranked", "below_floor") and e.total is not None]
    ranked.sort(key=lambda e: (-(e.total or Decimal(0)), e.rank or 0, e.application_id))
    ranked.sort(key=lambda e: (e.rank is None, e.rank or 0))
    candidates = [
        line_rules.Candidate(
            id=str(e.application_id),
            rank=e.rank,
            total=e.total or Decimal(0),
            requested=e.requested,
        )
        for e in ranked
    ]
    try:
        return line_rules.draw_line(
            candidates,
            envelope,
            mode,  # type: ignore[arg-type]  # validated by CallRules
            Decimal(str(ranking.rules["floor"])),
            [
                line_rules.Deviation(id=str(d.application_id), kind=d.kind, reason=d.reason)  # type: ignore[arg-type]  # model choices
                for d in deviations
            ],
        )
    except line_rules.FundingError as error:
        raise Invalid(_("The list cannot be drawn this way: %(why)s.") % {"why": error}) from error


def _write_items(funding_list: FundingList) -> None:
    deviations = list(
        funding_list.deviations.filter(confirmed_at__isnull=False, refused_at__isnull=True)
    )
    line = compute_line(funding_list.ranking, funding_list.envelope, funding_list.mode, deviations)
    placed = {item.id: item for item in line.items}
    rows = [
        FundingItem(
            funding_list=funding_list,
            application_id=int(item.id),
            position=position,
            rank=item.rank,
            outcome=OUTCOME_BY_RULE[item.outcome],
            amount=item.awarded,
            cumulative=item.cumulative,
            note=item.reason,
        )
        for position, item in enumerate(line.items, start=1)
    ]
    left_out: list[RankingEntry] = [
        e for e in funding_list.ranking.entries.all() if str(e.application_id) not in placed
    ]
    rows += [
        FundingItem(
            funding_list=funding_list,
            application_id=e.application_id,
            position=len(line.items) + position,
            rank=None,
            outcome=Outcome.NOT_FUNDED,
            amount=Decimal(0),
            cumulative=line.committed,
            note=e.state,
        )
        for position, e in enumerate(left_out, start=1)
    ]
    funding_list.items.all().delete()
    FundingItem.objects.bulk_create(rows)


@transaction.atomic
def draw_funding_list(*, call: Call, by: User) -> FundingList:
    """Draw the funding line on the call's latest ranking. Returns the draft list with its items."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    ranking = call.rankings.order_by("-version").first()
    if call.status != CallStatus.RANKED or ranking is None:
        raise WrongState(_("Close the scoring and compute the ranking first."))
    if ranking.entries.filter(tied=True).exists():
        raise WrongState(
            _("Dossiers share a rank that no rule decides. Record the joint decision first.")
        )
    if call.funding_lists.exclude(status="sent_back").exists():
        raise WrongState(_("A list of this call is already on its way."))
    last = call.funding_lists.order_by("-version").first()
    funding_list = FundingList.objects.create(
        call=call,
        ranking=ranking,
        version=(last.version if last else 0) + 1,
        mode=call.rule_set.cut_off,
        envelope=call.envelope,
        drawn_by=by,
        drawn_at=clock.now(),
    )
    _write_items(funding_list)
    record(
        action="funding.draw",
        obj=funding_list,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        target="draft",
        after={
            "mode": funding_list.mode,
            "envelope": funding_list.envelope,
            "ranking": ranking.version,
        },
        scope=call.number,
    )
    return funding_list


@transaction.atomic
def propose_deviation(
    *, funding_list: FundingList, application: Application, kind: str, reason: str, by: User
) -> Deviation:
    """Ask to hold one dossier back or lift it above the line; counts once a second officer confirms."""
    require(by, Role.PROGRAMME_OFFICER)
    locked = _lock_draft(funding_list)
    if len(reason.strip()) < 10:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    if kind not in ("hold_back", "lift"):
        raise Invalid(_("Choose whether to hold the dossier back or to lift it."), field="kind")
    if not locked.items.filter(application=application).exists():
        raise Invalid(_("This dossier is not on the list."), field="application")
    if locked.deviations.filter(application=application, refused_at__isnull=True).exists():
        raise WrongState(_("A deviation for this dossier is already recorded."))
    deviation = Deviation.objects.create(
        funding_list=locked,
        application=application,
        kind=kind,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    record(
        action="funding.deviation_propose",
        obj=application,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        reason=deviation.reason,
        after={"kind": kind, "list": locked.pk},
        scope=locked.call.number,
    )
    return deviation


def _settle_deviation(deviation: Deviation, *, confirm: bool, by: User) -> Deviation:
    require(by, Role.PROGRAMME_OFFICER, Role.APPROVER)
    locked = _lock_draft(deviation.funding_list)
    deviation = Deviation.objects.select_for_update().get(pk=deviation.pk)
    if deviation.confirmed_at or deviation.refused_at:
        raise WrongState(_("This deviation has already been settled."))
    if deviation.proposed_by_id == by.pk:
        raise NotPermitted(_("Whoever proposed the deviation may not settle it. Ask a colleague."))
    if confirm:
        deviation.confirmed_by, deviation.confirmed_at = by, clock.now()
    else:
        deviation.refused_at = clock.now()
    deviation.save(update_fields=["confirmed_by", "confirmed_at", "refused_at"])
    _write_items(locked)
    record(
        action="funding.deviation_confirm" if confirm else "funding.deviation_refuse",
        obj=deviation.application,
        by=by,
        reason=deviation.reason,
        after={"kind": deviation.kind, "list": locked.pk},
        scope=locked.call.number,
    )
    return deviation


@transaction.atomic
def confirm_deviation(*, deviation: Deviation, by: User) -> Deviation:
    """A second person agrees; the line is drawn anew. Refused if the line cannot be drawn so."""
    return _settle_deviation(deviation, confirm=True, by=by)


@transaction.atomic
def refuse_deviation(*, deviation: Deviation, by: User) -> Deviation:
    """A second person disagrees; the list stays as the rules draw it."""
    return _settle_deviation(deviation, confirm=False, by=by)


@transaction.atomic
def submit_list(*, funding_list: FundingList, by: User) -> FundingList:
    """Submit the list for decision (送审定). Every deviation must be settled first."""
    require(by, Role.PROGRAMME_OFFICER)
    locked = _lock_draft(funding_list)
    if locked.deviations.filter(confirmed_at__isnull=True, refused_at__isnull=True).exists():
        raise WrongState(_("A deviation still waits for a second person. Settle it first."))
    if locked.call.rankings.filter(version__gt=locked.ranking.version).exists():
        raise WrongState(_("The ranking has changed since this list was drawn. Draw it again."))
    locked.status, locked.submitted_at = "submitted", clock.now()
    locked.save(update_fields=["status", "submitted_at"])
    record(
        action="funding.submit",
        obj=locked,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        source="draft",
        target="submitted",
        scope=locked.call.number,
    )
    notify(
        kind="funding.submitted",
        recipients=users_with_role(Role.APPROVER),
        key=f"funding.submitted:{locked.pk}:{locked.submitted_at.isoformat()}",
        context={"call": locked.call.number},
        url=f"/funding/{locked.call.number}/",
        about=locked,
    )
    return locked


def _lock_submitted(funding_list: FundingList, by: User) -> FundingList:
    require(by, Role.APPROVER)
    Call.objects.select_for_update().get(pk=funding_list.call_id)
    locked = (
        FundingList.objects.select_for_update()
        .select_related("call", "ranking")
        .get(pk=funding_list.pk)
    )
    if locked.status != "submitted":
        raise WrongState(_("The list does not wait for a decision."))
    if locked.drawn_by_id == by.pk:
        raise NotPermitted(_("Whoever drew the list may not decide on it."))
    return locked


@transaction.atomic
def approve_list(*, funding_list: FundingList, minutes_no: str, note: str, by: User) -> FundingList:
    """审定: the approver decides; every dossier takes its place (proposed, reserve, not funded)."""
    locked = _lock_submitted(funding_list, by)
    if not minutes_no.strip():
        raise Invalid(_("Enter the number of the meeting's minutes."), field="minutes_no")
    locked.status, locked.decided_by, locked.decided_at = "approved", by, clock.now()
    locked.minutes_no, locked.decision_note = minutes_no.strip(), note.strip()
    locked.save(update_fields=["status", "decided_by", "decided_at", "minutes_no", "decision_note"])
    record(
        action="funding.approve",
        obj=locked,
        by=by,
        role=Role.APPROVER,
        source="submitted",
        target="approved",
        reason=locked.decision_note,
        after={"minutes_no": locked.minutes_no},
        scope=locked.call.number,
    )
    for item in locked.items.select_related("application").order_by("position"):
        advance(application=item.application, step=STEP_BY_OUTCOME[Outcome(item.outcome)], by=by)
    advance_call(call=locked.call, to=CallStatus.DECIDED, by=by)
    notify(
        kind="funding.approved",
        recipients=users_with_role(Role.PROGRAMME_OFFICER),
        key=f"funding.approved:{locked.pk}",
        context={"call": locked.call.number},
        url=f"/funding/{locked.call.number}/",
        about=locked,
    )
    return locked


@transaction.atomic
def send_back_list(*, funding_list: FundingList, note: str, by: User) -> FundingList:
    """The approver sends the list back with a reason; the officer may draw a new version."""
    locked = _lock_submitted(funding_list, by)
    if len(note.strip()) < 5:
        raise Invalid(_("Say why the list goes back."), field="note")
    locked.status, locked.decided_by, locked.decided_at = "sent_back", by, clock.now()
    locked.decision_note = note.strip()
    locked.save(update_fields=["status", "decided_by", "decided_at", "decision_note"])
    record(
        action="funding.send_back",
        obj=locked,
        by=by,
        role=Role.APPROVER,
        source="submitted",
        target="sent_back",
        reason=locked.decision_note,
        scope=locked.call.number,
    )
    notify(
        kind="funding.sent_back",
        recipients=[locked.drawn_by],
        key=f"funding.sent_back:{locked.pk}:{locked.decided_at.isoformat()}",
        context={"call": locked.call.number, "note": locked.decision_note},
        url=f"/funding/{locked.call.number}/",
        about=locked,
    )
    return locked


def promote_next(*, call: Call, by: User) -> Application | None:
    """依次递补: the first on the reserve list whose request fits what is left moves up, in the caller's transaction."""
    funding_list = FundingList.objects.select_for_update().get(call=call, status="approved")
    items = list(funding_list.items.select_related("application").order_by("position"))
    alive = {
        Status.PROPOSED,
        Status.ON_NOTICE,
        Status.OBJECTION_HOLD,
        Status.AWARDED,
        Status.AGREED,
        Status.IN_PROGRESS,
        Status.COMPLETED,
    }
    taken = sum((i.amount for i in items if i.application.status in alive), Decimal(0))
    for item in items:
        if item.outcome != Outcome.RESERVE or item.application.status != Status.RESERVE:
            continue
        if item.note == "held_back":
            continue  # set aside by two people with a reason: it does not move up by itself
        asked = item.application.requested or Decimal(0)
        if asked > funding_list.envelope - taken:
            if funding_list.mode != "skip":
                return None
            continue
        item.outcome, item.amount, item.promoted_at = Outcome.FUNDED, asked, clock.now()
        item.save(update_fields=["outcome", "amount", "promoted_at"])
        return advance(
            application=item.application,
            step="propose",
            by=by,
            reason="promoted from the reserve list",
        )
    return None
