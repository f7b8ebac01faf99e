from decimal import Decimal as D
from fractions import Fraction as F
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awards.funding import Candidate, Limit, draw_line
from awards.funding import Quotas as OwnQuotas
from reviews.certainty import sweep
from reviews.certainty.line import MODES, fund
from reviews.certainty.quotas import NO_QUOTAS, Groups, Quotas
from reviews.certainty.weights import Project, Setting, weigh
from tests.exhaustive import examples

points = st.integers(0, 60).map(lambda n: D(n) / 4)  # few values, so that many lines meet
costs = st.integers(1, 9).map(D)
modes = st.sampled_from(MODES)


groups = st.fixed_dictionaries(
    {
        "industry": st.sampled_from("abc"),
        "prefecture": st.sampled_from("xy"),
        "panel": st.sampled_from("12"),
    }
)
limits = st.dictionaries(st.sampled_from(["industry", "prefecture"]), st.integers(1, 3))
percents = st.dictionaries(st.sampled_from(["industry", "prefecture"]), st.integers(1, 99))
quota_sets = st.builds(
    Quotas,
    limits,
    percents,
    st.just({}) | st.fixed_dictionaries({"1": st.integers(1, 5), "2": st.integers(1, 5)}),
)


def own(quotas):
    """The same quotas as the call's line takes them."""
    dimensions = quotas.most.keys() | quotas.percent.keys()
    found = {d: Limit(quotas.most.get(d), quotas.percent.get(d)) for d in dimensions}
    return OwnQuotas(found, quotas.panels)


@st.composite
def pools(draw):
    count = draw(st.integers(1, 8))
    projects = [
        Project(f"P{n}", draw(points), draw(points), draw(costs), draw(groups))
        for n in range(count)
    ]
    most = draw(st.sampled_from([(D(60), D(40)), (D(15), D(15)), (D("61.37"), D("38.63"))]))
    floor = draw(st.integers(0, 40)) * sum(most) / 100
    quotas = draw(st.just(NO_QUOTAS) | quota_sets)
    return projects, Setting(*most, floor, D(draw(st.integers(0, 25))), draw(modes), quotas)


# --- The line itself ------------------------------------------------------------------------------


@given(st.lists(costs, max_size=12), st.integers(0, 40), modes)
def test_the_line_is_the_calls_own(asked, budget, mode):
    candidates = [Candidate(f"P{n}", n + 1, D(80), cost) for n, cost in enumerate(asked)]
    drawn = draw_line(candidates, D(budget), mode, D(60))
    line = fund(range(len(asked)), [int(cost) for cost in asked], budget, mode)
    outcomes = {0: "reserve", 1: "partial", 2: "funded"}
    assert [outcomes[f] for f in line.fates(len(asked))] == [i.outcome for i in drawn.items]
    awards = [line.award(n, int(cost)) for n, cost in enumerate(asked)]
    assert awards == [item.awarded for item in drawn.items]
    assert line.rest == (drawn.remainder if line.partial is None else awards[line.partial])


@settings(max_examples=examples(300))
@given(st.lists(st.tuples(costs, groups), max_size=12), st.integers(0, 40), modes, quota_sets)
def test_the_line_is_the_calls_own_within_every_quota(asked, budget, mode, quotas):
    candidates = [
        Candidate(f"P{n}", n + 1, D(80), cost, members) for n, (cost, members) in enumerate(asked)
    ]
    drawn = draw_line(candidates, D(budget), mode, D(60), (), own(quotas))
    fen = [int(cost) * 100 for cost, _members in asked]
    places = Groups.of(quotas, [members for _cost, members in asked], budget * 100)
    line = fund(range(len(asked)), fen, budget * 100, mode, places)
    awards = [D(line.award(n, cost)) / 100 for n, cost in enumerate(fen)]
    assert awards == [item.awarded for item in drawn.items]


# --- Everything by brute force --------------------------------------------------------------------


def value(project, setting, weight):
    quality = F(project.quality) / F(setting.max_quality)
    employment = F(project.employment) / F(setting.max_employment)
    return weight * quality + (1 - weight) * employment


def ranked(projects, setting, weight):
    return sorted(projects, key=lambda p: -value(p, setting, weight))


def state(projects, setting, weight):
    """What each project gets at one weight, drawn by the call's own line; and who is first."""
    level = F(setting.floor) / F(setting.max_quality + setting.max_employment)
    above = [p for p in ranked(projects, setting, weight) if value(p, setting, weight) >= level]
    candidates = [Candidate(p.id, n, D(100), p.cost, p.groups) for n, p in enumerate(above)]
    drawn = draw_line(candidates, setting.budget, setting.mode, D(0), (), own(setting.quotas))
    fates = {p.id: 0 for p in projects}
    fates |= {i.id: {"funded": 2, "partial": 1}.get(i.outcome, 0) for i in drawn.items}
    first = [p.id for p in above if not fates[p.id] and p.cost <= setting.budget]
    return fates, first[0] if first else None


def course(projects, setting):
    """(weight, at the weight or beyond it, fates, first) at every possible crossing."""
    level = F(setting.floor) / F(setting.max_quality + setting.max_employment)
    ends = [(value(p, setting, F(0)), value(p, setting, F(1))) for p in projects]
    ends.append((level, level))
    crossed = {F(0), F(1)}
    for (j1, q1), (j2, q2) in combinations(ends, 2):
        slope = (q1 - j1) - (q2 - j2)
        if slope and 0 < (weight := (j2 - j1) / slope) < 1:
            crossed.add(weight)
    found = []
    weights = sorted(crossed)
    for weight, after in pairwise([*weights, None]):
        found.append((weight, True, *state(projects, setting, weight)))
        if after is not None:
            found.append((weight, False, *state(projects, setting, (weight + after) / 2)))
    return found


@settings(max_examples=examples(100), deadline=None)
@given(pools())
def test_every_break_and_the_interval_around_the_frozen_weight(pool):
    projects, setting = pool
    report, seen = weigh(projects, setting), course(*pool)
    breaks = []
    for (_, _, before, _), (weight, at, after, _) in pairwise(seen):
        if before != after:
            up = tuple(sorted(i for i in after if after[i] > before[i]))
            down = tuple(sorted(i for i in after if after[i] < before[i]))
            breaks.append((weight, at, up, down))
    assert [(b.weight, b.at, b.up, b.down) for b in report.breaks] == breaks
    here = state(projects, setting, report.frozen)[0]
    assert {*report.funded} == {i for i in here if here[i] == 2}
    assert report.partial == next((i for i in here if here[i] == 1), None)
    below = [b for b in breaks if (b[0], not b[1]) <= (report.frozen, False)]
    above = [b for b in breaks if (b[0], not b[1]) > (report.frozen, False)]
    low = (below[-1][0], below[-1][1]) if below else (0, True)
    high = (above[0][0], not above[0][1]) if above else (1, True)
    assert (report.low.weight, report.low.included) == low
    assert (report.high.weight, report.high.included) == high


@settings(max_examples=examples(80), deadline=None)
@given(pools())
def test_the_nearest_weight_at_which_a_project_without_money_gets_some(pool):
    projects, setting = pool
    report, seen = weigh(projects, setting), course(*pool)
    here = state(projects, setting, report.frozen)[0]
    assert [near.id for near in report.nearest] == [p.id for p in projects if not here[p.id]]

    spans = [
        (weight, weight if at else end, fates, first)
        for (weight, at, fates, first), (end, *_) in pairwise([*seen, (F(1),)])
    ]

    def distance(kept):
        far = [max(low - report.frozen, report.frozen - high, F(0)) for low, high, *_ in kept]
        return min(far, default=None)

    for near in report.nearest:
        funded = distance([span for span in spans if span[2][near.id]])
        first = distance([span for span in spans if span[3] == near.id])
        for found, expected in ((near.funded, funded), (near.first, first)):
            assert (None if found is None else abs(found - report.frozen)) == expected


@settings(max_examples=examples(100), deadline=None)
@given(pools())
def test_who_changes_places_when_the_weight_moves(pool):
    projects, setting = pool
    report = weigh(projects, setting)
    before = [p.id for p in ranked(projects, setting, report.frozen)]
    for shift in report.shifts:
        weight = min(max(report.frozen + F(shift.points, 100), 0), 1)
        after = [p.id for p in ranked(projects, setting, weight)]
        moved = {i: (before.index(i) + 1, after.index(i) + 1) for i in before}
        assert {i: (b, a) for i, b, a in shift.moved} == {
            i: places for i, places in moved.items() if places[0] != places[1]
        }
        here, there = (state(projects, setting, w)[0] for w in (report.frozen, weight))
        assert shift.up == tuple(sorted(i for i in here if there[i] > here[i]))
        assert shift.down == tuple(sorted(i for i in here if there[i] < here[i]))
    assert [shift.points for shift in report.shifts] == [-10, -5, 5, 10]


@settings(max_examples=examples(50), deadline=None)
@given(pools())
def test_comparing_fractions_gives_the_same_as_floats(pool):
    report = weigh(*pool)
    kept, sweep.LARGEST = sweep.LARGEST, 0
    try:
        assert weigh(*pool) == report
    finally:
        sweep.LARGEST = kept


def test_by_hand():
    # 60 against 40: A 48+10, B 30+30: at w A has 0.8w + 0.25(1−w), B 0.5w + 0.75(1−w): they meet
    # where 0.3w = 0.5(1−w), w = 5/8; at the frozen 0.6 B leads, and the money is enough for one.
    projects = [Project("B", D(30), D(30), D(5)), Project("A", D(48), D(10), D(5))]
    report = weigh(projects, Setting(D(60), D(40), D(0), D(5), "strict"))
    assert (report.frozen, report.funded) == (F(3, 5), ("B",))
    assert (report.low.weight, report.low.included) == (0, True)
    assert (report.high.weight, report.high.included) == (F(5, 8), True)  # equal: given order
    assert [(b.weight, b.up, b.down) for b in report.breaks] == [(F(5, 8), ("A",), ("B",))]
    assert [(n.id, n.funded, n.first) for n in report.nearest] == [("A", F(5, 8), F(3, 5))]
    assert [s.up for s in report.shifts] == [(), (), ("A",), ("A",)]


def test_costs_differ_so_the_dearer_loses_before_lines_cross_at_the_cut():
    # C costs too much for what A and B leave; D fits once it passes C, which no funded one does
    projects = [
        Project("A", D(60), D(40), D(4)),
        Project("C", D(30), D(30), D(9)),
        Project("D", D(42), D(10), D(2)),
    ]
    report = weigh(projects, Setting(D(60), D(40), D(0), D(6), "strict"))
    # C 0.5w + 0.75(1−w) = D 0.7w + 0.25(1−w) where 0.2w = 0.5(1−w)
    assert [(b.weight, b.up, b.down) for b in report.breaks] == [(F(5, 7), ("D",), ())]


def test_equal_projects_go_by_their_given_order_everywhere():
    twins = [Project(name, D(50), D(20), D(5)) for name in "BA"]
    report = weigh(twins, Setting(D(60), D(40), D(0), D(5), "strict"))
    assert report.funded == ("B",) and report.breaks == ()
    assert report.nearest[0].funded is None and report.nearest[0].first == report.frozen


def test_a_project_given_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        weigh([Project("A", D(1), D(1), D(1))] * 2, Setting(D(60), D(40), D(0), D(5), "skip"))


def test_no_projects_no_breaks():
    report = weigh([], Setting(D(60), D(40), D(60), D(5), "partial"))
    assert report.breaks == report.nearest == report.funded == ()
    assert (report.low.weight, report.high.weight) == (0, 1)
