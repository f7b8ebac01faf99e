"""What an approved list holds of its year's envelope, from the decision to the award."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.refusals import Invalid, WrongState
from awards.ledger import ZERO, Kind
from awards.models import PROPOSED, Envelope, FundingItem, FundingList
from awards.services.ledger import Booking, books
from awards.wording import amount_text

MEANWHILE = _("Somebody else has taken of the year's envelope meanwhile. Try again.")


class Year(NamedTuple):
    """The id of a year's envelope, and what it has available (yuan) as far as one knows."""

    pk: int
    available: Decimal


def with_year(rows: QuerySet[FundingList]) -> QuerySet[FundingList]:
    """Lists with the envelope of their call's year at hand for `year_of`."""
    envelope = Envelope.objects.filter(scheme=OuterRef("call__scheme"), year=OuterRef("call__year"))
    facts = JSONObject(pk="pk", available=Cast("available", CharField()))
    return rows.annotate(of_year=Subquery(envelope.values(facts=facts)))


def year_of(funding_list: FundingList) -> Year:
    """The list's year, read `with_year`; not held. Raises WrongState without an envelope."""
    found = funding_list.of_year  # type: ignore[attr-defined]  # `with_year`
    if found is None:
        raise WrongState(_("The year has no envelope yet. The finance officers enter it first."))
    return Year(found["pk"], Decimal(found["available"]))


def reserve_items(funding_list: FundingList, items: Iterable[FundingItem], by: User) -> None:
    """Reserve what a list proposes, in the transaction of its approval. Invalid if it does not fit.

    `funding_list`: read `with_year`; `items`: the list's in order, with their dossiers. One query.
    """
    year = year_of(funding_list)
    proposed = [item for item in items if item.outcome in PROPOSED]
    entries = [
        Booking(Kind.RESERVED, item.amount, funding_list.minutes_no, item=item.pk)
        for item in proposed
    ]
    if not books(envelope=year.pk, entries=entries, by=by):
        raise Invalid(_beyond(Envelope.objects.get(pk=year.pk).available, proposed))


def _beyond(left: Decimal, items: Iterable[FundingItem]) -> str:
    """What is said where the items total more than what is left (yuan); it names the first."""
    run = ZERO
    for item in items:
        if run + item.amount > left:
            return _(
                "“%(title)s” does not fit, so the list was not approved: the year's envelope has"
                " %(left)s left beside what stands before it, and %(amount)s are proposed. Send the"
                " list back, or have the finance officers raise the ceiling first."
            ) % {
                "title": item.application.title,
                "left": amount_text(left - run),
                "amount": amount_text(item.amount),
            }
        run += item.amount
    return str(MEANWHILE)


def pass_on(
    envelope: int,
    leaving: FundingItem,
    moved: Iterable[tuple[FundingItem, Decimal]],
    *,
    why: str,
    by: User,
) -> None:
    """Lift the reservation of who drops out, and reserve what others get more (yuan) instead.

    Raises WrongState where somebody else has taken of the year's money since it was read.
    """
    entries = [Booking(Kind.UNRESERVED, leaving.amount, reason=why, item=leaving.pk)]
    entries += [Booking(Kind.RESERVED, more, reason=why, item=item.pk) for item, more in moved]
    if not books(envelope=envelope, entries=entries, by=by):
        raise WrongState(MEANWHILE)
