"""What every ending of a project holds and records; and how a call closes."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallStatus
from applications.services.call_steps import advance_call
from applications.workflow import Status
from audit.refusals import WrongState
from audit.services import Entry
from awards.facts import award_facts
from awards.models import Award, Instalment
from awards.rules import require

OPEN = (
    Status.PROPOSED,
    Status.RESERVE,
    Status.ON_NOTICE,
    Status.OBJECTION_HOLD,
    Status.AWARDED,
    Status.AGREED,
    Status.IN_PROGRESS,
)


def lock_parts(award: int) -> list[Instalment]:
    """An award's instalments, held: they come before the award, as payments take them."""
    return list(Instalment.objects.select_for_update().filter(award=award).order_by("sequence"))


def check_going_on(award: Award) -> None:
    """Raise WrongState for a project that was terminated or accepted."""
    if award.revoked_at:
        raise WrongState(_("This project was already terminated."))
    if award.accepted_at:
        raise WrongState(_("This project was already accepted."))


def lock_ending(award: Award) -> tuple[Award, list[Instalment]]:
    """The award and its instalments held, while neither accepted nor terminated."""
    parts = lock_parts(award.pk)
    locked = (
        Award.objects.select_for_update(of=("self",))
        .select_related("application__call", "application__firm", "envelope", "agreement")
        .get(pk=award.pk)
    )
    check_going_on(locked)
    return locked, parts


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
