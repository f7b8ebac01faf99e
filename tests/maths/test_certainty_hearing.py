"""Both stages of a call recomputed together, against the call's own sums and line."""

from decimal import Decimal as D

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awards.funding import Candidate as Asked
from awards.funding import draw_line
from reviews.certainty import people
from reviews.certainty.of_ranking import part_of
from reviews.certainty.ranked import Heard, Item, Ranked
from reviews.certainty.stage_weight import Candidate, Rules, weigh_stages
from reviews.certainty.standing import Frozen
from reviews.certainty.two_stages import TwoStages
from reviews.scoring import METHODS, Points, aggregate, weigh
from tests.exhaustive import examples

hundredths = st.integers(0, 7000).map(lambda n: D(n) / 100)
marks = st.dictionaries(st.sampled_from("ABCDE"), hundredths, min_size=1)
dossiers = st.lists(st.tuples(marks, marks, hundredths), min_size=1, max_size=5)
percents = st.integers(1, 99)
methods = st.sampled_from(METHODS)


def both(rows, percent, method="mean", budget=10, floor=None):
    """Dossiers (marks on paper, marks at the hearing, points by formula) that ask for 5 each."""
    names = [f"D{n}" for n in range(len(rows))]
    frozen = Frozen(
        costs=dict.fromkeys(names, D(5)),
        budget=D(budget),
        method=method,
        places=2,
        floor=floor,
        base={name: row[2] for name, row in zip(names, rows, strict=True)},
        ties=tuple(names),
    )
    paper, spoken = (
        [(name, who, given) for name, row in zip(names, rows, strict=True)
         for who, given in row[stage].items()]
        for stage in (0, 1)
    )  # fmt: skip
    return TwoStages.of_both(paper, spoken, frozen, percent)


def total(paper, spoken, base, percent, method):
    """As the call adds it up; None without a mark in one of the stages."""
    if not paper or not spoken:
        return None
    zero = D(0)
    one = Points(base + aggregate(paper, method), zero)
    return weigh(one, Points(aggregate(spoken, method), zero), percent).total


@given(dossiers, percents, methods)
def test_totals_are_those_of_the_call(rows, percent, method):
    standing = both(rows, percent, method)
    found = standing.points(standing.there)
    expected = [total(p.values(), h.values(), base, percent, method) for p, h, base in rows]
    assert [D(str(round(x, 2))) for x in found.tolist()] == expected


@settings(max_examples=examples(50))
@given(dossiers, percents, methods)
def test_an_expert_is_left_out_in_both_stages_at_once(rows, percent, method):
    standing = both(rows, percent, method)

    def funded(without=""):
        totals = {}
        for n, (paper, spoken, base) in enumerate(rows):
            halves = [
                [v for who, v in stage.items() if who != without] for stage in (paper, spoken)
            ]
            if (points := total(*halves, base, percent, method)) is not None:
                totals[f"D{n}"] = points
        order = sorted(totals, key=lambda name: (-totals[name], name))
        asked = [Asked(name, n, D(100), D(5)) for n, name in enumerate(order)]
        return {i.id for i in draw_line(asked, D(10), "strict", D(0)).items if i.awarded}

    truth = funded()
    for one in people.leave_one_out(standing):
        after = funded(one.expert)
        assert (set(one.up), set(one.down)) == (after - truth, truth - after)


@given(dossiers)
def test_who_is_drawn_for_nobody_keeps_the_marks_of_that_stage(rows):
    standing = both(rows, 40)
    nothing = np.zeros_like(standing.there)
    assert (standing.kept(nothing) == standing.there).all()
    paper_only = standing.there.copy()
    paper_only[:, standing.cut :] = 0
    assert (standing.kept(paper_only) == standing.there).all()


def test_the_bootstrap_has_one_answer_and_knows_a_clear_case():
    rows = [({w: D(60) for w in "ABCDE"}, {w: D(90) for w in "ABCDE"}, D(9)),
            ({w: D(50) for w in "ABCDE"}, {w: D(40) for w in "ABCDE"}, D(9))]  # fmt: skip
    found = people.bootstrap(both(rows, 40, budget=5), {"D0": "1", "D1": "1"})
    assert found == people.bootstrap(both(rows, 40, budget=5), {"D0": "1", "D1": "1"})
    assert [(one.item, one.share) for one in found] == [("D0", 1.0), ("D1", 0.0)]


# --- the weight of the hearing --------------------------------------------------------------------


def candidate(name, paper, spoken, cost=5, jobs=0):
    parts = [Points(D(value) - D("10.00"), D("10.00")) for value in (paper, spoken)]
    return Candidate(name, *parts, D(jobs), D(cost))


def rules(percent=40, budget=5, floor="60.00", mode="strict"):
    return Rules(percent, ("employment", "net_new_jobs", "quality"), D(floor), D(budget), mode)


def test_where_two_projects_change_places_by_hand():
    """80·(1−v) + 70·v meets 70·(1−v) + 86·v at 10/26; at 38 % the first still leads by 0.12."""
    told = weigh_stages([candidate("a", "80", "70"), candidate("b", "70", "86")], rules(30))
    assert (told.low, told.high) == (0, 38)
    assert [(b.percent, b.up, b.down, b.moved) for b in told.breaks] == [(39, ("b",), ("a",), 2)]
    assert [s.percent for s in told.shifts] == [0, 20, 25, 35, 40, 100]
    assert told.correlation is None


def test_a_tie_by_rounding_goes_by_the_keys():
    """At one per cent both round to 80.00; more jobs decide, as they do in the ranking."""
    pair = [candidate("a", "80.00", "80.00"), candidate("b", "80.00", "80.30", jobs=0)]
    assert weigh_stages(pair, rules(1)).low == 0  # 80.003 is 80.00
    more = [pair[0], candidate("b", "80.00", "80.30", jobs=3)]
    assert weigh_stages(more, rules(1)).breaks == ()


@settings(max_examples=examples(20))
@given(
    st.lists(st.tuples(hundredths, hundredths, st.integers(1, 6)), min_size=1, max_size=6),
    percents,
    st.sampled_from(("strict", "skip", "partial")),
)
def test_every_weight_is_the_lines_own(rows, percent, mode):
    rows = [(p + 10, h + 10, cost) for p, h, cost in rows]
    candidates = [candidate(f"D{n}", *row) for n, row in enumerate(rows)]
    told = weigh_stages(candidates, rules(percent, budget=8, floor="40.00", mode=mode))

    def fates(v):
        totals = {c.id: weigh(c.paper, c.hearing, v) for c in candidates}
        standing = [c for c in candidates if totals[c.id].total >= 40]
        standing.sort(key=lambda c: (-totals[c.id].total, c.id))
        asked = [Asked(c.id, n, totals[c.id].total, c.cost) for n, c in enumerate(standing)]
        drawn = draw_line(asked, D(8), mode, D(0))
        costs = {c.id: c.cost for c in candidates}
        return {i.id: 2 if i.awarded == costs[i.id] else 1 for i in drawn.items if i.awarded}

    seen = [fates(v) for v in range(101)]
    assert all(seen[v] == seen[percent] for v in range(told.low, told.high + 1))
    assert told.low == 0 or seen[told.low - 1] != seen[percent]
    assert told.high == 100 or seen[told.high + 1] != seen[percent]
    assert [b.percent for b in told.breaks] == [v for v in range(1, 101) if seen[v] != seen[v - 1]]


# --- the parts ------------------------------------------------------------------------------------


def ranked(spoken_by="ABCDE"):
    items = []
    for n in range(6):
        sums = {who: D(40 + 3 * n + (m * n) % 4) for m, who in enumerate("ABCDE")}
        spoken = {who: D(90 - 4 * n + (m * 7) % 5) for m, who in enumerate(spoken_by)}
        paper = Points(D(40 + 3 * n), D("15.00"))
        hearing = Points(D(60 - 4 * n), D("25.00"))
        heard = Heard(spoken, paper, hearing, D(3))
        points = weigh(paper, hearing, 40)
        items.append(
            Item(f"D{n}", "1", sums, D(15), points.quality, points.employment, D(5),
                 competes=True, heard=heard)
        )  # fmt: skip
    left = Item("D9", "1", {w: D(20) for w in "ABCDE"}, D(0), D(0), D(0), D(0), competes=False)
    return Ranked(
        items=items, max_quality=D(70), max_employment=D(30), floor=D(20), budget=D(15),
        mode="strict", method="mean", trim_from=5, percent=40, ties=("employment",),
        unheard=[left],
    )  # fmt: skip


def test_the_paper_review_is_told_with_who_was_not_heard_and_the_hearing_without():
    told = part_of("agreement", ranked())["stages"]
    assert [told[stage]["panels"][0]["items"] for stage in ("paper", "hearing")] == [7, 6]
    assert {len(told[stage]["by_expert"]) for stage in told} == {5}


def test_ranks_take_an_experts_two_sheets_for_one_opinion():
    whole = part_of("ranks", ranked())
    assert (whole["apart"], len(whole["ranks"])) == (0, 6)
    less = part_of("ranks", ranked("ABCD"))
    assert (less["apart"], len(less["ranks"])) == (6, 6)
    alone = Ranked(**{f: getattr(ranked(), f) for f in Ranked.__slots__} | {"items": [
        Item(i.id, i.panel, i.sums, i.base, i.quality, i.employment, i.cost, competes=True,
             heard=Heard({"Z": D(80)}, i.heard.paper, i.heard.hearing, D(3)))
        for i in ranked().items
    ]})  # fmt: skip
    assert part_of("ranks", alone) == {"ranks": [], "apart": 36}


@pytest.mark.parametrize("part", ["agreement", "weights", "people", "ranks", "knapsack"])
def test_each_part_has_one_answer(part):
    assert part_of(part, ranked()) == part_of(part, ranked())


def test_both_weights_stand_beside_each_other():
    told = part_of("weights", ranked())
    assert told["frozen"] == "7/10"
    assert told["hearing"]["percent"] == 40
    assert told["hearing"]["correlation"] == -1.0
