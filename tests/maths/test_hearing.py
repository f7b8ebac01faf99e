"""The hearing's mathematics: shortlist, lot, hours, and both stages in one total."""

import copy
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import hearing
from reviews.draw import certificate, protocol
from reviews.ranking import Entry, Rules, rank
from reviews.scoring import Points, weigh
from tests.maths.test_draw_certificate import CERTIFICATE
from tests.maths.test_verify_draw import faults

hundredths = st.integers(0, 10_000).map(lambda n: Decimal(n) / 100)
parts = st.tuples(hundredths, st.integers(0, 100)).map(
    lambda pair: Points(pair[0] - pair[0] * pair[1] // 100, pair[0] * pair[1] // 100)
)
names = st.lists(st.text("0123456789-", min_size=1, max_size=8), unique=True, max_size=8)


# --- both stages ----------------------------------------------------------------------------------


def test_a_worked_total():
    """85.14 and 78.50, the hearing weighing 40 per cent: 51.084 + 31.40 = 82.484."""
    paper = Points(Decimal("62.14"), Decimal("23.00"))
    spoken = Points(Decimal("54.25"), Decimal("24.25"))
    both = weigh(paper, spoken, 40)
    assert (both.total, both.employment, both.quality) == (
        Decimal("82.48"),
        Decimal("23.50"),
        Decimal("58.98"),
    )


def test_half_a_hundredth_is_rounded_up():
    both = weigh(Points(Decimal("0.01"), Decimal(0)), Points(Decimal(0), Decimal(0)), 50)
    assert both.total == Decimal("0.01")


@given(parts, parts, st.integers(1, 99))
def test_the_total_is_the_weighted_sum_rounded_once(paper, spoken, percent):
    both = weigh(paper, spoken, percent)
    for name in ("total", "employment"):
        exact = getattr(paper, name) * (100 - percent) + getattr(spoken, name) * percent
        assert getattr(both, name) == (exact / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert both.quality + both.employment == both.total
    rest = Fraction(paper.quality) * (100 - percent) + Fraction(spoken.quality) * percent
    assert abs(Fraction(both.quality) - rest / 100) <= Fraction(1, 100)
    assert both.quality >= 0


@given(parts, parts, parts, st.integers(1, 99))
def test_more_points_in_a_stage_never_give_fewer_in_all(paper, one, other, percent):
    low, high = sorted((one, other), key=lambda points: points.total)
    assert weigh(paper, low, percent).total <= weigh(paper, high, percent).total
    assert weigh(low, paper, percent).total <= weigh(high, paper, percent).total


@given(parts, st.integers(1, 99))
def test_a_missing_stage_gives_no_total_and_equal_stages_the_same(points, percent):
    assert weigh(None, points, percent) is weigh(points, None, percent) is None
    assert weigh(points, points, percent) == points


# --- the shortlist --------------------------------------------------------------------------------


def ranked(totals):
    """Places of dossiers with these totals; every other key is the same."""
    entries = [
        Entry(str(n), total, Decimal(1), 1, Decimal(1)) for n, total in enumerate(totals, start=1)
    ]
    return rank(entries, Rules(floor=Decimal("60.00")))


def states(totals, sums, envelope, times):
    asked = {str(n): Decimal(s) for n, s in enumerate(sums, start=1)}
    return hearing.shortlist(ranked(totals), asked, Decimal(envelope), times)


def test_guangdong_takes_six_for_three():
    totals = [Decimal(90 - n) for n in range(8)]
    found = states(totals, [5] * 8, 15, 2)
    assert [found[str(n)] for n in range(1, 9)] == ["shortlisted"] * 6 + ["beyond"] * 2


def test_the_one_that_reaches_the_sum_still_comes():
    totals = [Decimal(90), Decimal(85), Decimal(80)]
    assert states(totals, [15, 20, 1], 10, 2) == {
        "1": "shortlisted",
        "2": "shortlisted",
        "3": "beyond",
    }


def test_whoever_shares_the_last_rank_comes_along():
    totals = [Decimal(90), Decimal(80), Decimal(80), Decimal(80)]
    found = states(totals, [15, 10, 10, 10], 10, 2)
    assert set(found.values()) == {"shortlisted"}


def test_all_above_the_floor_and_nobody_else():
    totals = [Decimal(90), Decimal("60.00"), Decimal("59.99"), None]
    assert states(totals, [10] * 4, 1, None) == {
        "1": "shortlisted",
        "2": "shortlisted",
        "3": "below_floor",
        "4": "too_few",
    }


@given(
    st.lists(st.tuples(hundredths, st.integers(1, 50)), min_size=1, max_size=9),
    st.integers(1, 60),
    st.integers(2, 9),
)
def test_the_shortlist_is_a_head_of_the_ranking_that_asks_for_enough(rows, envelope, times):
    totals, sums = [total for total, _s in rows], [s for _t, s in rows]
    found = states(totals, sums, envelope, times)
    places = {place.id: place for place in ranked(totals)}
    comes = [places[i].rank for i, state in found.items() if state == "shortlisted"]
    beyond = [places[i].rank for i, state in found.items() if state == "beyond"]
    assert not beyond or max(comes) < min(beyond)
    asked = sum(sums[int(i) - 1] for i, state in found.items() if state == "shortlisted")
    assert asked >= envelope * times if beyond else True
    if comes:
        better = [i for i, p in places.items() if p.rank is not None and p.rank < max(comes)]
        assert sum(sums[int(i) - 1] for i in better) < envelope * times


@given(st.integers(1, 40), st.integers(1, 240))
def test_hours_follow_one_another_without_a_gap(place, minutes):
    start = datetime(2026, 6, 1, 1, tzinfo=UTC)
    begins, ends = hearing.slot(start, place, minutes)
    assert ends == hearing.slot(start, place + 1, minutes)[0]
    assert begins - start == timedelta(minutes=minutes * (place - 1))


# --- the lot --------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.integers(1, 30), names, st.randoms())
def test_anybody_finds_the_same_order_from_the_seed(seed, panel, numbers, random):
    shuffled = list(numbers)
    random.shuffle(shuffled)
    order = protocol.hearing_order(seed, str(panel), shuffled)
    by_hand = sorted(
        (hmac.digest(seed, f"hearing|{panel}|{n}".encode(), lambda d=b"": hashlib.new("sm3", d)), n)
        for n in numbers
    )
    assert order == by_hand


def heard(order=None):
    """The certificate of a draw whose first panel hears its dossiers."""
    made = copy.deepcopy(CERTIFICATE)
    panel = made["input"]["panels"][0]
    seed = bytes.fromhex(made["seed"])
    right = [n for _k, n in protocol.hearing_order(seed, panel["id"], panel["applications"])]
    made["hearing"] = [{"panel": panel["id"], "applications": order(right) if order else right}]
    return made


def test_a_certificate_with_its_hearing_holds():
    assert certificate.reproduce(heard()) == faults(heard()) == []


@pytest.mark.parametrize(
    "order",
    [
        lambda right: right[::-1],
        lambda right: [*right, right[0]],
        lambda right: ["elsewhere", *right],
    ],
    ids=["turned round", "twice", "another's"],
)
def test_both_programs_find_an_order_that_is_not_the_lots(order):
    for found in (certificate.reproduce(heard(order)), faults(heard(order))):
        assert len(found) == 1
        assert "hearing" in found[0]


def test_a_hearing_of_no_panel_is_found():
    made = heard()
    made["hearing"][0]["panel"] = "99"
    assert certificate.reproduce(made) != []
    assert faults(made) == ["hearing: panel 99 is not in the input"]
