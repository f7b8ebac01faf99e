"""Interest on money clawed back: worked vectors, and what always holds."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.interest import CENT, Balance, Lot, accrued, lots_of, ordered, repaid, until

RATE = Decimal("3.45")
WAN = Decimal(10_000)
sums = st.decimals("0.01", "300000000", places=2)
rates = st.decimals("0", "24", places=2)
days = st.integers(0, 4000)
START = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("principal", "percent", "length", "interest"),
    [
        ("15000000", "3.45", 365, "517500.00"),
        ("15000000", "3.45", 1, "1417.81"),
        ("15000000", "3.45", 100, "141780.82"),
        ("1", "3.45", 52, "0.00"),
        ("1", "3.45", 53, "0.01"),
        ("100", "3.65", 1, "0.01"),
        ("9000000", "0", 365, "0.00"),
        ("10000", "3.45", 366, "345.95"),
    ],
)
def test_worked_vectors(principal, percent, length, interest):
    """15,000,000 x 3.45 % x 100 / 365 = 141,780.8219…; a leap year still has 365 days."""
    assert accrued(Decimal(principal), Decimal(percent), length) == Decimal(interest)


def test_an_order_counts_each_payment_from_its_own_day():
    """1,500 万元 paid on 2 March, 900 on 1 June; 2,000 are ordered back on 1 September."""
    payments = [(1_500 * WAN, date(2026, 3, 2)), (900 * WAN, date(2026, 6, 1))]
    lots = lots_of(payments, 2_000 * WAN)
    assert lots == [Lot(900 * WAN, date(2026, 6, 1)), Lot(1_100 * WAN, date(2026, 3, 2))]
    found = ordered(lots, RATE, date(2026, 9, 1))
    # 9,000,000 x 92 days = 78,263.01; 11,000,000 x 183 days = 190,269.86
    assert (found.principal, found.interest) == (2_000 * WAN, Decimal("268532.87"))


def test_part_payments_go_to_the_interest_first():
    owed = Balance(2_000 * WAN, Decimal("268532.87"), date(2026, 9, 1))
    # 30 days on 20,000,000 are 56,712.33
    owed, split = repaid(owed, RATE, date(2026, 10, 1), Decimal("300000"))
    assert (split.interest, split.principal) == (Decimal("300000"), 0)
    assert (owed.principal, owed.interest) == (2_000 * WAN, Decimal("25245.20"))
    owed, split = repaid(owed, RATE, date(2026, 10, 1), Decimal("5025245.20"))
    assert (split.interest, split.principal) == (Decimal("25245.20"), 500 * WAN)
    owed, split = repaid(owed, RATE, date(2026, 10, 31), Decimal("15042534.25"))
    assert (split.interest, split.principal) == (Decimal("42534.25"), 1_500 * WAN)
    assert owed.total == 0


@given(sums, rates, days, days)
def test_interest_grows_with_the_days(principal, percent, one, other):
    less, more = sorted((one, other))
    assert accrued(principal, percent, less) <= accrued(principal, percent, more)
    exact = principal * percent * less / 36500
    assert abs(accrued(principal, percent, less) - exact) <= CENT / 2


@given(sums, rates, st.lists(st.tuples(days, st.integers(1, 100)), max_size=8))
def test_nothing_is_lost_between_repayments(principal, percent, parts):
    """What was paid, and what is left, are the principal and all interest that ran."""
    balance, interest, paid, day = (
        Balance(principal, Decimal(0), START),
        Decimal(0),
        Decimal(0),
        START,
    )
    for length, share in parts:
        day += timedelta(days=length)
        before = until(balance, percent, day)
        interest += before.interest - balance.interest
        amount = (before.total * share / 100).quantize(CENT)
        if amount == 0:
            balance = before
            continue
        balance, split = repaid(balance, percent, day, amount)
        assert split.interest + split.principal == amount
        assert split.principal == 0 or balance.interest == 0
        paid += amount
    assert paid + balance.total == principal + interest
    assert balance.principal >= 0
    assert balance.interest >= 0


@given(st.lists(st.tuples(sums, st.dates(date(2024, 1, 1), date(2028, 12, 31))), min_size=1))
def test_lots_make_up_the_principal(payments):
    total = sum(amount for amount, _day in payments)
    half = (total / 2).quantize(CENT)
    for principal in {total, half} - {Decimal(0)}:
        lots = lots_of(payments, principal)
        assert sum(lot.amount for lot in lots) == principal
        assert [lot.since for lot in lots] == sorted((lot.since for lot in lots), reverse=True)
    with pytest.raises(ValueError):
        lots_of(payments, total + CENT)


@pytest.mark.parametrize("amount", ["0", "-1", "100.35"])
def test_no_more_is_taken_than_is_owed(amount):
    """100 yuan for 35 days at 3.45 % are 0.33 of interest."""
    with pytest.raises(ValueError):
        repaid(
            Balance(Decimal(100), Decimal(0), START), RATE, START + timedelta(35), Decimal(amount)
        )


def test_an_earlier_day_changes_nothing():
    owed = Balance(Decimal(100), Decimal(1), START)
    assert until(owed, RATE, START - timedelta(days=9)) == owed
    with pytest.raises(ValueError):
        accrued(Decimal(1), RATE, -1)
