"""Changes of an agreement: how far they go, who decides, what falls away of the money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.amendment_rule import from_the_last, goes_to_approver, of_figure, of_time

figures = st.decimals("0", "300000000", places=2)
START = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("was", "becomes", "percent", "approver"),
    [
        ("280", "224", "20.00", False),
        ("280", "223", "20.36", True),
        ("280", "336", "20.00", False),
        ("0", "1", "100.00", True),
        ("0", "0", "0.00", False),
        ("100000", "79999.999", "20.01", True),
        ("320000000.00", "256000000.00", "20.00", False),
    ],
)
def test_worked_vectors(was, becomes, percent, approver):
    change = of_figure("tax_yuan", Decimal(was), Decimal(becomes), agreed=Decimal(was))
    assert change.percent == Decimal(percent)
    assert goes_to_approver([change], 20) == approver


@pytest.mark.parametrize(
    ("becomes", "percent"),
    [("1064", "20.00"), ("1063", "21.25"), ("1000", "100.00"), ("900", "100.00")],
)
def test_of_a_headcount_the_new_jobs_are_the_promise(becomes, percent):
    """1,080 promised where 1,000 are there already: to give up all 80 moves it by 7 % only."""
    change = of_figure(
        "promised_headcount",
        Decimal(1080),
        Decimal(becomes),
        agreed=Decimal(1080),
        given=Decimal(1000),
    )
    assert change.percent == Decimal(percent)


def test_a_further_step_is_measured_from_what_was_agreed():
    """100 agreed, 85 in force: 75 are a quarter less, though only 11.76 % of what is in force."""
    change = of_figure("tax_yuan", Decimal(85), Decimal(75), agreed=Decimal(100))
    assert (change.was, change.percent) == ("85", 25)
    back = of_figure("tax_yuan", Decimal(85), Decimal(100), agreed=Decimal(100))
    assert back.percent == 0


def test_time_is_measured_by_what_was_agreed():
    """300 days agreed: 60 days more are a fifth, 61 are above it, in one step or two."""
    was = START + timedelta(days=300)

    def moved(days, since=was):
        return of_time("finishes_on", START, since, was + timedelta(days=days), agreed=was)

    assert moved(60).percent == 20
    assert goes_to_approver([moved(61)], 20)
    assert goes_to_approver([moved(61, was + timedelta(days=50))], 20)
    with pytest.raises(ValueError):
        moved(-301)


@given(figures, figures, st.integers(0, 100))
def test_the_bound_is_exact(was, becomes, above):
    change = of_figure("tax_yuan", was, becomes, agreed=was)
    exact = abs(becomes - was) * 100 > above * was if was else becomes > 0 and above < 100
    assert goes_to_approver([change], above) == exact


@given(st.lists(st.decimals("0.01", "9999", places=2), max_size=5), st.data())
def test_what_falls_away_comes_from_the_last(sums, data):
    total = sum(sums, Decimal(0))
    less = data.draw(st.decimals(0, total, places=2))
    cuts = from_the_last(sums, less)
    assert sum(cuts, Decimal(0)) == less
    assert all(0 <= cut <= amount for cut, amount in zip(cuts, sums, strict=True))
    touched = [n for n, cut in enumerate(cuts) if cut]
    assert all(cuts[n] == sums[n] for n in range(min(touched, default=len(sums)) + 1, len(sums)))
    with pytest.raises(ValueError):
        from_the_last(sums, total + Decimal("0.01"))
