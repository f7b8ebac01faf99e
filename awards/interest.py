"""What a firm owes of money clawed back: principal, and interest by days (actual/365).

A principal is a part of every payment, in proportion. Interest runs on each from the day it was
made, at one rate frozen with the call; it is simple, and rounded half up to the fen whenever
something is paid back. What is paid back goes to the interest first, then to the principal
(民法典 art. 561). Plain Python; sums in yuan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
DAYS: Final = 365  # whatever the year


@dataclass(frozen=True, slots=True)
class Lot:
    """A part of the principal and the day from which it bears interest."""

    amount: Decimal
    since: date


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed on a day: principal still bearing interest, and interest not yet paid."""

    principal: Decimal
    interest: Decimal
    day: date

    @property
    def total(self) -> Decimal:
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class Split:
    """How one repayment divides."""

    interest: Decimal
    principal: Decimal


def accrued(principal: Decimal, percent: Decimal, days: int) -> Decimal:
    """Simple interest on a principal for so many days, half up to the fen.

    Raises ValueError for a negative figure.
    """
    if principal < 0 or percent < 0 or days < 0:
        raise ValueError("principal, rate and days are 0 or more")
    return (principal * percent * days / (100 * DAYS)).quantize(CENT, ROUND_HALF_UP)


def lots_of(payments: Sequence[tuple[Decimal, date]], principal: Decimal) -> list[Lot]:
    """The parts of the payments that make up a principal, the latest first.

    Each payment is clawed back in the same proportion, so that which of them is meant is nobody's
    choice and cannot move the interest: rounded down to the fen, and the fen that are left on the
    latest (where it has no room for them, on the one before). Raises ValueError where less was
    paid.
    """
    total = sum((amount for amount, _day in payments), Decimal("0.00"))
    if principal > total:
        raise ValueError("more would be clawed back than was paid")
    latest_first = sorted(payments, key=lambda one: (one[1], one[0]), reverse=True)
    shares = [_down(principal * amount / total) for amount, _day in latest_first]
    left, found = principal - sum(shares, Decimal("0.00")), []
    for (amount, day), share in zip(latest_first, shares, strict=True):
        more = min(left, amount - share)
        left -= more
        if share + more > 0:
            found.append(Lot(share + more, day))
    return found


def _down(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_FLOOR)


def ordered(lots: Iterable[Lot], percent: Decimal, day: date) -> Balance:
    """What is owed on the day of the order: every lot with its own interest until then."""
    parts = list(lots)
    interest = sum(
        (accrued(lot.amount, percent, (day - lot.since).days) for lot in parts), Decimal("0.00")
    )
    return Balance(sum((lot.amount for lot in parts), Decimal("0.00")), interest, day)


def until(balance: Balance, percent: Decimal, day: date) -> Balance:
    """The same on a later day; before its own day nothing changes but nothing accrues either."""
    days = max(0, (day - balance.day).days)
    more = accrued(balance.principal, percent, days)
    return Balance(balance.principal, balance.interest + more, max(day, balance.day))


def repaid(balance: Balance, percent: Decimal, day: date, amount: Decimal) -> tuple[Balance, Split]:
    """What is owed after a repayment on this day, and how it divides.

    Raises ValueError for a sum of 0 or less, or of more than is owed that day.
    """
    now = until(balance, percent, day)
    if not 0 < amount <= now.total:
        raise ValueError(f"from 0.01 to {now.total}")
    split = Split(min(amount, now.interest), max(Decimal("0.00"), amount - now.interest))
    left = Balance(now.principal - split.principal, now.interest - split.interest, now.day)
    return left, split
