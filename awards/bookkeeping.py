"""What verification holds the ledger against: its balances, and every row that caused an entry."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from awards.ledger import HELD, Balances, Kind, Overdrawn, ceiling, empty, moved
from awards.models import Award, CarryOver, Envelope, FundingItem, LedgerEntry, Repayment

ROWS_AT_ONCE = 2000


def ledger() -> Iterator[str]:
    """Entries fold to the balances; lists, awards, payments and ceilings have theirs, no others."""
    yield from balances()
    yield from items()
    yield from awards()
    yield from grants()


def balances() -> Iterator[str]:
    """The entries of each year, replayed from the first, give what its envelope says."""
    for envelope in Envelope.objects.order_by("year"):
        entries = envelope.entries.order_by("number").values_list("number", "kind", "amount")
        found, count = empty(), 0
        try:
            for number, kind, amount in entries.iterator(chunk_size=ROWS_AT_ONCE):
                count += 1
                if number != count:
                    yield _missing(envelope, count)
                    break
                found = moved(found, Kind(kind), amount)
        except Overdrawn as over:
            yield _("envelope %(year)s: its entries take more from “%(account)s” than is there") % {
                "year": envelope.year,
                "account": over.account,
            }
            continue
        if count < envelope.entries_made:
            yield _missing(envelope, count + 1)
        yield from _differences(envelope, found)


def _missing(envelope: Envelope, number: int) -> str:
    return _("envelope %(year)s: entry %(number)s of its ledger is missing") % {
        "year": envelope.year,
        "number": number,
    }


def _differences(envelope: Envelope, found: Balances) -> Iterator[str]:
    says: dict[str, Decimal] = {"ceiling": ceiling(found)}
    says |= {account.value: found[account] for account in HELD}
    for name, sum_ in says.items():
        if getattr(envelope, name) != sum_:
            yield _("envelope %(year)s: %(account)s is %(balance)s, its entries total %(sum)s") % {
                "year": envelope.year,
                "account": name,
                "balance": getattr(envelope, name),
                "sum": sum_,
            }


def items() -> Iterator[str]:
    """What a list still proposes is reserved, and nothing else."""
    into, out = (
        _sum(kind__in=kinds) for kinds in ((Kind.RESERVED,), (Kind.UNRESERVED, Kind.AWARDED))
    )
    rows = FundingItem.objects.filter(
        Q(funding_list__status="approved") | Q(entries__isnull=False)
    ).annotate(booked=into - out)
    for row in rows.select_related("application", "funding_list").order_by("pk"):
        held = row.amount if row.holds else Decimal(0)
        if row.booked != held:
            yield _("%(number)s: its list holds %(held)s, the ledger %(booked)s") % {
                "number": row.application.number,
                "held": held,
                "booked": row.booked,
            }


def _sum(**kinds: Any) -> Coalesce:
    named = Q(**{f"entries__{name}": value for name, value in kinds.items()})
    return Coalesce(Sum("entries__amount", filter=named), Value(Decimal(0)))


def awards() -> Iterator[str]:
    """What awards committed, paid and gave back; every payment by its own entry."""
    rows = Award.objects.annotate(
        awarded=_sum(kind=Kind.AWARDED),
        paid_out=_sum(kind=Kind.PAID),
        released=_sum(kind=Kind.RELEASED),
        recovered=_sum(kind=Kind.RECOVERED),
    )
    for row in rows.select_related("application").order_by("pk"):
        said: Any = row
        back = row.amount - row.paid if row.revoked_at else row.cut
        pairs = ((row.amount, said.awarded), (row.paid, said.paid_out), (back, said.released))
        if said.recovered > row.paid or any(is_ != booked for is_, booked in pairs):
            yield _("award of %(number)s: the ledger does not say what the award says") % {
                "number": row.application.number
            }
    yield from _repayments()
    for entry in LedgerEntry.objects.filter(kind=Kind.PAID).exclude(amount=F("payment__amount")):
        yield _("payment %(number)s: the ledger says another sum") % {"number": entry.document}


def _repayments() -> Iterator[str]:
    """Of what was paid back the principal is recovered, once confirmed."""
    rows = Repayment.objects.annotate(recovered=_sum(kind=Kind.RECOVERED))
    for row in rows.select_related("clawback__award__application").order_by("pk"):
        due = row.principal if row.confirmed_at else Decimal(0)
        if row.recovered != due:
            yield _("repayment %(number)s: the ledger says another sum") % {
                "number": row.document_no
            }


def grants() -> Iterator[str]:
    """Ceilings are those last confirmed by document, sums carried over those that two confirmed."""
    carried_in = Q(entries__kind=Kind.CARRIED_IN)
    rows = Envelope.objects.annotate(
        into=Coalesce(Sum("entries__amount", filter=carried_in), Value(Decimal(0)))
    )
    for row in rows.prefetch_related("changes").order_by("year"):
        confirmed = [change for change in row.changes.all() if change.confirmed_at]
        last = max(confirmed, key=lambda change: change.pk, default=None)
        granted = last.ceiling if last else Decimal(0)
        if row.ceiling != granted + row.into:
            yield _(
                "envelope %(year)s: %(sum)s granted by document, its ceiling is %(ceiling)s"
            ) % {
                "year": row.year,
                "sum": granted + row.into,
                "ceiling": row.ceiling,
            }
    for carry in CarryOver.objects.select_related("source").prefetch_related("entries"):
        kinds = sorted(e.kind for e in carry.entries.all() if e.amount == carry.amount)
        if kinds != ([Kind.CARRIED_IN, Kind.CARRIED_OUT] if carry.confirmed_at else []):
            yield _("envelope %(year)s: what was carried over is not as confirmed") % {
                "year": carry.source.year
            }
