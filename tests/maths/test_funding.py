from dataclasses import replace
from decimal import Decimal as D

import pytest

from awards.funding import (
    ERROR_KEYS,
    MODES,
    Candidate,
    Deviation,
    FundingError,
    draw_line,
    promote,
)

WAN = 10_000
ENVELOPE = D(30_000 * WAN)
FLOOR = D(60)


def candidate(name, rank, total, wan):
    return Candidate(name, rank, D(total), D(wan * WAN))


# The cut-off vector: amounts in 万元 under an envelope of 30,000, floor 60.
VECTOR = [
    candidate("P1", 1, "91.20", 3_000),
    candidate("P2", 2, "88.45", 12_000),
    candidate("P3", 3, "86.10", 9_000),
    candidate("P4", 4, "83.00", 8_000),
    candidate("P5", 5, "79.95", 4_000),
    candidate("P6", None, "58.00", 1_000),
]


def line(mode, candidates=VECTOR, envelope=ENVELOPE, deviations=()):
    return draw_line(candidates, envelope, mode, FLOOR, deviations)


def short(drawn):
    return [(item.id, item.outcome, int(item.awarded / WAN)) for item in drawn.items]


def test_strict_order_stops_at_the_first_that_does_not_fit():
    drawn = line("strict")
    assert short(drawn) == [
        ("P1", "funded", 3_000),
        ("P2", "funded", 12_000),
        ("P3", "funded", 9_000),
        ("P4", "reserve", 0),
        ("P5", "reserve", 0),
        ("P6", "below_floor", 0),
    ]
    assert (drawn.committed, drawn.remainder) == (D(24_000 * WAN), D(6_000 * WAN))
    assert [item.reason for item in drawn.items] == [
        "fits", "fits", "fits", "exceeds_rest", "after_line", "below_floor",
    ]  # fmt: skip
    assert [(item.id, item.reserve_order) for item in drawn.reserve] == [("P4", 1), ("P5", 2)]
    assert [int(item.cumulative / WAN) for item in drawn.items] == [3000, 15000] + [24000] * 4
    assert [int(item.remainder / WAN) for item in drawn.items] == [27000, 15000] + [6000] * 4


def test_skip_passes_over_what_does_not_fit():
    drawn = line("skip")
    assert short(drawn)[3:] == [
        ("P4", "reserve", 0),
        ("P5", "funded", 4_000),
        ("P6", "below_floor", 0),
    ]
    assert drawn.remainder == D(2_000 * WAN)
    assert drawn.item("P4").reason == "exceeds_rest"


def test_partial_offers_the_rest_to_the_first_that_does_not_fit():
    drawn = line("partial")
    assert short(drawn)[3:] == [
        ("P4", "partial", 6_000),
        ("P5", "reserve", 0),
        ("P6", "below_floor", 0),
    ]
    assert drawn.remainder == 0
    assert drawn.item("P4").reason == "rest_of_envelope"


@pytest.mark.parametrize("mode", MODES)
def test_an_exact_fit_leaves_nothing_and_an_empty_list_everything(mode):
    drawn = line(mode, envelope=D(24_000 * WAN))
    assert short(drawn)[:4] == [
        ("P1", "funded", 3_000),
        ("P2", "funded", 12_000),
        ("P3", "funded", 9_000),
        ("P4", "reserve", 0),
    ]  # fmt: skip
    assert drawn.remainder == 0
    assert line(mode, candidates=[]).remainder == ENVELOPE
    assert {item.outcome for item in line(mode, envelope=D(0)).items} == {"reserve", "below_floor"}


def test_a_project_held_back_frees_its_sum_and_does_not_move_up_by_itself():
    held = Deviation("P2", "hold_back", "现场核查发现土地手续未办结")
    drawn = line("strict", deviations=[held])
    assert short(drawn) == [
        ("P1", "funded", 3_000),
        ("P2", "reserve", 0),
        ("P3", "funded", 9_000),
        ("P4", "funded", 8_000),
        ("P5", "funded", 4_000),
        ("P6", "below_floor", 0),
    ]
    item = drawn.item("P2")
    assert (item.reason, item.deviation, item.reserve_order) == ("held_back", "hold_back", None)
    assert item.deviation_reason == "现场核查发现土地手续未办结"
    assert promote(drawn, ["P1"]).next is None, "P2 would fit, but was set aside by decision"


def test_a_lifted_project_is_funded_before_the_walk_down_the_ranking():
    lift = Deviation("P5", "lift", "联席会议议定的补链项目")
    drawn = line("strict", deviations=[lift])
    assert short(drawn) == [
        ("P1", "funded", 3_000),
        ("P2", "funded", 12_000),
        ("P3", "funded", 9_000),
        ("P4", "reserve", 0),
        ("P5", "funded", 4_000),
        ("P6", "below_floor", 0),
    ]
    assert drawn.item("P5").reason == "lifted"
    assert drawn.item("P3").cumulative == D(24_000 * WAN), "sums run in rank order"
    tight = line("strict", envelope=D(16_000 * WAN), deviations=[lift])
    assert short(tight)[:2] == [("P1", "funded", 3_000), ("P2", "reserve", 0)]


@pytest.mark.parametrize(
    ("key", "about", "build"),
    [
        ("unknown_project", "P9", {"deviations": [Deviation("P9", "lift", "why")]}),
        ("deviation_without_reason", "P5", {"deviations": [Deviation("P5", "lift", "  ")]}),
        (
            "deviation_twice",
            "P5",
            {"deviations": [Deviation("P5", "lift", "a"), Deviation("P5", "hold_back", "b")]},
        ),
        ("lift_below_floor", "P6", {"deviations": [Deviation("P6", "lift", "why")]}),
        (
            "lift_exceeds_envelope",
            "P2",
            {"deviations": [Deviation("P2", "lift", "why")], "envelope": D(11_000 * WAN)},
        ),
        ("envelope_negative", "", {"envelope": D(-1)}),
        ("envelope_negative", "", {"envelope": D("NaN")}),
        ("project_twice", "P1", {"candidates": [*VECTOR, VECTOR[0]]}),
        ("not_in_rank_order", "", {"candidates": VECTOR[::-1]}),
        ("requested_not_positive", "P1", {"candidates": [replace(VECTOR[0], requested=D(0))]}),
        ("requested_not_positive", "P1", {"candidates": [replace(VECTOR[0], requested=D("NaN"))]}),
        ("requested_below_cents", "P1", {"candidates": [replace(VECTOR[0], requested=D("1.005"))]}),
    ],
)
def test_nonsense_is_refused_by_name(key, about, build):
    with pytest.raises(FundingError) as caught:
        line("strict", **build)
    assert (caught.value.key, caught.value.id) == (key, about)
    assert key in ERROR_KEYS


def test_a_line_that_parts_equals_asks_for_a_joint_decision():
    tied = [candidate("A", 1, "80", 10), candidate("B", 2, "70", 6), candidate("C", 2, "70", 6)]
    drawn = line("strict", tied, D(16 * WAN))
    assert drawn.undecided == ("B", "C")
    assert line("strict", tied, D(22 * WAN)).undecided == ()
    assert line("strict", tied, D(10 * WAN)).undecided == ()
    lifted = line("strict", tied, D(16 * WAN), [Deviation("B", "lift", "why")])
    assert lifted.undecided == (), "a decision with a reason is no accident"


# --- moving up (依次递补) -------------------------------------------------------------------------


def test_the_next_in_rank_moves_up_when_it_fits_what_is_freed_and_left():
    moved = promote(line("strict"), ["P1"])  # 3,000 freed, 6,000 left: P4 asks 8,000
    assert [(m.id, int(m.after / WAN)) for m in moved.moved] == [("P4", 8_000)]
    assert moved.next == "P4"
    assert moved.line.item("P1").outcome == "dropped"
    assert moved.line.item("P4").reason == "moved_up"
    assert moved.line.remainder == D(1_000 * WAN)
    assert [item.id for item in moved.line.reserve] == ["P5"]


def test_strict_order_promotes_nobody_past_one_that_does_not_fit():
    drawn = line("strict", envelope=D(24_500 * WAN))
    assert promote(drawn, ["P1"]).moved == (), "3,500 left: P5 would fit, but P4 stands before it"
    assert promote(line("skip", envelope=D(25_500 * WAN)), ["P1"]).next == "P5"


def test_a_withdrawal_on_the_reserve_list_lets_the_next_one_up():
    drawn = line("strict")
    assert promote(drawn, ["P4"]).next == "P5"
    assert promote(drawn, ["P5"]).next is None


def test_the_partly_funded_project_is_topped_up_first():
    moved = promote(line("partial"), ["P1"])
    assert [(m.id, int(m.before / WAN), int(m.after / WAN)) for m in moved.moved] == [
        ("P4", 6_000, 8_000),
        ("P5", 0, 1_000),
    ]
    assert moved.line.item("P4").outcome == "funded"
    assert moved.line.item("P5").outcome == "partial"
    assert moved.line.remainder == 0


def test_several_can_move_up_and_the_list_can_be_promoted_again():
    moved = promote(line("strict"), ["P2"])
    assert [m.id for m in moved.moved] == ["P4", "P5"]
    again = promote(moved.line, ["P3"])
    assert again.moved == () and again.line.committed == D(15_000 * WAN)
    assert [i.outcome for i in again.line.items] == [
        "funded", "dropped", "dropped", "funded", "funded", "below_floor",
    ]  # fmt: skip


def test_who_is_not_on_the_list_cannot_drop_out():
    with pytest.raises(FundingError) as caught:
        promote(line("strict"), ["P9"])
    assert (caught.value.key, caught.value.id) == ("unknown_project", "P9")
    assert promote(line("strict"), []).line == line("strict")
