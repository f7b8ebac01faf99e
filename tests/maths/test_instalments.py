from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.instalments import plan


def amounts(award, *percentages, **more):
    return [str(part.amount) for part in plan(D(award), percentages, **more)]


def test_half_a_third_and_a_fifth():
    parts = plan(D("24000000.00"), [50, 30, 20])
    assert [(p.number, p.percent, p.amount) for p in parts] == [
        (1, 50, D(12_000_000)),
        (2, 30, D(7_200_000)),
        (3, 20, D(4_800_000)),
    ]
    assert amounts("100000000", 40, 40, 20) == ["40000000.00", "40000000.00", "20000000.00"]


def test_what_does_not_divide_is_carried_and_nothing_is_lost():
    assert amounts("0.05", 50, 30, 20) == ["0.03", "0.01", "0.01"]
    assert amounts("100.01", 50, 30, 20) == ["50.01", "30.00", "20.00"]
    assert amounts("1000.00", "33.33", "33.33", "33.34") == ["333.30", "333.30", "333.40"]
    assert amounts("123456.78", 100) == ["123456.78"]


def test_parts_in_whole_hundreds_leave_the_odd_sum_to_the_last():
    assert amounts("123456.78", 50, 30, 20, unit=D(100)) == ["61700", "37100", "24656.78"]


@pytest.mark.parametrize(
    ("award", "percentages"),
    [
        ("100", []),
        ("100", [50, 30]),
        ("100", [50, 60, -10]),
        ("100", [50, 50, 0]),
        ("0", [100]),
        ("-5", [100]),
        ("1.005", [100]),
        ("0.01", [50, 30, 20]),
    ],
)
def test_plans_that_cannot_be(award, percentages):
    with pytest.raises(ValueError, match=r"percentages must|an award is|too small"):
        plan(D(award), percentages)


@given(
    st.decimals(min_value=D("1000"), max_value=D("99999999999999.99"), places=2),
    st.lists(st.integers(1, 40), min_size=1, max_size=6),
)
def test_parts_total_the_award_to_the_cent_and_follow_their_percentages(award, weights):
    percentages = [D(w) for w in weights[:-1]]
    percentages.append(100 - sum(percentages))
    if percentages[-1] <= 0:
        percentages = [D(100)]
    parts = plan(award, percentages)
    assert sum(p.amount for p in parts) == award
    assert [p.percent for p in parts] == percentages
    for part in parts:
        assert part.amount > 0
        assert part.amount % D("0.01") == 0
        assert abs(part.amount - award * part.percent / 100) <= D("0.01")
