"""Entries of the ledger: written by one statement that says yes or no."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.db import connection

from accounts.models import User
from awards.ledger import CAUSES, MOVES, Account, Kind
from awards.turn import TURN


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry to be: its sum in yuan, the document, and the ids of what caused it."""

    kind: Kind
    amount: Decimal
    document: str = ""
    reason: str = ""
    change: int | None = None
    item: int | None = None
    award: int | None = None
    payment: int | None = None
    repayment: int | None = None
    carry: int | None = None


_TYPES: Final = {
    **dict.fromkeys(("kind", "credit", "debit", "document", "reason"), "text"),
    "amount": "numeric",
    **dict.fromkeys(CAUSES, "bigint"),
}
# One entry: the trigger's conditional UPDATE says yes or no. Several: all or none, so that what
# they need is asked of the row first, as it is once the turn and the lock on it are ours.
_ONE: Final = """
INSERT INTO awards_ledgerentry (envelope_id, number, at, by_id, {columns})
VALUES (%s, 0, now(), %s, {row})
"""
_SEVERAL: Final = """
INSERT INTO awards_ledgerentry (envelope_id, number, at, by_id, {columns})
SELECT %s, 0, now(), %s, {names}
FROM (VALUES {rows}) AS r (place, {names})
JOIN (SELECT id FROM awards_envelope
      WHERE (SELECT {turn}) IS NOT NULL AND id = %s{enough} FOR NO KEY UPDATE) held ON true
ORDER BY place
"""


def books(*, envelope: int, entries: Iterable[Booking], by: User) -> bool:
    """Write the entries in their order, all or none, in the caller's transaction. One query.

    False, and nothing, where an account has not as much as they take from it. `envelope` is its
    id, held until the transaction ends: call it as late as the act allows.
    """
    bookings = list(entries)
    if not bookings:
        return True
    causes = tuple(sorted(set().union(*(MOVES[one.kind].causes for one in bookings))))
    if len(bookings) == 1:
        statement = _statement(causes)
        values = [envelope, by.pk, *_row(bookings[0], causes)]
    else:
        needed = _needed(bookings)
        statement = _statements(len(bookings), causes, tuple(needed))
        values = [envelope, by.pk]
        for place, one in enumerate(bookings):
            values += [place, *_row(one, causes)]
        values += [envelope, envelope, *needed.values()]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)


def _needed(bookings: list[Booking]) -> dict[Account, Decimal]:
    """What each account must have before the first entry, so that none runs dry on the way."""
    runs: dict[Account, Decimal] = defaultdict(Decimal)
    needed: dict[Account, Decimal] = {}
    for one in bookings:
        move = MOVES[one.kind]
        runs[move.debit] += one.amount
        runs[move.credit] -= one.amount
        if move.credit != Account.AUTHORITY and -runs[move.credit] > needed.get(move.credit, 0):
            needed[move.credit] = -runs[move.credit]
    return needed


def _names(causes: tuple[str, ...]) -> list[str]:
    return [name for name in _TYPES if name not in CAUSES] + list(causes)


def _columns(names: list[str]) -> str:
    return ", ".join(f"{name}_id" if name in CAUSES else name for name in names)


@lru_cache(maxsize=64)
def _statement(causes: tuple[str, ...]) -> str:
    """The INSERT of an entry with these causes."""
    names = _names(causes)
    return _ONE.format(columns=_columns(names), row=", ".join(["%s"] * len(names)))


@lru_cache(maxsize=64)
def _statements(count: int, causes: tuple[str, ...], needed: tuple[Account, ...]) -> str:
    """The INSERT of so many entries with these causes, if these accounts have what they need."""
    names = _names(causes)
    row = ", ".join(["%s::int", *(f"%s::{_TYPES[name]}" for name in names)])
    return _SEVERAL.format(
        columns=_columns(names),
        names=", ".join(names),
        rows=", ".join([f"({row})"] * count),
        turn=TURN.format("%s::bigint"),
        enough="".join(f" AND {account} >= %s" for account in needed),
    )


def _row(one: Booking, causes: tuple[str, ...]) -> list[Any]:
    """The values of one entry in the order of the statement."""
    move = MOVES[one.kind]
    words = [one.kind.value, move.credit.value, move.debit.value, one.document, one.reason]
    return [*words, one.amount, *(getattr(one, name) for name in causes)]
