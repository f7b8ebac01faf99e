"""备选与递补: who drops out of an approved list, who moves up, and the end of the reserve list."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import is_owner
from accounts.selectors import users_with_role
from applications.models import Application, Call
from applications.rules import RESULTS_OUT
from applications.services.lifecycle import Move, advance, advance_all
from applications.services.lifecycle import lock as lock_dossier
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.services import record
from awards.facts import list_facts
from awards.funding import promote
from awards.models import FundingItem, FundingList, Outcome
from awards.rules import require
from awards.selectors.people import firm_people
from awards.services.funding import consents
from awards.services.line import decided_line
from awards.wording import on_record
from notifications.services import notify, notify_all

MOVED_UP = _("moved up from the reserve list")
CLOSED = _("the reserve list was closed")


def promote_reserve(*, call: Call, by: User) -> list[Application]:
    """依次递补 in the caller's transaction: freed and unspent money goes down the reserve list.

    The call's cut-off mode decides (`awards.funding.promote`); who was held back by decision never
    moves up by itself, and a sum already published never changes. Returns who moved up, in order.
    """
    funding_list = (
        FundingList.objects.select_for_update(of=("self",))
        .select_related("call", "ranking")
        .get(call=call, status="approved")
    )
    line, dropped = decided_line(funding_list)
    items = {
        str(i.application_id): i for i in funding_list.items.select_related("application__firm")
    }
    now = clock.now()
    moved: list[Application] = []
    for move in promote(line, dropped).moved:
        item, after = items[move.id], move.after
        requested = item.application.requested or Decimal(0)
        item.outcome = Outcome.FUNDED if after == requested else Outcome.PARTIAL
        item.amount, item.promoted_at = after, now
        item.save(update_fields=["outcome", "amount", "promoted_at"])
        moved.append(_move_up(item, by))
    if moved:
        record(
            action="funding.promote",
            obj=funding_list,
            by=by,
            role=Role.APPROVER,
            after=list_facts(funding_list),
            scope=funding_list.call.number,
        )
    return moved


def _move_up(item: FundingItem, by: User) -> Application:
    application = item.application
    if application.status == Status.RESERVE:
        application = advance(
            application=application, step="propose", by=by, reason=on_record(MOVED_UP)
        )
    if item.outcome == Outcome.PARTIAL and not item.consent:
        notify_all(consents([item]))
    _tell_promoted(application)
    return application


def _tell_promoted(application: Application) -> None:
    """Officers publish the supplementary notice; the firm hears of it once results are out."""
    people = list(users_with_role(Role.PROGRAMME_OFFICER))
    if application.call.status in RESULTS_OUT:
        people += firm_people(application)
    notify(
        kind="reserve.promoted",
        recipients=people,
        key=f"reserve.promoted:{application.pk}",
        context={"title": application.title, "call": application.call},
        url=f"/dossiers/{application.pk}/",
        about=application,
    )


@transaction.atomic
def disqualify(*, application: Application, reason: str, by: User) -> list[Application]:
    """Take a proposed project off the list with a reason; returns those who moved up."""
    require(by, Role.APPROVER)
    if len(reason.strip()) < 10:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    call = Call.objects.select_for_update().get(pk=application.call_id)
    advance(application=application, step="disqualify", by=by, reason=reason.strip())
    return promote_reserve(call=call, by=by)


@transaction.atomic
def answer_part(*, item: FundingItem, agree: bool, by: User) -> FundingItem:
    """The firm's owner agrees to the part offered, or declines it; once, before the notice."""
    application = lock_dossier(item.application)
    if not is_owner(by, application.firm_id):
        raise NotPermitted(_("Only an owner of the firm agrees to a smaller sum."))
    locked = (
        FundingItem.objects.select_for_update(of=("self",))
        .select_related("funding_list__call")
        .get(pk=item.pk)
    )
    if locked.funding_list.status != "approved" or locked.outcome != Outcome.PARTIAL:
        raise NotVisible
    if locked.consent:
        raise WrongState(_("Your firm has already answered this offer."))
    if application.status != Status.PROPOSED:
        raise WrongState(_("The offer no longer stands."))
    locked.consent = "given" if agree else "refused"
    locked.consent_by, locked.consent_at = by, clock.now()
    locked.save(update_fields=["consent", "consent_by", "consent_at"])
    record(
        action="funding.part_agreed" if agree else "funding.part_declined",
        obj=application,
        by=by,
        after={"amount": locked.amount},
        scope=locked.funding_list.call.number,
    )
    notify(
        kind="funding.part_agreed" if agree else "funding.part_declined",
        recipients=users_with_role(Role.PROGRAMME_OFFICER if agree else Role.APPROVER),
        key=f"funding.part_answered:{locked.pk}",
        context={"title": application.title, "amount": locked.amount},
        url=f"/funding/{locked.funding_list.call.number}/",
        about=application,
    )
    return locked


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
