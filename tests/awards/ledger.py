"""Money booked directly, by the ledger's own service and without its acts."""

from decimal import Decimal

from accounts.models import User
from applications.models import Call
from audit import clock
from awards.ledger import Kind
from awards.models import Award, Envelope, EnvelopeChange, FundingItem, FundingList
from awards.services.ledger import Booking, books


def grant(call: Call, ceiling: Decimal, maker: User, checker: User) -> Envelope:
    """The call's year with this ceiling, higher than what it has."""
    envelope = Envelope.objects.get_or_create(scheme=call.scheme, year=call.year)[0]
    now = clock.now()
    change = EnvelopeChange.objects.create(
        envelope=envelope, ceiling=ceiling, document_no="18号", proposed_by=maker, proposed_at=now,
        confirmed_by=checker, confirmed_at=now,
    )  # fmt: skip
    more = ceiling - envelope.ceiling
    booking = Booking(Kind.CEILING_RAISED, more, "18号", change=change.pk)
    assert books(envelope=envelope.pk, entries=[booking], by=checker)
    envelope.refresh_from_db()
    return envelope


def reserve(listed: FundingList, by: User) -> None:
    envelope = Envelope.objects.get(scheme=listed.call.scheme, year=listed.call.year)
    items = listed.items.filter(outcome="funded").order_by("position")
    entries = [Booking(Kind.RESERVED, item.amount, item=item.pk) for item in items]
    assert books(envelope=envelope.pk, entries=entries, by=by)


def commit(award: Award, item: FundingItem, by: User) -> None:
    booking = Booking(Kind.AWARDED, award.amount, item=item.pk, award=award.pk)
    assert books(envelope=award.envelope_id, entries=[booking], by=by)
