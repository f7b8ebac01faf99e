"""The double-entry ledger of a scheme's year: accounts, kinds of entries, and their fold.

One entry moves a sum from the account it credits to the account it debits, so every entry balances
by construction. A balance is what was debited less what was credited. `authority` is the outside,
the documents that grant the money: it alone goes below zero and is always the ceiling's negative.
Plain Python; sums are Decimals in yuan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

ZERO: Final = Decimal("0.00")


class Account(StrEnum):
    """Where the money of a year is."""

    AUTHORITY = "authority"
    AVAILABLE = "available"
    RESERVED = "reserved"  # by an approved funding list
    COMMITTED = "committed"  # by awards, not yet paid
    PAID = "paid"
    RECOVERED = "recovered"  # clawed back (追回); it goes to the treasury and is not spent again
    CARRIED = "carried"  # carried over (结转) to the next year


class Kind(StrEnum):
    """What happened."""

    CEILING_RAISED = "ceiling_raised"
    CEILING_LOWERED = "ceiling_lowered"
    RESERVED = "reserved"
    UNRESERVED = "unreserved"
    AWARDED = "awarded"
    PAID = "paid"
    RELEASED = "released"
    RECOVERED = "recovered"
    CARRIED_OUT = "carried_out"
    CARRIED_IN = "carried_in"


@dataclass(frozen=True, slots=True)
class Move:
    """From which account to which, and the columns of what caused it."""

    credit: Account
    debit: Account
    causes: frozenset[str]


def _move(credit: Account, debit: Account, *causes: str) -> Move:
    return Move(credit, debit, frozenset(causes))


A, K = Account, Kind
CAUSES: Final = ("change", "item", "award", "payment", "repayment", "carry")
MOVES: Final[Mapping[Kind, Move]] = {
    K.CEILING_RAISED: _move(A.AUTHORITY, A.AVAILABLE, "change"),
    K.CEILING_LOWERED: _move(A.AVAILABLE, A.AUTHORITY, "change"),
    K.RESERVED: _move(A.AVAILABLE, A.RESERVED, "item"),
    K.UNRESERVED: _move(A.RESERVED, A.AVAILABLE, "item"),
    K.AWARDED: _move(A.RESERVED, A.COMMITTED, "item", "award"),
    K.PAID: _move(A.COMMITTED, A.PAID, "award", "payment"),
    K.RELEASED: _move(A.COMMITTED, A.AVAILABLE, "award"),
    K.RECOVERED: _move(A.PAID, A.RECOVERED, "award", "repayment"),
    K.CARRIED_OUT: _move(A.AVAILABLE, A.CARRIED, "carry"),
    K.CARRIED_IN: _move(A.AUTHORITY, A.AVAILABLE, "carry"),
}
# What a document alone can grant, lower, claw back or carry over.
DOCUMENTED: Final = frozenset(
    {K.CEILING_RAISED, K.CEILING_LOWERED, K.RECOVERED, K.CARRIED_OUT, K.CARRIED_IN}
)
HELD: Final = tuple(account for account in Account if account != Account.AUTHORITY)

Balances = dict[Account, Decimal]


class Overdrawn(ValueError):
    """An entry would take more from an account than is there; `account` says from which."""

    def __init__(self, account: Account) -> None:
        super().__init__(f"{account} would go below zero")
        self.account = account


def empty() -> Balances:
    return dict.fromkeys(Account, ZERO)


def moved(balances: Mapping[Account, Decimal], kind: Kind, amount: Decimal) -> Balances:
    """The balances after one entry. Raises ValueError for a sum of 0 or less, Overdrawn."""
    if amount <= 0:
        raise ValueError(f"an entry moves more than {amount}")
    move = MOVES[kind]
    left = balances[move.credit] - amount
    if move.credit != Account.AUTHORITY and left < 0:
        raise Overdrawn(move.credit)
    debited = balances[move.debit] + amount
    if move.debit == Account.AUTHORITY and debited > 0:
        raise Overdrawn(move.debit)
    return {**balances, move.credit: left, move.debit: debited}


def fold(entries: Iterable[tuple[Kind, Decimal]]) -> Balances:
    """The balances that entries, in their order, lead to. Raises as `moved` does."""
    balances = empty()
    for kind, amount in entries:
        balances = moved(balances, kind, amount)
    return balances


def ceiling(balances: Mapping[Account, Decimal]) -> Decimal:
    """The year's ceiling, yuan: what the documents granted, and the sum of all other accounts."""
    return -balances[Account.AUTHORITY]


def carriable(
    *, available: Decimal, ceiling: Decimal, carried: Decimal, carried_in: Decimal
) -> Decimal:
    """How much of an ended year may be carried into the next, yuan.

    Money that was itself carried in and is still unspent stays: after two years it counts as
    surplus (结余, 预算法 art. 42). What was carried in is taken to be spent first.
    """
    spent = ceiling - available - carried
    return max(ZERO, available - max(ZERO, carried_in - spent))
