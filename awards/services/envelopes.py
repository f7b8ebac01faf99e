"""The yearly envelope: ceilings by document and two people.

Policy article 十四: at most 3亿元 a year, what is carried in from the year before included.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Scheme
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from awards.facts import envelope_facts
from awards.ledger import Kind
from awards.models import Envelope, EnvelopeChange
from awards.rules import require
from awards.selectors.ledger import carried_into
from awards.services.ledger import Booking, books
from awards.turn import take_turn
from awards.wording import amount_text


@transaction.atomic
def propose_ceiling(
    *,
    scheme: Scheme,
    year: int,
    ceiling: Decimal,
    document_no: str,
    received_on: date | None = None,
    by: User,
) -> EnvelopeChange:
    """Enter a year's ceiling (yuan) from its document; it counts once a second officer confirms."""
    require(by, Role.FINANCE_OFFICER)
    if not scheme.first_year <= year <= scheme.last_year:
        raise Invalid(
            _("The scheme runs from %(first)s to %(last)s.")
            % {"first": scheme.first_year, "last": scheme.last_year},
            field="year",
        )
    if not Decimal(0) <= ceiling <= scheme.annual_limit:
        raise Invalid(
            _("The policy allows at most %(limit)s a year.")
            % {"limit": amount_text(scheme.annual_limit)},
            field="ceiling",
        )
    if not document_no.strip():
        raise Invalid(
            _("Enter the number of the document that sets the ceiling."), field="document_no"
        )
    made, _created = Envelope.objects.get_or_create(scheme=scheme, year=year)
    take_turn(made.pk)
    envelope = Envelope.objects.select_for_update(no_key=True).get(pk=made.pk)
    if envelope.changes.filter(confirmed_at__isnull=True, refused_at__isnull=True).exists():
        raise WrongState(_("A ceiling for this year already waits for confirmation."))
    _check(envelope, scheme, ceiling)
    change = EnvelopeChange.objects.create(
        envelope=envelope,
        ceiling=ceiling,
        document_no=document_no.strip(),
        received_on=received_on,
        proposed_by=by,
        proposed_at=clock.now(),
    )
    record(
        action="envelope.propose",
        obj=envelope,
        by=by,
        role=Role.FINANCE_OFFICER,
        after={"asked": ceiling, "document_no": change.document_no},
    )
    return change


def _check(envelope: Envelope, scheme: Scheme, granted: Decimal) -> Decimal:
    """The ceiling with what was carried in, the envelope being held. Raises Invalid."""
    carried = carried_into(envelope)
    ceiling = granted + carried
    if ceiling > scheme.annual_limit:
        raise Invalid(
            _(
                "The policy allows at most %(limit)s a year, and %(carried)s were carried in from"
                " the year before."
            )
            % {"limit": amount_text(scheme.annual_limit), "carried": amount_text(carried)},
            field="ceiling",
        )
    if ceiling < envelope.bound:
        raise Invalid(
            _(
                "%(sum)s are already reserved, awarded or carried over; the ceiling cannot fall"
                " below that."
            )
            % {"sum": amount_text(envelope.bound)},
            field="ceiling",
        )
    return ceiling


def _lock(change: EnvelopeChange) -> tuple[Envelope, EnvelopeChange]:
    take_turn(change.envelope_id)
    held = Envelope.objects.select_for_update(of=("self",), no_key=True).select_related("scheme")
    envelope = held.get(pk=change.envelope_id)
    locked = EnvelopeChange.objects.select_for_update().get(pk=change.pk)
    if locked.confirmed_at is not None:
        raise WrongState(_("This ceiling has already been confirmed."))
    if locked.refused_at is not None:
        raise WrongState(_("This ceiling was refused. Enter it anew."))
    return envelope, locked


@transaction.atomic
def confirm_ceiling(*, change: EnvelopeChange, by: User) -> Envelope:
    """Confirm a ceiling that another officer entered; never below what is already bound."""
    require(by, Role.FINANCE_OFFICER)
    envelope, change = _lock(change)
    if change.proposed_by_id == by.pk:
        raise NotPermitted(
            _("Whoever entered the ceiling may not confirm it. Ask another finance officer.")
        )
    before, after = envelope.ceiling, _check(envelope, envelope.scheme, change.ceiling)
    change.confirmed_by, change.confirmed_at = by, clock.now()
    change.save(update_fields=["confirmed_by", "confirmed_at"])
    if after != before:
        kind = Kind.CEILING_RAISED if after > before else Kind.CEILING_LOWERED
        booking = Booking(kind, abs(after - before), change.document_no, change=change.pk)
        books(envelope=envelope.pk, entries=[booking], by=by)
        envelope.refresh_from_db()
    record(
        action="envelope.confirm",
        obj=envelope,
        by=by,
        role=Role.FINANCE_OFFICER,
        before={"ceiling": before},
        after={"document_no": change.document_no, **envelope_facts(envelope)},
    )
    return envelope


@transaction.atomic
def refuse_ceiling(*, change: EnvelopeChange, reason: str, by: User) -> EnvelopeChange:
    """Refuse or take back a ceiling that waits, with a reason; another one can then be entered."""
    require(by, Role.FINANCE_OFFICER)
    if len(reason.strip()) < 5:
        raise Invalid(_("Say why this ceiling does not stand."), field="reason")
    envelope, change = _lock(change)
    change.refused_by, change.refused_at, change.refusal = by, clock.now(), reason.strip()
    change.save(update_fields=["refused_by", "refused_at", "refusal"])
    record(
        action="envelope.refuse",
        obj=envelope,
        by=by,
        role=Role.FINANCE_OFFICER,
        reason=change.refusal,
        after={"asked": change.ceiling, "document_no": change.document_no},
    )
    return change
