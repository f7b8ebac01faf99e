"""备选与递补: who drops out of an approved list, who moves up, and the end of the reserve list."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import members_by_firm, users_with_role
from applications.models import Application, Call
from applications.rules import RESULTS_OUT
from applications.services.lifecycle import Move, advance_all, advance_held, lock_all, tell_firms
from applications.services.lifecycle import lock as lock_dossier
from applications.wording import on_record
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import Entry
from awards.facts import list_facts
from awards.funding import promote
from awards.models import FundingItem, FundingList, Outcome
from awards.rules import require
from awards.services.line import decided_line, with_groups
from awards.services.offers import offer_parts
from awards.services.reservations import pass_on, with_year, year_of
from notifications.services import Dispatch

MOVED_UP = _("moved up from the reserve list")
CLOSED = _("the reserve list was closed")


def drop_out(
    row: Application,
    reason: str,
    now: datetime,
    by: User,
    *,
    step: str = "disqualify",
    others: Sequence[Entry] = (),
    tell: Callable[[list[User]], Dispatch] | None = None,
    messages: Sequence[Dispatch] = (),
) -> list[Application]:
    """Take a dossier off by this step and let the money it frees go down the reserve list
    (依次递补), in the caller's transaction, which holds the dossier's row and its call's.

    The call's cut-off mode decides (`awards.funding.promote`), and what the year has left beside
    its other lists; who was held back by decision never moves up by itself, and a sum already
    published never changes. `others` are the caller's own events, `tell` its message to the firm
    and the officers, `messages` what else it tells. Returns who moved up, in order.
    """
    funding_list, items = _approved(row.call)
    leaving = next(item for item in items if item.application_id == row.pk)
    grown = _promote(funding_list, items, leaving, now)
    promoted = [item for item, _more in grown]
    _hold(promoted)
    moves = [Move(application=row, step=step, reason=reason)]
    moves += [
        Move(
            application=item.application,
            step="propose",
            reason=on_record(MOVED_UP),
            by_itself=True,
        )
        for item in promoted
        if item.application.status == Status.RESERVE
    ]
    entries = [*others, _promotion(funding_list)] if promoted else others
    moved = advance_held(moves, by=by, others=entries)
    parts = [item for item in promoted if item.outcome == Outcome.PARTIAL and not item.consent]
    tell_firms(moved, *offer_parts(parts, now), *_messages(row, promoted, tell), *messages)
    pass_on(year_of(funding_list).pk, leaving, grown, why=reason, by=by)
    return [item.application for item in promoted]


def _approved(call: Call) -> tuple[FundingList, list[FundingItem]]:
    """The approved list, held, and its items by position with their dossiers."""
    held = FundingList.objects.select_for_update(of=("self",)).select_related(
        "call", "ranking", "minutes"
    )
    funding_list = with_year(held).get(call=call, status="approved")
    rows = with_groups(FundingItem.objects.select_related("application")).order_by("position")
    prefetch_related_objects([funding_list], Prefetch("items", rows))
    return funding_list, list(funding_list.items.all())


def _promote(
    funding_list: FundingList,
    items: list[FundingItem],
    leaving: FundingItem,
    now: datetime,
) -> list[tuple[FundingItem, Decimal]]:
    """The items that move up, in order, with their new sums, and how much more each gets."""
    line, dropped = decided_line(funding_list, items, leaving.application_id)
    by_id, grown = {str(i.application_id): i for i in items}, []
    most = year_of(funding_list).available + leaving.amount
    for move in promote(line, dropped, most).moved:
        item, after = by_id[move.id], move.after
        requested = item.application.requested or Decimal(0)
        item.outcome = Outcome.FUNDED if after == requested else Outcome.PARTIAL
        item.amount, item.promoted_at = after, now
        if not item.consent:  # asked anew, if it is still a part
            item.answer_due, item.answer_provisional = None, False
        grown.append((item, after - move.before))
    changed = [item for item, _more in grown]
    fields = ["outcome", "amount", "promoted_at", "answer_due", "answer_provisional"]
    FundingItem.objects.bulk_update(changed, fields)
    return grown


def _hold(items: list[FundingItem]) -> None:
    """Each item with its dossier's row, held."""
    rows = lock_all(item.application_id for item in items) if items else []
    for item, row in zip(items, rows, strict=True):
        item.application = row


def _promotion(funding_list: FundingList) -> Entry:
    """By nobody: the rules of the call move up, whoever caused it."""
    return Entry(
        action="funding.promote",
        obj=funding_list,
        by=None,
        after=list_facts(funding_list),
        scope=funding_list.call.number,
    )


def _messages(
    row: Application,
    promoted: list[FundingItem],
    tell: Callable[[list[User]], Dispatch] | None,
) -> list[Dispatch]:
    """Officers publish the supplementary notice; the firm hears of it once results are out."""
    if not promoted and tell is None:
        return []
    officers = list(users_with_role(Role.PROGRAMME_OFFICER))
    dossiers = [item.application for item in promoted]
    firms = {one.firm_id for one in dossiers if one.call.status in RESULTS_OUT}
    people = members_by_firm(firms | ({row.firm_id} if tell else set()))
    own = [tell([*people[row.firm_id], *officers])] if tell else []
    return own + [
        Dispatch(
            kind="reserve.promoted",
            recipients=[*officers, *(people[one.firm_id] if one.firm_id in firms else [])],
            key=f"reserve.promoted:{one.pk}",
            context={"title": one.title, "call": one.call},
            url=f"/dossiers/{one.pk}/",
            about=one,
        )
        for one in dossiers
    ]


@transaction.atomic
def disqualify(*, application: Application, reason: str, by: User) -> list[Application]:
    """Take a proposed project off the list with a reason; returns those who moved up."""
    require(by, Role.APPROVER)
    if len(reason.strip()) < 10:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    Call.objects.select_for_update().get(pk=application.call_id)
    return drop_out(lock_dossier(application), reason.strip(), clock.now(), by)


@transaction.atomic
def close_reserve(*, call: Call, by: User) -> int:
    """Close the reserve list: what still waits there is not funded. Returns how many."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    undecided = (Status.PROPOSED, Status.ON_NOTICE, Status.OBJECTION_HOLD)
    if Application.objects.filter(call=call, status__in=undecided).exists():
        raise WrongState(
            _("Projects are still on notice; the reserve list stays open until they are decided.")
        )
    if not call.funding_lists.filter(status="approved").exists():
        raise WrongState(_("The approver has not decided on the funding list yet."))
    waiting = Application.objects.filter(call=call, status=Status.RESERVE).order_by("pk")
    reason = on_record(CLOSED)
    moves = [Move(application=a, step="decline", reason=reason) for a in waiting]
    return len(advance_all(moves, by=by))
