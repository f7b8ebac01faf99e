"""The last instalment by the jobs achieved: exact bounds, exact fen."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.achievement import CENT, Outcome, net_new, settle

PLANNED = Decimal("6000000.00")
BOUNDS = {"cut_below": 80, "fail_below": 50}
sums = st.decimals("0.01", "300000000", places=2)
jobs = st.integers(1, 20_000)


@pytest.mark.parametrize(
    ("achieved", "outcome", "payable", "percent"),
    [
        (168, Outcome.FULL, "6000000.00", "100.00"),
        (200, Outcome.FULL, "6000000.00", "119.04"),
        (135, Outcome.FULL, "6000000.00", "80.35"),
        (134, Outcome.CUT, "4785714.29", "79.76"),
        (84, Outcome.CUT, "3000000.00", "50.00"),
        (83, Outcome.FAILED, "0.00", "49.40"),
        (0, Outcome.FAILED, "0.00", "0.00"),
    ],
)
def test_worked_vectors(achieved, outcome, payable, percent):
    """168 jobs promised, 20 % of 3,000 万元 to pay; 80 % is 134.4 jobs, 50 % is 84."""
    found = settle(PLANNED, promised=168, achieved=achieved, **BOUNDS)
    assert (found.outcome, found.payable, found.percent) == (
        outcome,
        Decimal(payable),
        Decimal(percent),
    )
    assert found.cut == PLANNED - found.payable


@given(sums, jobs, jobs)
def test_the_bounds_themselves_are_reached(planned, promised, achieved):
    found = settle(planned, promised=promised, achieved=achieved, **BOUNDS)
    share = Decimal(achieved) / Decimal(promised)
    expected = (
        Outcome.FULL
        if 100 * achieved >= 80 * promised
        else Outcome.FAILED
        if 100 * achieved < 50 * promised
        else Outcome.CUT
    )
    assert found.outcome == expected
    assert 0 <= found.payable <= planned
    assert found.payable == found.payable.quantize(CENT)
    if expected == Outcome.CUT:
        assert abs(found.payable - planned * share) <= CENT / 2
    assert settle(planned, promised=5 * promised, achieved=4 * promised, **BOUNDS).cut == 0
    half = settle(planned, promised=2 * promised, achieved=promised, **BOUNDS)
    assert half.outcome == Outcome.CUT


@given(sums, jobs, st.integers(0, 20_000), st.integers(0, 20_000))
def test_more_jobs_never_mean_less_money(planned, promised, one, other):
    less, more = sorted((one, other))
    assert (
        settle(planned, promised=promised, achieved=less, **BOUNDS).payable
        <= settle(planned, promised=promised, achieved=more, **BOUNDS).payable
    )


@given(sums, st.integers(0, 500))
def test_without_a_promise_nothing_is_cut(planned, achieved):
    found = settle(planned, promised=0, achieved=achieved, **BOUNDS)
    assert (found.outcome, found.cut, found.percent) == (Outcome.FULL, 0, 100)


def test_bounds_at_their_ends():
    assert settle(PLANNED, promised=9, achieved=0, cut_below=0, fail_below=0).cut == 0
    assert settle(PLANNED, promised=9, achieved=8, cut_below=100, fail_below=100).payable == 0
    assert net_new(100, 112) == 0
    assert net_new(280, 112) == 168


@pytest.mark.parametrize(
    "given_",
    [
        {"promised": -1},
        {"achieved": -1},
        {"planned": Decimal(-1)},
        {"fail_below": 81},
        {"cut_below": 101},
    ],
)
def test_what_cannot_be_is_refused(given_):
    values = {"planned": PLANNED, "promised": 10, "achieved": 5, **BOUNDS} | given_
    with pytest.raises(ValueError):
        settle(values.pop("planned"), **values)
