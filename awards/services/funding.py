"""The funding list: the line drawn on the ranking by the call's frozen mode, and its decision.

Experts advise, the office decides (审定); the list is drawn by one person and decided by another.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Call, CallStatus
from applications.services.call_steps import advance_call_held
from applications.services.lifecycle import AT_HAND, Move, advance_held, tell_firms
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import Entry, record_all
from awards.facts import list_facts
from awards.models import FundingItem, FundingList, Minutes, Outcome
from awards.rules import require
from awards.services.line import write_items
from awards.services.offers import offer_parts
from awards.services.reservations import reserve_items, with_year
from calendars.wording import day_of
from notifications.services import Dispatch, notify
from reviews.models import Ranking
from reviews.rules import other_parts, refuse_other_parts, require_apart
from reviews.services.site_checks import require_settled

OUTDATED = _("The ranking has changed since this list was drawn. Draw it again.")
STEP_BY_OUTCOME = {
    Outcome.FUNDED: "propose",
    Outcome.PARTIAL: "propose",
    Outcome.RESERVE: "put_in_reserve",
    Outcome.PASSED_OVER: "put_in_reserve",
    Outcome.NOT_FUNDED: "decline",
}


def lock_draft(funding_list: FundingList) -> FundingList:
    """The list's row, held until the transaction ends. Raises WrongState unless it is a draft."""
    locked = (
        FundingList.objects.select_for_update(of=("self",))
        .select_related("call", "ranking")
        .get(pk=funding_list.pk)
    )
    if locked.status == "sent_back":
        raise WrongState(_("This version was sent back. Draw a new version of the list."))
    if locked.status != "draft":
        raise WrongState(_("The list has been submitted; it can no longer be changed."))
    return locked


@transaction.atomic
def draw_funding_list(*, call: Call, by: User) -> FundingList:
    """Draw the funding line on the call's latest ranking. Returns the draft list with its items."""
    require(by, Role.PROGRAMME_OFFICER)
    require_apart(by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    ranking = call.rankings.order_by("-version").first()
    if call.status != CallStatus.RANKED or ranking is None:
        raise WrongState(_("Close the scoring and compute the ranking first."))
    require_settled(call)
    if ranking.entries.filter(tied=True).exists():
        raise WrongState(
            _("Dossiers share a rank that no rule decides. Record the joint decision first.")
        )
    last = call.funding_lists.order_by("-version").first()
    if last is not None and last.status != "sent_back" and last.ranking_id == ranking.pk:
        raise WrongState(_("A list of this call is already on its way."))
    if last is not None and last.status in ("submitted", "approved"):
        raise WrongState(_("A list of this call is already on its way."))
    drawn = FundingList.objects.create(
        call=call,
        ranking=ranking,
        version=(last.version if last else 0) + 1,
        mode=call.rule_set.cut_off,
        envelope=call.envelope,
        drawn_by=by,
        drawn_at=clock.now(),
    )
    write_items(drawn)
    after: dict[str, object] = {"ranking": ranking.version}
    record_all([_entry("draw", drawn, by, Role.PROGRAMME_OFFICER, after=after)])
    return drawn


def _entry(
    step: str,
    funding_list: FundingList,
    by: User,
    role: str,
    *,
    source: str = "",
    reason: str = "",
    after: dict[str, object] | None = None,
) -> Entry:
    return Entry(
        action=f"funding.{step}",
        obj=funding_list,
        by=by,
        role=role,
        source=source,
        target=funding_list.status,
        reason=reason,
        after=after or {},
        scope=funding_list.call.number,
    )


@transaction.atomic
def submit_list(*, funding_list: FundingList, by: User) -> FundingList:
    """Submit the list for decision (送审定). Every deviation must be settled first."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=funding_list.call_id)
    locked = lock_draft(funding_list)
    require_settled(call)
    if locked.deviations.filter(confirmed_at__isnull=True, refused_at__isnull=True).exists():
        raise WrongState(_("A deviation still waits for a second person. Settle it first."))
    _require_standing(locked)
    if locked.call.funding_lists.filter(version__gt=locked.version).exists():
        raise WrongState(_("A newer version of this list was drawn. Submit that one."))
    locked.status, locked.submitted_at = "submitted", clock.now()
    locked.save(update_fields=["status", "submitted_at"])
    facts = list_facts(locked)
    entry = _entry("submit", locked, by, Role.PROGRAMME_OFFICER, source="draft", after=facts)
    record_all([entry])
    notify(
        kind="funding.submitted",
        recipients=users_with_role(Role.APPROVER),
        key=f"funding.submitted:{locked.pk}",
        context={"call": locked.call},
        url=f"/funding/{locked.call.number}/",
        about=locked,
    )
    return locked


def _require_standing(funding_list: FundingList) -> None:
    """A list is submitted and decided on the ranking that stands, the call's row being held."""
    newer = Ranking.objects.filter(
        call=funding_list.call_id, version__gt=funding_list.ranking.version
    )
    if newer.exists():
        raise WrongState(OUTDATED)


def _lock_submitted(funding_list: FundingList, by: User) -> tuple[FundingList, datetime, bool]:
    """The list, held, the instant, and whether the call has a newer ranking: nobody ranks it
    meanwhile.
    """
    require(by, Role.APPROVER)
    Call.objects.select_for_update().get(pk=funding_list.call_id)
    newer = Ranking.objects.filter(call=OuterRef("call"), version__gt=OuterRef("ranking__version"))
    locked = (
        with_year(FundingList.objects.select_for_update(of=("self",)))
        .select_related("call", "ranking", "drawn_by")
        .annotate(outdated=Exists(newer), now=clock.NOW, **other_parts(by, "call"))
        .get(pk=funding_list.pk)
    )
    refuse_other_parts(locked)
    if locked.status != "submitted":
        raise WrongState(_("The list does not wait for a decision."))
    if locked.drawn_by_id == by.pk:
        raise NotPermitted(_("Whoever drew the list may not decide on it."))
    return locked, locked.now, locked.outdated


@transaction.atomic
def approve_list(
    *, funding_list: FundingList, minutes: Minutes, note: str, by: User
) -> FundingList:
    """审定: the approver decides by the minutes of the meeting; every dossier takes its place
    (proposed, reserve, not funded).

    What the list proposes is reserved in the year's envelope; if it does not fit, nothing is
    decided and the first that does not is named.
    """
    locked, now, outdated = _lock_submitted(funding_list, by)
    if outdated:
        raise WrongState(OUTDATED)
    require_settled(locked.call)
    _check_minutes(locked, minutes)
    locked.status, locked.decided_by, locked.decided_at = "approved", by, now
    locked.minutes, locked.decision_note = minutes, note.strip()
    locked.save(update_fields=["status", "decided_by", "decided_at", "minutes", "decision_note"])
    items = _hold_items(locked)
    decided = _entry(
        "approve",
        locked,
        by,
        Role.APPROVER,
        source="submitted",
        reason=locked.decision_note,
        after=list_facts(locked),
    )
    called = advance_call_held(locked.call, to=CallStatus.DECIDED, by=by)
    moves = [
        Move(application=i.application, step=STEP_BY_OUTCOME[Outcome(i.outcome)]) for i in items
    ]
    moved = advance_held(moves, by=by, others=[decided, called])
    told = Dispatch(
        kind="funding.approved",
        recipients=users_with_role(Role.PROGRAMME_OFFICER),
        key=f"funding.approved:{locked.pk}",
        context={"call": locked.call},
        url=f"/funding/{locked.call.number}/",
        about=locked,
    )
    parts = [item for item in items if item.outcome == Outcome.PARTIAL]
    tell_firms(moved, *offer_parts(parts, now), told)
    reserve_items(locked, items, by)
    return locked


def _check_minutes(funding_list: FundingList, minutes: Minutes) -> None:
    """The meeting was one on this list: of its call, and not before it was submitted."""
    if minutes.call_id != funding_list.call_id:
        raise Invalid(_("These minutes are another call's."), field="minutes")
    if funding_list.submitted_at and minutes.held_on < day_of(funding_list.submitted_at):
        raise Invalid(
            _("That meeting was held before the list was submitted. Record the one that decided."),
            field="minutes",
        )


def _hold_items(funding_list: FundingList) -> list[FundingItem]:
    """The list's items by position, each with its dossier's row, held."""
    held = (
        FundingItem.objects.select_for_update(of=("application",))
        .select_related(*(f"application__{name}" for name in AT_HAND))
        .order_by("application")
    )
    prefetch_related_objects([funding_list], Prefetch("items", held))
    return sorted(funding_list.items.all(), key=lambda item: item.position)


@transaction.atomic
def send_back_list(*, funding_list: FundingList, note: str, by: User) -> FundingList:
    """The approver sends the list back with a reason; the officer draws a new version."""
    locked, now, _outdated = _lock_submitted(funding_list, by)
    if len(note.strip()) < 5:
        raise Invalid(_("Say why the list goes back."), field="note")
    locked.status, locked.decided_by, locked.decided_at = "sent_back", by, now
    locked.decision_note = note.strip()
    locked.save(update_fields=["status", "decided_by", "decided_at", "decision_note"])
    entry = _entry(
        "send_back",
        locked,
        by,
        Role.APPROVER,
        source="submitted",
        reason=locked.decision_note,
        after={"status": locked.status},
    )
    record_all([entry])
    notify(
        kind="funding.sent_back",
        recipients=[locked.drawn_by],
        key=f"funding.sent_back:{locked.pk}",
        context={"call": locked.call, "note": locked.decision_note},
        url=f"/funding/{locked.call.number}/",
        about=locked,
    )
    return locked
