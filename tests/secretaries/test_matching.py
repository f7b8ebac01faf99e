"""The rules of appointment, over any candidates."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from secretaries.matching import Candidate, Project, Why, choose, explain, ruled_out_by

PROJECT = Project(("220302", "220300"), "equipment")
DAY = datetime(2026, 6, 1, tzinfo=UTC)


def one(number: int = 1, **more: object) -> Candidate:
    values: dict[str, object] = {
        "id": number,
        "name": f"秘书{number}",
        "regions": frozenset({"220300"}),
        "industries": frozenset(),
        "load": 0,
        "max_load": 3,
        **more,
    }
    return Candidate(**values)


def test_each_rule_rules_out() -> None:
    assert ruled_out_by(PROJECT, one()) is None
    assert ruled_out_by(PROJECT, one(regions=frozenset({"220581"}))) is Why.REGION
    assert ruled_out_by(PROJECT, one(in_term=False)) is Why.TERM
    assert ruled_out_by(PROJECT, one(industries=frozenset({"textile"}))) is Why.INDUSTRY
    assert ruled_out_by(PROJECT, one(load=3)) is Why.LOAD
    assert ruled_out_by(PROJECT, one(on_leave=True)) is Why.LEAVE


def test_fewest_projects_then_longest_ago_then_lowest_number() -> None:
    later, earlier = one(1, last_appointed=DAY), one(2, last_appointed=DAY.replace(year=2025))
    never_5, never_4, busy = one(5), one(4), one(3, load=1)
    rows = [busy, later, never_5, earlier, never_4]
    assert choose(PROJECT, rows).eligible == (4, 5, 2, 1, 3)
    assert choose(PROJECT, rows).chosen == never_4
    assert choose(PROJECT, rows).backup == never_5


def test_nobody_free_says_how_many_and_why() -> None:
    rows = [
        *(one(n, load=3) for n in range(1, 5)),
        one(5, on_leave=True),
        one(6, regions=frozenset({"220581"})),
    ]
    choice = choose(PROJECT, rows)
    assert choice.chosen is None
    assert choice.backup is None
    assert choice.counts == {"local": 5, "term": 0, "industry": 0, "load": 4, "leave": 1}
    assert explain(PROJECT, choice) == {"by": "rules", **choice.counts}


def test_a_full_colleague_may_stand_in() -> None:
    assert choose(PROJECT, [one(1), one(2, load=3)]).backup == one(2, load=3)


def test_the_reason_names_place_industry_and_load() -> None:
    own = one(1, regions=frozenset({"220302", "220300"}), industries=frozenset({"equipment"}))
    reason = explain(PROJECT, choose(PROJECT, [own, one(2, load=3)]))
    assert reason == {
        "by": "rules",
        "region": "220302",
        "industry": "equipment",
        "load": 0,
        "max_load": 3,
        "candidates": 1,
        "last_appointed": "",
        "out_term": 0,
        "out_industry": 0,
        "out_load": 1,
        "out_leave": 0,
    }


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 99),
        name=st.just("x"),
        regions=st.frozensets(st.sampled_from(["220300", "220302", "220581"])),
        industries=st.frozensets(st.sampled_from(["equipment", "textile"])),
        load=st.integers(0, 4),
        max_load=st.integers(1, 4),
        in_term=st.booleans(),
        on_leave=st.booleans(),
        last_appointed=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    unique_by=lambda c: c.id,
    max_size=12,
)


@given(CANDIDATES, st.randoms())
def test_the_choice_keeps_the_rules_whatever_the_order(rows: list[Candidate], dice: object) -> None:
    choice = choose(PROJECT, rows)
    shuffled = list(rows)
    dice.shuffle(shuffled)
    assert choose(PROJECT, shuffled) == choice
    assert set(choice.eligible) | set(choice.ruled_out) == {c.id for c in rows}
    if choice.chosen is None:
        assert choice.eligible == ()
    else:
        assert ruled_out_by(PROJECT, choice.chosen) is None
        assert choice.chosen.load == min(c.load for c in rows if c.id in choice.eligible)
        assert choice.backup is None or choice.backup.id != choice.chosen.id
