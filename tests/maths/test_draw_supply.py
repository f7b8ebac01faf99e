from dataclasses import replace

import pytest
from hypothesis import given, settings

from reviews.draw.assignment import Infeasible, assign
from reviews.draw.supply import CAUSES, supply
from tests.exhaustive import examples
from tests.maths.draws import every_filling, expert, panel, pool, small_pools

SEED = bytes(32)


def report(*arguments, **rules):
    a_pool = pool(*arguments, **rules)
    found = supply(a_pool)
    if found:
        with pytest.raises(Infeasible) as caught:
            assign(a_pool, SEED)
        assert caught.value.shortages == found
    else:
        assert assign(a_pool, SEED)
    return [(s.panel, s.seat, s.needed, s.available, s.cause) for s in found]


def seat(name="a", kind="technology", specialty=None, count=1):
    return name, kind, specialty, count


def test_enough_of_everybody_is_no_shortage():
    assert report([panel("P1", [seat(count=2)])], [expert("E1"), expert("E2")]) == []


def test_too_few_of_a_kind():
    people = [expert("E1"), expert("E2", "finance")]
    assert report([panel("P1", [seat(count=2)])], people) == [("P1", "a", 2, 1, "kind")]


def test_too_few_of_a_specialty():
    people = [expert("E1", specialties=["zinc"]), expert("E2")]
    assert report([panel("P1", [seat(specialty="zinc", count=2)])], people) == [
        ("P1", "a", 2, 1, "specialty")
    ]


def test_recusals_leave_too_few():
    people = [expert("E1"), expert("E2")]
    barred = [("E1", "A1"), ("E1", "A2")]
    assert report(
        [panel("P1", [seat(count=2)])], people, barred, max_single_recusals_percent=50
    ) == [("P1", "a", 2, 1, "recusals")]


def test_an_institution_shared_by_too_many():
    people = [expert(f"E{i}", institution="h") for i in range(3)]
    assert report([panel("P1", [seat(count=2)])], people) == [("P1", "a", 2, 1, "institution")]
    assert report([panel("P1", [seat(count=2)])], people, one_per_institution=False) == []


def test_an_application_that_too_few_may_score():
    people = [expert(f"E{i}") for i in range(3)]
    barred = [("E0", "A1"), ("E1", "A1")]
    assert report([panel("P1", [seat(count=3)])], people, barred, min_scores=2) == [
        ("P1", "a", 3, 2, "min_scores")
    ]


def test_the_same_person_wanted_twice_on_one_panel():
    people = [expert("E1", "technology finance"), expert("E2", "industry")]
    seats = [seat("a"), seat("b", "finance"), seat("c", "industry")]
    (shortage,) = report([panel("P1", seats)], people)
    assert shortage[0] == "P1" and shortage[1] in ("a", "b") and shortage[2:] == (1, 0, "overlap")


def test_the_same_person_wanted_on_too_many_panels():
    people = [expert("E1", max_panels=2)]
    panels = [panel(f"P{i}", [seat()]) for i in range(3)]
    (shortage,) = report(panels, people)
    assert shortage[1:] == ("a", 1, 0, "max_panels")


def test_nobody_may_serve_at_all():
    assert report([panel("P1", [seat()])], [expert("E1", max_panels=0)]) == [
        ("P1", "a", 1, 0, "max_panels")
    ]


def test_a_panel_too_small_for_the_scores_it_must_give():
    people = [expert(f"E{i}") for i in range(9)]
    assert report([panel("P1", [seat(count=3)])], people, min_scores=5) == [
        ("P1", "", 5, 3, "panel_too_small")
    ]
    nothing_to_score = [panel("P1", [seat(count=3)], [])]
    assert report(nothing_to_score, people, min_scores=5) == []


def test_each_panel_gets_its_own_cause():
    people = [
        expert("E1"), expert("E2", specialties=["zinc"]),
        expert("F1", "finance", institution="h"), expert("F2", "finance", institution="h"),
    ]  # fmt: skip
    panels = [
        panel("P1", [seat("a", specialty="zinc", count=2)]),
        panel("P2", [seat("b", "finance", count=2)]),
        panel("P3", [seat("c", "employment")]),
        panel("P4", [seat("d")]),
    ]
    assert report(panels, people) == [
        ("P1", "a", 2, 1, "specialty"),
        ("P2", "b", 2, 1, "institution"),
        ("P3", "c", 1, 0, "kind"),
    ]


def test_a_shortage_counts_who_is_left_after_each_rule_and_reads():
    people = [expert("E1", specialties=["zinc"]), expert("E2"), expert("E3", "finance")]
    a_pool = pool([panel("P1", [seat(specialty="zinc", count=2)])], people)
    (shortage,) = supply(a_pool)
    assert dict(shortage.detail) == {"kind": 2, "specialty": 1, "recusals": 1}
    assert str(shortage) == "panel P1 seat a: 1 of 2, too few experts of this kind and specialty"


@settings(max_examples=examples(30), deadline=None)
@given(small_pools())
def test_a_shortage_is_reported_exactly_when_nothing_fits(a_pool):
    shortages = supply(a_pool)
    assert bool(shortages) == (next(every_filling(a_pool, SEED), None) is None)
    assert supply(a_pool) == shortages
    for shortage in shortages:
        assert 0 <= shortage.available < shortage.needed
        assert shortage.cause in CAUSES


@settings(max_examples=examples(20), deadline=None)
@given(small_pools())
def test_as_many_places_are_called_empty_as_must_be(a_pool):
    missing = sum(s.needed - s.available for s in supply(a_pool) if s.seat)
    if any(not s.seat for s in supply(a_pool)):
        return  # the panel itself is wrong, not its supply
    spares = [expert(f"X{i}", "technology industry", ["s1", "s2"], "", 9) for i in range(missing)]
    helped = replace(a_pool, experts=(*a_pool.experts, *spares))
    assert supply(helped) == (), "so many willing strangers must be enough"
    if missing:
        too_few = replace(a_pool, experts=(*a_pool.experts, *_serving_once(spares[:-1])))
        assert supply(too_few) != ()


def _serving_once(experts):
    return [replace(someone, max_panels=1) for someone in experts]


def test_it_says_when_applicants_who_named_experts_leave_a_seat_empty():
    people = [expert("E1"), expert("E2"), expert("E3", "finance")]
    barred = [("E1", "A1"), ("E1", "A2"), ("E3", "A1"), ("E3", "A2")]
    seats = [seat(count=2), seat("b", "finance")]
    a_pool = pool([panel("P1", seats)], people, barred, max_single_recusals_percent=50)
    asked = supply(a_pool, {("E1", "A1"), ("E1", "A2")})
    assert [(s.seat, s.cause, s.named) for s in asked] == [
        ("a", "recusals", True),
        ("b", "recusals", False),
    ]
    assert (
        str(asked[0])
        == f"panel P1 seat a: 1 of 2, {CAUSES['recusals']}, by applicants who named experts"
    )
    assert "named" not in str(asked[1])


@settings(deadline=None, max_examples=examples(60))
@given(small_pools())
def test_naming_is_blamed_only_where_without_it_more_seats_were_filled(a_pool):
    pairs = {(r.expert, r.application) for r in a_pool.recusals}
    short, without = supply(a_pool, pairs), supply(replace(a_pool, recusals=()))
    missing = [sum(s.needed - s.available for s in found if s.seat) for found in (short, without)]
    assert any(s.named for s in short) == (missing[1] < missing[0])
    assert not any(s.named for s in supply(a_pool))
