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
    """1,500 万元 paid on 2 March, 900 on 1 June; 2,000 are ordered back on 1 September: five sixths
    of each."""
    payments = [(1_500 * WAN, date(2026, 3, 2)), (900 * WAN, date(2026, 6, 1))]
    lots = lots_of(payments, 2_000 * WAN)
    assert lots == [Lot(750 * WAN, date(2026, 6, 1)), Lot(1_250 * WAN, date(2026, 3, 2))]
    found = ordered(lots, RATE, date(2026, 9, 1))
    # 7,500,000 x 92 days = 65,219.18; 12,500,000 x 183 days = 216,215.75
    assert (found.principal, found.interest) == (2_000 * WAN, Decimal("281434.93"))


@pytest.mark.parametrize(
    ("payments", "principal", "parts"),
    [
        # a third of 100.00 three times: 33.33, and the fen that is left on the latest
        (["100", "100", "100"], "100", ["33.34", "33.33", "33.33"]),
        # 99.99 of 100.00: the latest, of one fen, has no room for more than itself
        (["0.01", "0.01", "99.98"], "99.99", ["0.01", "0.01", "99.97"]),
        (["0.01", "100"], "0.01", ["0.01"]),
        (["30", "70"], "100", ["30", "70"]),
    ],
)
def test_the_fen_that_are_left_fall_on_the_latest(payments, principal, parts):
    """`payments`, the latest first."""
    made = [(Decimal(one), START - timedelta(days=n)) for n, one in enumerate(payments)]
    assert [lot.amount for lot in lots_of(made, Decimal(principal))] == [Decimal(p) for p in parts]


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


paid = st.tuples(sums, st.dates(date(2024, 1, 1), date(2028, 12, 31)))


@given(st.lists(paid, min_size=1, max_size=8), st.integers(1, 100), st.randoms())
def test_lots_are_the_same_part_of_every_payment(payments, percent, random):
    total = sum(amount for amount, _day in payments)
    principal = max(CENT, (total * percent / 100).quantize(CENT))
    lots = lots_of(payments, principal)
    assert sum(lot.amount for lot in lots) == principal
    assert [lot.since for lot in lots] == sorted((lot.since for lot in lots), reverse=True)
    shuffled = list(payments)
    random.shuffle(shuffled)
    assert lots_of(shuffled, principal) == lots
    with pytest.raises(ValueError):
        lots_of(payments, total + CENT)


@given(st.lists(sums, min_size=1, max_size=8), st.integers(1, 100))
def test_no_lot_is_above_its_payment(amounts, percent):
    """Each payment on a day of its own; the oldest takes no more than its share, rounded down."""
    total = sum(amounts)
    principal = max(CENT, (total * percent / 100).quantize(CENT))
    made = {START + timedelta(days=n): amount for n, amount in enumerate(amounts)}
    lots = lots_of([(amount, day) for day, amount in made.items()], principal)
    for lot in lots:
        assert 0 < lot.amount <= made[lot.since]
        assert lot.amount > principal * made[lot.since] / total - CENT
    if len(amounts) > 1 and lots[0].amount < made[lots[0].since] and lots[-1].since == START:
        assert lots[-1].amount <= principal * made[START] / total


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
