from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.ranking import TIE_KEYS, Entry, Rules, rank, rank_table
from reviews.scoring import METHODS

RULES = Rules()


def entry(name, total, employment="20", jobs=100, quality=None, vetoes=()):
    total = None if total is None else D(total)
    if quality is None and total is not None:
        quality = total - D(employment)
    return Entry(
        name, total, D(employment), D(jobs), None if quality is None else D(quality), vetoes
    )


def places(entries, rules=RULES, joint=()):
    return [(r.id, r.rank, r.outcome) for r in rank(entries, rules, joint)]


def test_the_higher_total_comes_first():
    entries = [entry("b", "80.00"), entry("c", "90.01"), entry("a", "80.01")]
    assert places(entries) == [("c", 1, "ranked"), ("a", 2, "ranked"), ("b", 3, "ranked")]


def test_ties_go_to_employment_then_jobs_then_quality():
    entries = [
        entry("jobs", "80.00", "21.00", 200, "59.00"),
        entry("less", "80.00", "20.00", 900, "60.00"),
        entry("same", "80.00", "21.00", 150, "59.00"),
        entry("clear", "81.00", "10.00", 1, "71.00"),
    ]
    ranked = rank(entries, RULES)
    assert [(r.id, r.rank, r.decided_by) for r in ranked] == [
        ("clear", 1, ""),
        ("jobs", 2, "net_new_jobs"),
        ("same", 3, "net_new_jobs"),
        ("less", 4, "employment"),
    ]
    assert not any(r.joint_decision for r in ranked)


def test_quality_decides_when_the_sheet_has_more_than_two_factors():
    entries = [entry("x", "80", "20", 1, "59.99"), entry("y", "80", "20", 1, "60.00")]
    assert [(r.id, r.rank, r.decided_by) for r in rank(entries, RULES)] == [
        ("y", 1, "quality"),
        ("x", 2, "quality"),
    ]


def test_other_tie_keys_of_a_call():
    entries = [entry("x", "80", "25", 10), entry("y", "80", "20", 99)]
    assert [r.id for r in rank(entries, Rules(tie_breaks=("net_new_jobs", "employment")))] == [
        "y",
        "x",
    ]
    undecided = rank(entries, Rules(tie_breaks=()))
    assert [(r.id, r.rank, r.tied_with) for r in undecided] == [("x", 1, ("y",)), ("y", 1, ("x",))]


def test_what_stays_equal_shares_its_rank_and_asks_for_a_joint_decision():
    entries = [
        entry("d", "70"),
        entry("a", "80"),
        entry("c", "80"),
        entry("b", "80"),
        entry("e", "90"),
    ]
    ranked = rank(entries, RULES)
    assert [(r.id, r.rank, r.tied_with) for r in ranked] == [
        ("e", 1, ()),
        ("a", 2, ("b", "c")),
        ("b", 2, ("a", "c")),
        ("c", 2, ("a", "b")),
        ("d", 5, ()),
    ]
    assert [r.joint_decision for r in ranked] == [False, True, True, True, False]


def test_a_recorded_joint_decision_separates_equals_and_nobody_else():
    entries = [
        entry("d", "70"),
        entry("a", "80"),
        entry("c", "80"),
        entry("b", "80"),
        entry("e", "90"),
    ]
    ranked = rank(entries, RULES, ["d", "c", "a", "b", "e"])
    assert [(r.id, r.rank, r.decided_by) for r in ranked] == [
        ("e", 1, ""),
        ("c", 2, "joint"),
        ("a", 3, "joint"),
        ("b", 4, "joint"),
        ("d", 5, ""),
    ]
    assert not any(r.joint_decision for r in ranked)


def test_a_joint_decision_that_leaves_one_out_decides_nothing():
    entries = [entry("a", "80"), entry("b", "80"), entry("c", "80")]
    ranked = rank(entries, RULES, ["c", "a"])
    assert [(r.id, r.rank) for r in ranked] == [("a", 1), ("b", 1), ("c", 1)]


def test_floor_veto_and_missing_scores_take_no_rank():
    entries = [
        entry("veto", "99", vetoes=("restricted_industry",)),
        entry("open", None, quality="10"),
        entry("under", "59.99"),
        entry("on", "60.00"),
        entry("lower", "40"),
        entry("both", None, vetoes=("energy_above_norm",)),
    ]
    assert places(entries) == [
        ("on", 1, "ranked"),
        ("under", None, "below_floor"),
        ("lower", None, "below_floor"),
        ("open", None, "not_scored"),
        ("veto", None, "vetoed"),
        ("both", None, "vetoed"),
    ]


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="no tie keys named fame, luck"):
        Rules(tie_breaks=("quality", "luck", "fame"))
    with pytest.raises(ValueError, match="entry given twice: a"):
        rank([entry("a", "80"), entry("a", "81")], RULES)
    with pytest.raises(ValueError, match="joint order given twice: a"):
        rank([entry("a", "80")], RULES, ["a", "a"])
    assert rank([], RULES) == []


entry_lists = st.lists(
    st.builds(
        Entry,
        id=st.uuids().map(str),
        total=st.none() | st.integers(55, 70).map(D),
        employment=st.integers(10, 12).map(D),
        net_new_jobs=st.integers(0, 2),
        quality=st.integers(50, 52).map(D),
        vetoes=st.sampled_from([(), (), (), ("restricted_industry",)]),
    ),
    max_size=25,
    unique_by=lambda e: e.id,
)


@given(entry_lists, st.randoms())
def test_the_order_of_entry_never_matters_and_all_come_out_once(entries, random):
    ranked = rank(entries, RULES)
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert rank(shuffled, RULES) == ranked
    assert sorted(r.id for r in ranked) == sorted(e.id for e in entries)


@given(entry_lists)
def test_ranks_are_competition_ranks_that_follow_the_keys(entries):
    ranked = [r for r in rank(entries, RULES) if r.rank is not None]

    def key(r):
        return (r.total, r.entry.employment, r.entry.net_new_jobs, r.entry.quality)

    for r in ranked:
        assert r.rank == 1 + sum(key(other) > key(r) for other in ranked)
        assert set(r.tied_with) == {o.id for o in ranked if key(o) == key(r)} - {r.id}
        assert r.total >= RULES.floor
        assert r.decided_by in ("", *TIE_KEYS)
        rivals = [o for o in ranked if o.total == r.total and key(o) != key(r)]
        assert (r.decided_by == "") == (not rivals)


@given(entry_lists)
def test_joint_decisions_for_every_tie_leave_no_shared_rank(entries):
    order = sorted((e.id for e in entries), reverse=True)
    ranks = [r.rank for r in rank(entries, RULES, order) if r.rank is not None]
    assert ranks == list(range(1, len(ranks) + 1))


# --- plain tables ---------------------------------------------------------------------------------

TABLE = [
    ("p3", "r1", D("2.0")),
    ("p3", "r2", D("3.5")),
    ("p3", "r3", D("2.0")),
    ("p1", "r1", D("1.0")),
    ("p1", "r2", None),
    ("p1", "r3", D("1.5")),
    ("p2", "r1", D("1.5")),
    ("p2", "r2", D("1.0")),
    ("p4", "r1", None),
]


def test_a_table_is_ranked_with_gaps_and_ties():
    assert [(r.rank, r.item, r.value, r.n) for r in rank_table(TABLE, "asc")] == [
        (1, "p1", Fraction(5, 4), 2),
        (1, "p2", Fraction(5, 4), 2),
        (3, "p3", Fraction(5, 2), 3),
        (None, "p4", None, 0),
    ]
    assert [(r.rank, r.item) for r in rank_table(TABLE, "desc")] == [
        (1, "p3"),
        (2, "p1"),
        (2, "p2"),
        (None, "p4"),
    ]
    assert rank_table(TABLE, "desc", "median")[0].value == 2


def test_values_that_only_rounding_would_equal_are_no_tie():
    rows = [("a", "1", D("1.0000001")), ("b", "1", D("1.0000002"))]
    assert [(r.rank, r.item) for r in rank_table(rows, "desc")] == [(1, "b"), (2, "a")]


def test_an_expert_scores_an_item_once():
    with pytest.raises(ValueError, match="expert r1 scored item p1 twice"):
        rank_table([("p1", "r1", D(1)), ("p1", "r1", None)])


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("123456")),
        st.none() | st.integers(1, 4).map(D),
    ),
    st.sampled_from(["asc", "desc"]),
    st.sampled_from(METHODS),
)
def test_ranks_of_a_table_count_the_better_ones(cells, order, method):
    rows = rank_table([(i, e, s) for (i, e), s in cells.items()], order, method)
    valued = [r for r in rows if r.value is not None]
    for r in valued:
        better = [o for o in valued if (o.value < r.value if order == "asc" else o.value > r.value)]
        assert r.rank == 1 + len(better)
    assert {r.item for r in rows} == {item for item, _ in cells}
    assert [r.rank for r in rows] == sorted(r.rank for r in valued) + [None] * (
        len(rows) - len(valued)
    )
