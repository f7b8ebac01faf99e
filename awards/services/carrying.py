"""结转: unused money of an ended year for the next, by document and two people.

Policy article 十四 arranges at most so much a year (每年安排不超过), so a year never has more than
that, what is carried in included; what was carried in once is surplus after two years (预算法
art. 42) and stays.
"""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Call
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from awards.facts import carry_facts, envelope_facts
from awards.ledger import Kind, carriable
from awards.models import CarryOver, Envelope
from awards.opening_checks import RUNNING
from awards.rules import require
from awards.selectors.ledger import carried_into
from awards.services.ledger import Booking, books
from awards.turn import take_turn
from awards.wording import amount_text


@transaction.atomic
def propose_carry(*, source: Envelope, amount: Decimal, document_no: str, by: User) -> CarryOver:
    """Enter what of a year's unused money (yuan) goes to the next; another officer confirms."""
    require(by, Role.FINANCE_OFFICER)
    if not document_no.strip():
        raise Invalid(
            _("Enter the number of the document that carries the money over."), field="document_no"
        )
    if source.year >= source.scheme.last_year:
        raise WrongState(
            _("The scheme ends with %(year)s; nothing is carried beyond it.")
            % {"year": source.scheme.last_year}
        )
    target = Envelope.objects.get_or_create(scheme=source.scheme, year=source.year + 1)[0]
    source, target = _hold(source.pk, target.pk)
    if source.carried_out.filter(confirmed_at__isnull=True, refused_at__isnull=True).exists():
        raise WrongState(_("An amount of this year already waits for confirmation."))
    _check(source, target, amount)
    carry = CarryOver.objects.create(
        source=source,
        target=target,
        amount=amount,
        document_no=document_no.strip(),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    _record("carry_propose", carry, by)
    return carry


def _hold(source: int, target: int) -> tuple[Envelope, Envelope]:
    """Both years, held, the earlier first."""
    take_turn(source, target)
    held = Envelope.objects.select_for_update(of=("self",), no_key=True).select_related("scheme")
    first, second = held.filter(pk__in=(source, target)).order_by("year")
    return first, second


def _check(source: Envelope, target: Envelope, amount: Decimal) -> None:
    """Raise unless so much may go over, both years being held."""
    if clock.today().year <= source.year:
        raise WrongState(_("%(year)s has not ended yet.") % {"year": source.year})
    _refuse_unsettled(source)
    most = carriable(
        available=source.available,
        ceiling=source.ceiling,
        carried=source.carried,
        carried_in=carried_into(source),
    )
    if not Decimal(0) < amount <= most:
        raise Invalid(
            _(
                "%(year)s has %(most)s that can be carried over. What was carried in from the year"
                " before is surplus after two years and stays (article 42 of the Budget Law)."
            )
            % {"year": source.year, "most": amount_text(most)},
            field="amount",
        )
    limit = target.scheme.annual_limit
    if target.ceiling + amount > limit:
        raise Invalid(
            _(
                "Article %(article)s arranges at most %(limit)s a year, what is carried in"
                " included; %(year)s can take %(room)s more."
            )
            % {
                "article": target.scheme.article,
                "limit": amount_text(limit),
                "year": target.year,
                "room": amount_text(max(limit - target.ceiling, Decimal(0))),
            },
            field="amount",
        )


def _refuse_unsettled(source: Envelope) -> None:
    running = Call.objects.filter(scheme=source.scheme_id, year=source.year, status__in=RUNNING)
    first = running.order_by("pk").first()
    if first is not None:
        raise WrongState(
            _("%(call)s is not awarded yet and may still need the money.") % {"call": first}
        )
    if source.reserved:
        raise WrongState(
            _("%(sum)s of %(year)s are still reserved by funding lists; decide on them first.")
            % {"sum": amount_text(source.reserved), "year": source.year}
        )


def _lock(carry: CarryOver) -> tuple[CarryOver, Envelope, Envelope]:
    source, target = _hold(carry.source_id, carry.target_id)
    locked = CarryOver.objects.select_for_update().get(pk=carry.pk)
    locked.source, locked.target = source, target  # as they are held, not read again
    if locked.confirmed_at is not None:
        raise WrongState(_("This amount has already been carried over."))
    if locked.refused_at is not None:
        raise WrongState(_("This carrying over was refused. Enter it anew."))
    return locked, source, target


@transaction.atomic
def confirm_carry(*, carry: CarryOver, by: User) -> CarryOver:
    """Confirm what another officer entered: it leaves the one year and raises the next."""
    require(by, Role.FINANCE_OFFICER)
    locked, source, target = _lock(carry)
    if locked.proposed_by_id == by.pk:
        raise NotPermitted(
            _("Whoever entered the amount may not confirm it. Ask another finance officer.")
        )
    _check(source, target, locked.amount)
    locked.confirmed_by, locked.confirmed_at = by, clock.now()
    locked.save(update_fields=["confirmed_by", "confirmed_at"])
    for kind, envelope in ((Kind.CARRIED_OUT, source), (Kind.CARRIED_IN, target)):
        booking = Booking(kind, locked.amount, locked.document_no, carry=locked.pk)
        if not books(envelope=envelope.pk, entries=[booking], by=by):
            raise WrongState(_("%(year)s has less left than that.") % {"year": envelope.year})
    target.refresh_from_db()
    _record("carry_confirm", locked, by)
    record(
        action="envelope.carried_in",
        obj=target,
        by=by,
        role=Role.FINANCE_OFFICER,
        after={"document_no": locked.document_no, **envelope_facts(target)},
    )
    return locked


@transaction.atomic
def refuse_carry(*, carry: CarryOver, reason: str, by: User) -> CarryOver:
    """Refuse or take back an amount that waits, with a reason; another can then be entered."""
    require(by, Role.FINANCE_OFFICER)
    if len(reason.strip()) < 5:
        raise Invalid(_("Say why this amount is not carried over."), field="reason")
    locked, _source, _target = _lock(carry)
    locked.refused_by, locked.refused_at, locked.refusal = by, clock.now(), reason.strip()
    locked.save(update_fields=["refused_by", "refused_at", "refusal"])
    _record("carry_refuse", locked, by)
    return locked


def _record(step: str, carry: CarryOver, by: User) -> None:
    record(
        action=f"envelope.{step}",
        obj=carry,
        by=by,
        role=Role.FINANCE_OFFICER,
        reason=carry.refusal,
        after=carry_facts(carry),
    )
