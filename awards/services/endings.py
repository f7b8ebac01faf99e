"""How a funded project ends before its time (终止), the unpaid sum released; how a call closes."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallStatus
from applications.services.call_steps import advance_call
from applications.services.lifecycle import Move, advance_held, lock_all, tell_firms
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import Entry
from awards.facts import award_facts
from awards.ledger import Kind
from awards.models import Award, Instalment
from awards.rules import require
from awards.selectors.people import firm_people
from awards.services.ledger import Booking, books
from notifications.services import Dispatch

OPEN = (
    Status.PROPOSED,
    Status.RESERVE,
    Status.ON_NOTICE,
    Status.OBJECTION_HOLD,
    Status.AWARDED,
    Status.AGREED,
    Status.IN_PROGRESS,
)


def lock_ending(award: Award) -> tuple[Award, list[Instalment]]:
    """The award and its instalments held, while neither accepted nor terminated.

    Instalments first, then the award: the order in which payments take them.
    """
    parts = list(Instalment.objects.select_for_update().filter(award=award.pk).order_by("sequence"))
    locked = (
        Award.objects.select_for_update(of=("self",))
        .select_related("application__call", "application__firm", "envelope", "agreement")
        .get(pk=award.pk)
    )
    if locked.revoked_at:
        raise WrongState(_("This project was already terminated."))
    if locked.accepted_at:
        raise WrongState(_("This project was already accepted."))
    return locked, parts


@transaction.atomic
def terminate(*, award: Award, reason: str, by: User) -> Award:
    """终止: the approver ends a project; what was not paid goes back to the year's envelope.

    Refused while a released payment waits for its voucher: the treasury may have paid it.
    """
    require(by, Role.APPROVER)
    if len(reason.strip()) < 10:
        raise Invalid(_("Give the reason in at least ten characters."), field="text")
    locked, parts = lock_ending(award)
    for part in parts:
        if part.status == "released":
            raise WrongState(
                _(
                    "Instalment %(number)s is released and may have been paid. Record its voucher"
                    " first."
                )
                % {"number": part.sequence}
            )
    unpaid = locked.amount - locked.cut - locked.paid
    locked.revoked_by, locked.revoked_at = by, clock.now()
    locked.revocation = reason.strip()
    locked.save(update_fields=["revoked_by", "revoked_at", "revocation"])
    entry = award_entry("terminate", locked, by, Role.APPROVER, locked.revocation, released=unpaid)
    row = lock_all([locked.application_id])[0]
    move = Move(application=row, step="terminate", reason=locked.revocation)
    told = _told("award.terminated", locked, {"reason": locked.revocation, "amount": unpaid})
    tell_firms(advance_held([move], by=by, others=[entry]), told)
    _release(locked, unpaid, by)
    return locked


def _release(award: Award, unpaid: Decimal, by: User) -> None:
    """What was not paid is available again."""
    if not unpaid:
        return
    booking = Booking(Kind.RELEASED, unpaid, reason=award.revocation, award=award.pk)
    if not books(envelope=award.envelope_id, entries=[booking], by=by):
        raise WrongState(_("More would be released than is committed and unpaid."))


def award_entry(
    step: str, award: Award, by: User, role: Role, reason: str, released: Decimal | None = None
) -> Entry:
    """The event of an ending, with what goes back to the envelope."""
    return Entry(
        action=f"award.{step}",
        obj=award,
        by=by,
        role=role,
        reason=reason,
        after={"released": released or Decimal(0), "paid": award.paid, **award_facts(award)},
        scope=award.application.call.number,
    )


def _told(kind: str, award: Award, context: dict[str, object]) -> Dispatch:
    application = award.application
    return Dispatch(
        kind=kind,
        recipients=firm_people(application),
        key=f"{kind}:{award.pk}",
        context={"title": application.title, **context},
        url=f"/dossiers/{application.pk}/",
        about=application,
    )


def can_close(call: Call) -> bool:
    """Whether nothing of an awarded call is open any more."""
    return (
        call.status == CallStatus.AWARDED
        and not Application.objects.filter(call=call, status__in=OPEN).exists()
    )


@transaction.atomic
def close_call(*, call: Call, by: User) -> Call:
    """Close a call whose every award is accepted or terminated and whose reserve list is closed."""
    require(by, Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if not can_close(call):
        raise WrongState(
            _("Projects of this call are not settled yet: accept or terminate them first.")
        )
    return advance_call(call=call, to=CallStatus.CLOSED, by=by)
