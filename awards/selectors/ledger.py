"""What is read of envelopes and of the entries that fill them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When, Window
from django.utils.translation import gettext_lazy as _

from applications.models import Scheme
from awards.ledger import ZERO, Account, Kind
from awards.models import ACCOUNT_NAMES, Envelope, LedgerEntry

# The columns of a year as its figures stand below each other.
SHOWN = (
    Account.AVAILABLE,
    Account.RESERVED,
    Account.COMMITTED,
    Account.PAID,
    Account.RECOVERED,
    Account.CARRIED,
)


def loads(envelope: Envelope) -> list[tuple[Decimal, Any, str]]:
    """What lies on the beam of a year: paid, awarded, reserved, carried away (yuan)."""
    return [
        (envelope.paid + envelope.recovered, _("paid"), ""),
        (envelope.committed, _("awarded, not yet paid"), "soft"),
        (envelope.reserved, _("reserved by funding lists"), "2"),
        (envelope.carried, _("carried into the next year"), "none"),
    ]


def side_by_side(scheme: Scheme, envelopes: Iterable[Envelope]) -> dict[str, Any]:
    """The scheme's years beside each other: a row for each account, the ceiling last (yuan).

    `rows`: name, account and for each year the sum, None where the year has no envelope.
    """
    known = {envelope.year: envelope for envelope in envelopes}
    years = list(range(scheme.first_year, scheme.last_year + 1))

    def cells(name: str) -> list[tuple[int, Decimal | None]]:
        return [(y, getattr(known[y], name) if y in known else None) for y in years]

    rows = [(ACCOUNT_NAMES[one], one.value, cells(one.value)) for one in SHOWN]
    total = (_("Ceiling"), Account.AUTHORITY.value, cells("ceiling"))
    return {"years": years, "rows": rows, "total": total}


def carried_into(envelope: Envelope) -> Decimal:
    """What the envelope has from the year before, yuan; no document of its own counts it."""
    rows = envelope.entries.filter(kind=Kind.CARRIED_IN)
    return rows.aggregate(sum=Sum("amount"))["sum"] or ZERO


def room_in(scheme: Scheme, year: int) -> Decimal:
    """What the scheme's limit still lets into a year, yuan; what is carried in counts."""
    ceiling = scheme.envelopes.filter(year=year).values_list("ceiling", flat=True).first()
    return max(scheme.annual_limit - (ceiling or Decimal(0)), Decimal(0))


def entries(envelope: Envelope, account: str = "") -> QuerySet[LedgerEntry]:
    """A year's entries, the newest first, with their causes; those of one account with `.moved`,
    what they add to it (less than 0 where they take), and `.balance`, what it has after them.

    The outside is shown as the ceiling, which is its negative.
    """
    rows = LedgerEntry.objects.filter(envelope=envelope).order_by("-number")
    if account:
        sign = -1 if account == Account.AUTHORITY else 1
        moved = Case(
            When(debit=account, then=F("amount") * Value(sign)),
            When(credit=account, then=F("amount") * Value(-sign)),
        )
        rows = rows.filter(Q(debit=account) | Q(credit=account)).annotate(
            moved=moved, balance=Window(Sum(moved), order_by=F("number").asc())
        )
    return rows.select_related(
        "by",
        "change",
        "carry__source",
        "carry__target",
        "item__application",
        "item__funding_list__call",
        "award__application",
        "payment__instalment",
    )
