"""The line under quotas: vectors worked by hand, and what always holds."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.funding import (
    MODES,
    Candidate,
    Deviation,
    FundingError,
    Limit,
    Quotas,
    draw_line,
    promote,
    shares,
)
from tests.maths.test_funding import FLOOR, WAN
from tests.maths.test_funding_properties import check_sums, envelopes

# Sums in 万元. Textiles (t) and pharma (p); Siping (s), Liaoyuan (l); panels 1 and 2.
TABLE = (
    ("A", 90, 400, "t", "s", "1"),
    ("B", 88, 300, "t", "l", "1"),
    ("C", 86, 300, "t", "s", "1"),
    ("D", 84, 200, "p", "s", "2"),
    ("E", 82, 100, "t", "l", "1"),
    ("F", 80, 500, "p", "l", "2"),
    ("G", 78, 100, "p", "s", "2"),
    ("H", 50, 100, "p", "s", "2"),
)
DIMENSIONS = ("industry", "prefecture", "panel")


def candidate(name, total, wan, industry, prefecture, panel, rank=1):
    groups = dict(zip(DIMENSIONS, (industry, prefecture, panel), strict=True))
    return Candidate(name, rank, D(total), D(wan * WAN), groups)


QUEUE = [candidate(*row, rank=n if row[1] >= 60 else None) for n, row in enumerate(TABLE, start=1)]


def drawn(mode, wan, quotas, deviations=()):
    return draw_line(QUEUE, D(wan * WAN), mode, FLOOR, deviations, quotas)


def told(line):
    """Who has money, in 万元, and who was passed over, for what."""
    money = {item.id: int(item.awarded / WAN) for item in line.items if item.awarded}
    passed = {i.id: i.reason for i in line.items if i.outcome == "passed_over"}
    return money, passed


def capped(dimension, projects=None, percent=None):
    return Quotas({dimension: Limit(projects, percent)})


def test_at_most_two_of_an_industry_and_the_walk_goes_on_behind_it():
    # 1,000: A 400, B 300; C and E are the third and fourth of textiles; D 200; F 500 > 100 left.
    line = drawn("strict", 1000, capped("industry", projects=2))
    assert told(line) == (
        {"A": 400, "B": 300, "D": 200},
        {"C": "industry_quota", "E": "industry_quota"},
    )
    assert [(i.id, i.reserve_order) for i in line.reserve] == [
        ("C", 1),
        ("E", 2),
        ("F", 3),
        ("G", 4),
    ]
    assert [line.item(name).reason for name in "FGH"] == [
        "exceeds_rest",
        "after_line",
        "below_floor",
    ]
    # skip: G fits the 100 that F leaves; partial: F is offered the 100, and G nothing.
    assert told(drawn("skip", 1000, capped("industry", projects=2)))[0]["G"] == 100
    assert told(drawn("partial", 1000, capped("industry", projects=2)))[0] == {
        "A": 400, "B": 300, "D": 200, "F": 100,
    }  # fmt: skip


def test_a_share_of_the_envelope_closes_the_group_in_strict_and_fills_it_in_skip():
    # 60 % of 1,400 is 840. Textiles: A 400 + B 300 = 700; C would make 1,000; E 100 would make 800.
    quota = capped("industry", percent=60)
    strict = drawn("strict", 1400, quota)
    assert told(strict) == (
        {"A": 400, "B": 300, "D": 200, "F": 500},  # pharma 700; G would make 800 but does not fit
        {"C": "industry_quota", "E": "industry_quota"},
    )
    assert strict.item("G").reason == "exceeds_rest"
    skip = drawn("skip", 1400, quota)
    # E is funded now: 800 of textiles, 400 left, F 500 does not fit, G 100 does.
    assert told(skip) == (
        {"A": 400, "B": 300, "D": 200, "E": 100, "G": 100},
        {"C": "industry_quota"},
    )
    assert skip.item("F").outcome == "reserve"


def test_two_quotas_hold_at_once_and_the_first_in_order_is_named():
    quotas = Quotas({"industry": Limit(projects=2), "prefecture": Limit(projects=2)})
    # A (t, s), B (t, l); C: textiles full; D (p, s): Siping's second; E: textiles; F (p, l);
    # G (p, s): pharma has D and F, so industry is named although Siping is full as well.
    line = drawn("strict", 9999, quotas)
    assert told(line) == (
        {"A": 400, "B": 300, "D": 200, "F": 500},
        {"C": "industry_quota", "E": "industry_quota", "G": "industry_quota"},
    )
    # Siping: A, C, then D and G are too many; Liaoyuan: B, E, then F.
    assert told(drawn("strict", 9999, capped("prefecture", projects=2))) == (
        {"A": 400, "B": 300, "C": 300, "E": 100},
        dict.fromkeys("DFG", "prefecture_quota"),
    )


def test_the_shares_of_the_panels_add_up_to_the_fen():
    assert shares(D("100.00"), {"1": 1, "2": 1, "3": 1}) == {
        "1": D("33.34"), "2": D("33.33"), "3": D("33.33"),
    }  # fmt: skip
    assert shares(D(800), {"1": 4, "2": 4}) == {"1": D(400), "2": D(400)}
    assert shares(D("0.02"), {"1": 1, "2": 2}) == {"1": D("0.01"), "2": D("0.01")}
    assert shares(D(0), {"1": 7}) == {"1": D(0)}


def test_each_panel_has_its_share_and_what_is_left_goes_down_the_joined_list():
    quotas = Quotas(panels={"1": 4, "2": 4})
    # 1,000 is 500 each. Panel 1: A 400; B 300 > 100, its line. Panel 2: D 200; F 500 > 300, its
    # line. 400 are left for B C E F G in rank order: B 300; C 300 > 100, stop.
    strict = drawn("strict", 1000, quotas)
    assert told(strict) == ({"A": 400, "B": 300, "D": 200}, {"C": "panel_quota"})
    assert [strict.item(n).reason for n in "EFG"] == ["after_line", "after_line", "after_line"]
    # partial: C, the first that does not fit what is left, is offered the 100.
    assert told(drawn("partial", 1000, quotas)) == ({"A": 400, "B": 300, "C": 100, "D": 200}, {})
    # skip: panel 1 A, E (B and C > 100); panel 2 D, G; 200 left: B, C, F do not fit.
    skip = drawn("skip", 1000, quotas)
    assert told(skip) == (
        {"A": 400, "D": 200, "E": 100, "G": 100},
        {"B": "panel_quota", "C": "panel_quota"},
    )
    assert skip.item("F").reason == "exceeds_rest", "300 were left at its turn, whatever the shares"
    # pooled, strict: A B C, then D 200 > 0.
    assert told(drawn("strict", 1000, Quotas())) == ({"A": 400, "B": 300, "C": 300}, {})


def test_lifted_projects_come_before_the_shares_and_count_for_their_quotas():
    lift = [Deviation("F", "lift", "联席会议议定的补链项目")]
    # 500 of 1,500 for F; 500 a panel: A (B > 100); D, G; 300 are left: B, and C stops.
    line = drawn("strict", 1500, Quotas(panels={"1": 4, "2": 4}), lift)
    assert told(line) == (
        {"A": 400, "B": 300, "D": 200, "F": 500, "G": 100},
        {"C": "panel_quota", "E": "panel_quota"},
    )
    line = drawn("strict", 2000, capped("industry", projects=1), lift)
    assert told(line) == (
        {"A": 400, "F": 500},
        dict.fromkeys("BCDEG", "industry_quota"),
    )
    with pytest.raises(FundingError) as caught:
        drawn("strict", 2000, capped("industry", percent=20), lift)  # 400 at most
    assert (caught.value.key, caught.value.id) == ("lift_exceeds_quota", "F")
    with pytest.raises(FundingError) as caught:
        drawn("strict", 2000, Quotas(panels={"1": 4}))
    assert (caught.value.key, caught.value.id) == ("panel_unknown", "D")


def test_a_held_back_project_takes_no_room():
    held = [Deviation("A", "hold_back", "现场核查发现土地手续未办结")]
    line = drawn("strict", 900, capped("industry", projects=2), held)
    assert told(line) == ({"B": 300, "C": 300, "D": 200}, {"E": "industry_quota"})


def test_who_was_passed_over_moves_up_when_the_quota_has_room_again():
    line = drawn("strict", 1000, capped("industry", projects=2))
    moved = promote(line, ["B"])  # 300 freed and 100 left: C is textiles' next
    assert [(m.id, int(m.after / WAN)) for m in moved.moved] == [("C", 300)]
    assert moved.line.item("E").outcome == "passed_over"
    assert promote(line, ["D"]).moved == (), "textiles stay full, and F asks for 500"


# --- what always holds ----------------------------------------------------------------------------


@st.composite
def tables(draw):
    totals = sorted(draw(st.lists(st.integers(50, 95), max_size=12)), reverse=True)
    small = st.integers(1, 300)
    return [
        Candidate(
            f"P{n}",
            n + 1,
            D(total),
            D(draw(small)) / 4,
            {
                "industry": draw(st.sampled_from("abc")),
                "prefecture": draw(st.sampled_from("xy")),
                "panel": draw(st.sampled_from("12")),
            },
        )
        for n, total in enumerate(totals)
    ]


limits = st.builds(Limit, st.none() | st.integers(0, 4), st.none() | st.integers(1, 99))
quota_sets = st.builds(
    Quotas,
    st.fixed_dictionaries({"industry": limits, "prefecture": limits}),
    st.just({}) | st.fixed_dictionaries({"1": st.integers(1, 9), "2": st.integers(1, 9)}),
)


@st.composite
def cases(draw):
    return draw(tables()), draw(envelopes), draw(st.sampled_from(MODES)), draw(quota_sets)


def taken(line, dimension):
    """Group → projects with money and their sum."""
    found = {}
    for item in line.items:
        if item.awarded:
            projects, money = found.get(item.groups[dimension], (0, D(0)))
            found[item.groups[dimension]] = projects + 1, money + item.awarded
    return found


def check_quotas(line):
    check_sums(line)
    for dimension, limit in line.quotas.limits.items():
        for projects, money in taken(line, dimension).values():
            assert limit.projects is None or projects <= limit.projects
            assert limit.percent is None or money <= line.envelope * limit.percent / 100


def alike(one, other):
    return one.groups == other.groups


@given(cases())
def test_never_over_a_quota_nor_over_the_envelope(case):
    queue, envelope, mode, quotas = case
    line = draw_line(queue, envelope, mode, FLOOR, (), quotas)
    check_quotas(line)
    assert [item.id for item in line.items] == [c.id for c in queue]
    parts = [item for item in line.items if item.outcome == "partial"]
    assert len(parts) <= (mode == "partial")
    assert {i.outcome for i in line.reserve} <= {"reserve", "passed_over"}
    unfunded = [i.id for i in line.items if i.total >= FLOOR and not i.awarded]
    assert [i.id for i in line.reserve] == unfunded, "in order, whoever was passed over"


@given(cases())
def test_nobody_is_funded_before_a_better_one_of_the_same_groups_that_fits(case):
    queue, envelope, mode, quotas = case
    line = draw_line(queue, envelope, mode, FLOOR, (), quotas)
    for n, better in enumerate(line.items):
        if better.awarded == better.requested or better.total < FLOOR:
            continue
        for worse in line.items[n + 1 :]:
            if alike(better, worse) and worse.awarded:
                assert mode == "skip" and worse.requested < better.requested


@given(cases())
def test_who_is_passed_over_is_so_for_a_reason_that_stands(case):
    queue, envelope, mode, quotas = case
    line = draw_line(queue, envelope, mode, FLOOR, (), quotas)
    for n, item in enumerate(line.items):
        if item.outcome != "passed_over":
            assert not item.reason.endswith("_quota")
        elif item.reason == "panel_quota":
            assert any(other.awarded for other in line.items[n + 1 :])
        else:
            dimension = item.reason.removesuffix("_quota")
            limit, group = quotas.limits[dimension], item.groups[dimension]
            projects, money = taken(line, dimension).get(group, (0, D(0)))
            full = limit.projects is not None and projects >= limit.projects
            over = limit.percent is not None and (
                money + item.requested > envelope * limit.percent / 100
                or mode != "skip"  # the group's line fell at a better one
            )
            assert full or over


@given(cases())
def test_skip_leaves_out_nobody_whom_money_and_quotas_would_still_carry(case):
    queue, envelope, _mode, quotas = case
    line = draw_line(queue, envelope, "skip", FLOOR, (), quotas)
    for item in line.reserve:
        full = any(
            (limit.projects is not None and projects >= limit.projects)
            or (
                limit.percent is not None
                and money + item.requested > envelope * limit.percent / 100
            )
            for dimension, limit in quotas.limits.items()
            for projects, money in (taken(line, dimension).get(item.groups[dimension], (0, D(0))),)
        )
        assert full or item.requested > line.remainder


@given(cases())
def test_without_quotas_and_with_quotas_that_bind_nobody_the_line_is_todays(case):
    queue, envelope, mode, _quotas = case
    plain = [Candidate(c.id, c.rank, c.total, c.requested) for c in queue]
    today = draw_line(plain, envelope, mode, FLOOR)
    wide = Quotas({"industry": Limit(99), "prefecture": Limit(99)}, {})
    one_panel = [
        Candidate(c.id, c.rank, c.total, c.requested, {**c.groups, "panel": "1"}) for c in queue
    ]
    for drawn_ in (
        draw_line(queue, envelope, mode, FLOOR),
        draw_line(queue, envelope, mode, FLOOR, (), wide),
        draw_line(one_panel, envelope, mode, FLOOR, (), Quotas(panels={"1": 5})),
    ):
        assert [(i.id, i.awarded) for i in drawn_.items] == [(i.id, i.awarded) for i in today.items]


@given(cases(), st.data())
def test_moving_up_keeps_every_quota_and_takes_nothing_from_anybody(case, data):
    queue, envelope, mode, quotas = case
    line = draw_line(queue, envelope, mode, FLOOR, (), quotas)
    assert promote(line, []).moved == ()
    names = [c.id for c in queue]
    dropped = data.draw(st.sets(st.sampled_from(names), max_size=3)) if names else set()
    promotion = promote(line, dropped)
    check_quotas(promotion.line)
    for before, after in zip(line.items, promotion.line.items, strict=True):
        assert after.awarded >= (0 if before.id in dropped else before.awarded)


@given(
    st.integers(0, 10**6),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 999), min_size=1),
)
def test_shares_are_whole_fen_that_add_up_and_differ_from_the_exact_ones_by_less_than_one(
    fen, panels
):
    money = D(fen) / 100
    parts = shares(money, panels)
    assert sum(parts.values()) == money
    for panel, part in parts.items():
        exact = money * panels[panel] / sum(panels.values())
        assert abs(part - exact) < D("0.01") and part % D("0.01") == 0
