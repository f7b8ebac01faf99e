import random
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array

from reviews.draw.assignment import Infeasible, assign, objective
from reviews.draw.checking import Seated, violations
from reviews.draw.program import NoChoice, Program, choose, minimise
from reviews.draw.supply import supply
from tests.exhaustive import examples
from tests.maths.draws import KINDS, every_filling, expert, panel, pool, small_pools

SEED = bytes(range(32))
ONE = [("a", "technology", None, 1)]


@settings(max_examples=examples(50), deadline=None)
@given(small_pools(), st.binary(min_size=32, max_size=32))
def test_the_assignment_is_the_best_of_all_fillings(a_pool, seed):
    fillings = list(every_filling(a_pool, seed))
    if not fillings:
        with pytest.raises(Infeasible) as caught:
            assign(a_pool, seed)
        assert caught.value.shortages == supply(a_pool) != ()
        return
    assert supply(a_pool) == ()
    seated = assign(a_pool, seed)
    assert violations(a_pool, seated) == []
    best = min(objective(a_pool, seed, filling) for filling in fillings)
    assert objective(a_pool, seed, seated) == best
    assert assign(a_pool, seed) == seated


def test_walking_down_the_lists_would_strand_a_seat():
    # only E1 can take the specialised seat; whatever the seed, the open seat must leave E1 to it
    a_pool = pool(
        [panel("P1", [("open", "technology", None, 1), ("zinc", "technology", "zinc", 1)])],
        [expert("E1", specialties=["zinc"]), expert("E2")],
    )
    for number in range(20):
        seated = assign(a_pool, bytes([number]) * 32)
        assert {place.seat: place.expert for place in seated} == {"open": "E2", "zinc": "E1"}


def test_everybody_is_equally_likely_to_be_drawn():
    a_pool = pool([panel("P1", ONE)], [expert(f"E{i}") for i in range(5)])
    drawn = [assign(a_pool, number.to_bytes(32, "big"))[0].expert for number in range(300)]
    counts = {name: drawn.count(name) for name in set(drawn)}
    assert len(counts) == 5 and all(36 <= count <= 84 for count in counts.values()), counts


def test_results_are_sorted_and_ranks_count_from_zero():
    a_pool = pool([panel("P2", ONE), panel("P1", [("a", "technology", None, 2)])],
                  [expert(f"E{i}", max_panels=2) for i in range(4)])  # fmt: skip
    seated = assign(a_pool, SEED)
    assert [(s.panel, s.seat) for s in seated] == [("P1", "a"), ("P1", "a"), ("P2", "a")]
    assert [s.rank for s in seated] == [0, 1, 0], "nobody stands in anybody's way"


def test_one_of_an_institution_on_a_panel():
    members = [expert(f"E{i}", institution="h1" if i < 6 else f"h{i}") for i in range(8)]
    a_pool = pool([panel("P1", [("a", "technology", None, 3)])], members)
    for number in range(10):
        drawn = {place.expert for place in assign(a_pool, bytes([number]) * 32)}
        assert {"E6", "E7"} <= drawn
    free = pool([panel("P1", [("a", "technology", None, 3)])], members, one_per_institution=False)
    assert [place.rank for place in assign(free, SEED)] == [0, 1, 2]


def test_people_without_an_institution_share_none():
    a_pool = pool([panel("P1", [("a", "technology", None, 3)])],
                  [expert(f"E{i}", institution="") for i in range(3)])  # fmt: skip
    assert len(assign(a_pool, SEED)) == 3


def test_every_application_keeps_enough_who_may_score_it():
    experts = [expert(f"E{i}") for i in range(9)]
    barred = [(f"E{i}", "A1") for i in range(6)]
    a_pool = pool([panel("P1", [("a", "technology", None, 5)])], experts, barred, min_scores=3)
    for number in range(20):
        drawn = {place.expert for place in assign(a_pool, bytes([number]) * 32)}
        assert {"E6", "E7", "E8"} <= drawn


def test_nobody_serves_on_more_panels_than_they_may():
    panels = [panel(f"P{i}", ONE) for i in range(6)]
    a_pool = pool(panels, [expert("E1", max_panels=3), expert("E2", max_panels=2), expert("E3")])
    drawn = [place.expert for place in assign(a_pool, SEED)]
    assert sorted(drawn) == ["E1"] * 3 + ["E2"] * 2 + ["E3"]


def test_no_seats_is_an_empty_draw():
    assert assign(pool([], [expert("E1")]), SEED) == ()
    assert assign(pool([panel("P1", [])], []), SEED) == ()


def test_no_experts_is_a_shortage():
    with pytest.raises(Infeasible, match="panel P1 seat a: 0 of 1, too few experts of this kind"):
        assign(pool([panel("P1", ONE)], []), SEED)


@pytest.mark.parametrize(
    ("seated", "line"),
    [
        ([("P9", "a", "E1")], "there is no seat a on panel P9"),
        ([("P1", "a", "E9")], "expert E9 on panel P1 is not in the input"),
        ([("P1", "a", "E1")], "panel P1 seat a: 1 seated, 2 wanted"),
        ([("P1", "a", "E1"), ("P1", "a", "E3")], "expert E3 is not eligible for panel P1 seat a"),
        ([("P1", "a", "E1"), ("P1", "a", "E1")], "panel P1: expert E1 sits on 2 seats"),
        ([("P1", "a", "E1"), ("P1", "a", "E2")], "panel P1: 2 experts of institution h"),
        (
            [("P1", "a", "E1"), ("P1", "a", "E4")],
            "panel P1 application A1: 0 members may score it, 1 are needed",
        ),
        (
            [("P1", "a", "E1"), ("P1", "a", "E5")],
            "expert E5 sits on 1 panels, at most 0 are allowed",
        ),
    ],
)
def test_every_broken_rule_is_said(seated, line):
    a_pool = pool(
        [panel("P1", [("a", "technology", None, 2)], ["A1", "A2"])],
        [
            expert("E1", institution="h"),
            expert("E2", institution="h"),
            expert("E3", "finance"),
            expert("E4"),
            expert("E5", max_panels=0),
        ],
        [("E1", "A1"), ("E4", "A1")],
        min_scores=1,
    )
    assert line in violations(a_pool, [Seated(*place, 0) for place in seated])


# --- the exact minimiser --------------------------------------------------------------------------


def program(matrix, lower, upper):
    return Program(
        csc_array(np.array(matrix, float)), np.array(lower, float), np.array(upper, float)
    )


def test_columns_that_were_not_there_at_first_are_let_in_when_they_matter():
    # one of three; the start knows only the dearest
    p = program([[1, 1, 1]], [1], [1])
    best = minimise(p, np.array([5.0, 2.0, 2.0]), np.array([0]))
    assert best.cost == 2 and best.chosen.tolist() in ([1], [2])
    assert best.contenders.tolist() == [1, 2]


def test_a_choice_that_cannot_be_is_said():
    halves = [[1, 1, 0], [1, 0, 1], [0, 1, 1]]  # three halves would do, no whole choice does
    p = program(halves, [1, 1, 1], [1, 1, 1])
    with pytest.raises(NoChoice):
        minimise(p, np.zeros(3), np.arange(3))
    with pytest.raises(NoChoice):
        minimise(program([[1]], [2], [2]), np.zeros(1), np.array([0]))
    assert choose(program([[1]], [2], [2]), np.zeros(1)) is None
    assert choose(program(np.zeros((0, 0)), [], []), np.zeros(0)).tolist() == []


@st.composite
def programs(draw):
    """Rows of ones and zeros with room, one that asks for some; costs small or nearly equal."""
    width = draw(st.integers(1, 9))
    rows = draw(st.lists(st.lists(st.integers(0, 1), min_size=width, max_size=width), max_size=4))
    uppers = [draw(st.integers(0, 2)) for _ in rows]
    asked = draw(st.integers(0, width))
    base = draw(st.sampled_from([0, 2**32 - 8]))
    costs = [base + draw(st.integers(0, 7)) for _ in range(width)]
    matrix = [[1] * width, *rows]
    lower = [asked] + [-np.inf] * len(rows)
    return program(matrix, lower, [asked, *uppers]), np.array(costs, float)


@settings(max_examples=examples(60), deadline=None)
@given(programs(), st.data())
def test_the_minimum_and_all_its_columns_are_found_whatever_the_start(case, data):
    p, costs = case
    dense = p.matrix.toarray()
    found = []
    for bits in range(2**costs.size):
        picked = np.array([bits >> i & 1 for i in range(costs.size)], float)
        sums = dense @ picked
        if (sums >= p.lower).all() and (sums <= p.upper).all():
            found.append((int(costs @ picked), bits))
    if not found:
        with pytest.raises(NoChoice):
            minimise(p, costs, np.arange(costs.size))
        return
    least = min(found)[0]
    some = data.draw(st.sampled_from(found))[1]
    start = np.array([i for i in range(costs.size) if some >> i & 1], dtype=np.int64)
    best = minimise(p, costs, start)
    assert best.cost == least == int(costs[best.chosen].sum())
    optimal = {
        i for cost, bits in found if cost == least for i in range(costs.size) if bits >> i & 1
    }
    assert optimal <= set(best.contenders.tolist())
    picked = choose(p, costs)
    assert int(costs[picked].sum()) == least


# --- size -----------------------------------------------------------------------------------------


def big_pool(panels, experts, dossiers):
    """Panels of seven in eight industries, experts of 150 institutions, many recusals."""
    chance = random.Random(7)
    people = [
        expert(
            f"E{i:04d}",
            " ".join(sorted(chance.sample(KINDS, chance.choice([1, 1, 2])))),
            sorted(chance.sample([f"s{n}" for n in range(8)], chance.choice([1, 2, 3]))),
            f"h{chance.randrange(150)}",
            chance.choice([1, 1, 2]),
        )
        for i in range(experts)
    ]
    names = [f"A{i:05d}" for i in range(dossiers)]
    each = dossiers // panels
    groups = [
        panel(
            f"P{p:03d}",
            [
                ("employment", "employment", None, 1),
                ("finance", "finance", None, 2),
                ("industry", "industry", f"s{p % 8}", 2),
                ("technology", "technology", f"s{p % 8}", 2),
            ],
            names[p * each : (p + 1) * each],
        )
        for p in range(panels)
    ]
    barred = {(chance.choice(people).id, chance.choice(names)) for _ in range(3 * dossiers)}
    return pool(groups, people, barred, max_single_recusals_percent=15, min_scores=5)


def test_fifty_panels_from_five_hundred_experts(capsys):
    a_pool = big_pool(50, 500, 2000)
    assert assign(pool([panel("P1", ONE)], [expert("E1")]), SEED)  # scipy is loaded
    began = time.process_time()
    shortages = supply(a_pool)
    supplied = time.process_time()
    seated = assign(a_pool, SEED)
    drawn = time.process_time()
    with capsys.disabled():
        times = f"supply {supplied - began:.2f} s, draw {drawn - supplied:.2f} s"
        sys.stdout.write(f"\n50 panels of 7 from 500 experts: {times}\n")
    assert shortages == () and len(seated) == 350
    assert violations(a_pool, seated) == []
    assert drawn - supplied < 2
