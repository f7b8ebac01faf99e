"""What always holds of the funding line and of moving up."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from awards.funding import (
    MODES,
    REASONS,
    Candidate,
    Deviation,
    draw_line,
    promote,
)
from tests.maths.test_funding import FLOOR


@st.composite
def rankings(draw):
    totals = sorted(draw(st.lists(st.integers(50, 95), max_size=14)), reverse=True)
    return [
        Candidate(f"P{i}", 1 + totals.index(total), D(total), D(draw(st.integers(1, 900))) / 4)
        for i, total in enumerate(totals)
    ]


envelopes = st.integers(0, 6000).map(lambda quarters: D(quarters) / 4)


@st.composite
def lists(draw):
    candidates, envelope = draw(rankings()), draw(envelopes)
    able = [c for c in candidates if c.total >= FLOOR]
    held = draw(st.lists(st.sampled_from(able), max_size=3, unique=True)) if able else []
    lifted = [c for c in able if c not in held and c.requested <= envelope][-1:]
    deviations = [Deviation(c.id, "hold_back", "why") for c in held]
    deviations += [Deviation(c.id, "lift", "why") for c in lifted if draw(st.booleans())]
    return candidates, envelope, draw(st.sampled_from(MODES)), deviations


def check_sums(drawn):
    assert 0 <= drawn.committed <= drawn.envelope
    assert drawn.committed + drawn.remainder == drawn.envelope
    running = D(0)
    for item in drawn.items:
        running += item.awarded
        assert (item.cumulative, item.remainder) == (running, drawn.envelope - running)
        assert 0 <= item.awarded <= item.requested
        assert item.reason in REASONS
        assert {
            "funded": item.awarded == item.requested,
            "partial": 0 < item.awarded < item.requested,
        }.get(item.outcome, item.awarded == 0)
        if item.total < FLOOR:
            assert item.outcome in ("below_floor", "dropped")
    orders = [item.reserve_order for item in drawn.items if item.reserve_order]
    assert orders == list(range(1, len(orders) + 1))


@given(lists())
def test_the_envelope_holds_and_sums_are_exact(given_list):
    candidates, envelope, mode, deviations = given_list
    drawn = draw_line(candidates, envelope, mode, FLOOR, deviations)
    check_sums(drawn)
    assert [item.id for item in drawn.items] == [c.id for c in candidates]
    for deviation in deviations:
        item = drawn.item(deviation.id)
        assert item.outcome == ("funded" if deviation.kind == "lift" else "reserve")


@given(rankings(), envelopes)
def test_strict_never_funds_behind_one_it_left_out(candidates, envelope):
    drawn = draw_line(candidates, envelope, "strict", FLOOR)
    outcomes = [item.outcome for item in drawn.items if item.outcome != "below_floor"]
    assert outcomes == sorted(outcomes, key=["funded", "reserve"].index)
    first = next((item for item in drawn.items if item.outcome == "reserve"), None)
    assert first is None or first.requested > drawn.remainder, "who is left out did not fit"


@given(rankings(), envelopes)
def test_skip_leaves_out_only_what_did_not_fit_when_its_turn_came(candidates, envelope):
    drawn = draw_line(candidates, envelope, "skip", FLOOR)
    for item in drawn.items:
        if item.outcome == "reserve":
            assert item.requested > item.remainder


@given(rankings(), envelopes)
def test_partial_leaves_money_only_when_nobody_is_left(candidates, envelope):
    drawn = draw_line(candidates, envelope, "partial", FLOOR)
    outcomes = [item.outcome for item in drawn.items if item.outcome != "below_floor"]
    assert outcomes == sorted(outcomes, key=["funded", "partial", "reserve"].index)
    assert outcomes.count("partial") <= 1
    if "reserve" in outcomes or "partial" in outcomes:
        assert drawn.remainder == 0


@given(lists(), st.data())
def test_moving_up_takes_nothing_from_anybody_and_keeps_within_the_envelope(given_list, data):
    candidates, envelope, mode, deviations = given_list
    drawn = draw_line(candidates, envelope, mode, FLOOR, deviations)
    names = [c.id for c in candidates]
    dropped = data.draw(st.sets(st.sampled_from(names), max_size=3)) if names else set()
    promotion = promote(drawn, dropped)
    check_sums(promotion.line)
    for before, after in zip(drawn.items, promotion.line.items, strict=True):
        if before.id in dropped:
            assert (after.outcome, after.awarded) == ("dropped", 0)
        else:
            assert after.awarded >= before.awarded
        if before.deviation == "hold_back":
            assert after.awarded == 0
    grown = [m.id for m in promotion.moved]
    assert grown == [n for n in names if promotion.line.item(n).awarded > drawn.item(n).awarded]


@given(rankings(), envelopes, st.data())
def test_strict_moving_up_ends_where_a_fresh_line_without_the_dropped_would(
    candidates, envelope, data
):
    names = [c.id for c in candidates]
    dropped = data.draw(st.sets(st.sampled_from(names), max_size=3)) if names else set()
    promotion = promote(draw_line(candidates, envelope, "strict", FLOOR), dropped)
    fresh = draw_line([c for c in candidates if c.id not in dropped], envelope, "strict", FLOOR)
    assert {i.id: i.awarded for i in promotion.line.items if i.id not in dropped} == {
        i.id: i.awarded for i in fresh.items
    }
