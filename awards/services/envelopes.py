"""The yearly envelope: ceilings by document and two people; commitments by one conditional UPDATE.

Policy article 十四: at most 3亿元 a year. A sum-then-update overspends under parallel approvers;
a conditional UPDATE with a CHECK behind it does not.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Scheme
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from awards.facts import envelope_facts
from awards.models import Envelope, EnvelopeChange
from awards.rules import require
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
    Envelope.objects.get_or_create(scheme=scheme, year=year, defaults={"ceiling": Decimal(0)})
    envelope = Envelope.objects.select_for_update().get(scheme=scheme, year=year)
    if envelope.changes.filter(confirmed_at__isnull=True, refused_at__isnull=True).exists():
        raise WrongState(_("A ceiling for this year already waits for confirmation."))
    if ceiling < envelope.committed:
        raise Invalid(_below(envelope), field="ceiling")
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


def _below(envelope: Envelope) -> str:
    return _("%(sum)s are already committed; the ceiling cannot fall below that.") % {
        "sum": amount_text(envelope.committed)
    }


def _lock(change: EnvelopeChange) -> tuple[Envelope, EnvelopeChange]:
    envelope = Envelope.objects.select_for_update().get(pk=change.envelope_id)
    locked = EnvelopeChange.objects.select_for_update().get(pk=change.pk)
    if locked.confirmed_at is not None:
        raise WrongState(_("This ceiling has already been confirmed."))
    if locked.refused_at is not None:
        raise WrongState(_("This ceiling was refused. Enter it anew."))
    return envelope, locked


@transaction.atomic
def confirm_ceiling(*, change: EnvelopeChange, by: User) -> Envelope:
    """Confirm a ceiling that another officer entered; never below what is already committed."""
    require(by, Role.FINANCE_OFFICER)
    envelope, change = _lock(change)
    if change.proposed_by_id == by.pk:
        raise NotPermitted(
            _("Whoever entered the ceiling may not confirm it. Ask another finance officer.")
        )
    if change.ceiling < envelope.committed:
        raise Invalid(_below(envelope), field="ceiling")
    before = envelope.ceiling
    change.confirmed_by, change.confirmed_at = by, clock.now()
    change.save(update_fields=["confirmed_by", "confirmed_at"])
    envelope.ceiling = change.ceiling
    envelope.save(update_fields=["ceiling"])
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


def commits(*, envelope: int, amount: Decimal) -> bool:
    """Commit a sum to awards, in the caller's transaction; False, and nothing, beyond the
    ceiling. `envelope` is its id."""
    fits = Envelope.objects.filter(pk=envelope, committed__lte=F("ceiling") - amount)
    return bool(fits.update(committed=F("committed") + amount))


def commit(*, envelope: int, amount: Decimal) -> None:
    """As `commits`; Invalid beyond the ceiling."""
    if not commits(envelope=envelope, amount=amount):
        left = Envelope.objects.values_list(F("ceiling") - F("committed"), flat=True).get(
            pk=envelope
        )
        raise Invalid(
            _("The year's envelope has %(left)s left; %(amount)s do not fit.")
            % {"left": amount_text(left), "amount": amount_text(amount)}
        )


def release(*, envelope: Envelope, amount: Decimal) -> None:
    """Give back a committed sum that was not paid, in the caller's transaction."""
    done = Envelope.objects.filter(pk=envelope.pk, committed__gte=F("paid") + amount).update(
        committed=F("committed") - amount
    )
    if not done:
        raise WrongState(_("More would be released than is committed and unpaid."))


def pay_out(*, envelope: Envelope, amount: Decimal) -> None:
    """Count a recorded payment against the envelope, in the caller's transaction."""
    done = Envelope.objects.filter(pk=envelope.pk, paid__lte=F("committed") - amount).update(
        paid=F("paid") + amount
    )
    if not done:
        raise WrongState(_("More would be paid than is committed."))
