import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.draw.assignment import Infeasible, assign
from reviews.draw.checking import violations
from reviews.draw.eligibility import Eligibility
from reviews.draw.entities import Recusal
from reviews.draw.replacement import OBSTACLES, alternates, current, replace
from tests.exhaustive import examples
from tests.maths.draws import expert, panel, pool, small_pools

SEED = bytes(range(32))
ONE = [("a", "technology", None, 1)]


def order_of(a_pool, panel_id="P1", seat=0):
    at_panel = a_pool.panel_by_id[panel_id]
    return [p.expert for p in Eligibility(a_pool).order(SEED, at_panel, at_panel.seats[seat])]


def give_up(a_pool, seated, history, expert_id, panel_id="P1", seat="a", recusals=()):
    return replace(a_pool, SEED, seated, history, panel_id, seat, expert_id, "abroad", recusals)


def test_the_next_in_the_drawn_order_follows_and_nobody_else_moves():
    a_pool = pool(
        [panel("P1", [("a", "technology", None, 2)])], [expert(f"E{i}") for i in range(6)]
    )
    order = order_of(a_pool)
    seated = assign(a_pool, SEED)
    first = give_up(a_pool, seated, [], order[0])
    assert (first.replaced_by, first.rank, first.reason) == (order[2], 2, "abroad")
    assert first.passed_over == ((order[0], "gave_up"), (order[1], "on_panel"))
    second = give_up(a_pool, seated, [first], order[2])
    assert (second.replaced_by, second.rank) == (order[3], 3)
    now = current(seated, [first, second])
    assert [(place.expert, place.rank) for place in now] == [(order[3], 3), (order[1], 1)]


def test_when_nobody_is_left_the_seat_stays_open():
    a_pool = pool([panel("P1", ONE)], [expert("E1"), expert("E2")])
    order = order_of(a_pool)
    seated = assign(a_pool, SEED)
    first = give_up(a_pool, seated, [], order[0])
    last = give_up(a_pool, seated, [first], order[1])
    assert (last.replaced_by, last.rank) == (None, None)
    assert last.passed_over == ((order[0], "gave_up"), (order[1], "gave_up"))
    assert current(seated, [first, last]) == ()


def test_every_obstacle_is_named():
    experts = [
        expert("E0", institution="h"),
        expert("E1"),
        expert("E2", institution="h"),
        expert("E3"),
        expert("E4"),
        expert("E5"),
    ]
    panels = [
        panel("P1", [("a", "technology", None, 1), ("b", "finance", None, 1)], ["A1", "A2", "A3"]),
        panel("P2", [("z", "employment", None, 1)], []),
    ]
    money = expert("F1", "finance", institution="h")
    work = [expert("G1", "employment technology")]
    # F1 holds seat b: E0 and E2 share its institution; E3 is barred from too much; E4 may not be
    # one more who cannot score A1; G1 sits on P2 already; E1 and E5 are free
    recusals = [("F1", "A1"), ("E3", "A1"), ("E3", "A2"), ("E4", "A1")]
    a_pool = pool(
        panels, [*experts, money, *work], recusals, min_scores=1, max_single_recusals_percent=67
    )
    later = [Recusal("E3", "A3", "found later")]
    seated = assign(a_pool, SEED)
    sitting = next(place.expert for place in seated if place.seat == "a")
    history = []
    seen = {}
    while True:
        step = give_up(a_pool, seated, history, sitting, recusals=later if not history else ())
        seen |= dict(step.passed_over)
        history.append(step)
        if step.replaced_by is None:
            break
        sitting = step.replaced_by
    assert seen == {
        "E0": "institution",
        "E1": "gave_up",
        "E2": "institution",
        "E3": "barred_too_often",
        "E4": "min_scores",
        "E5": "gave_up",
        "G1": "max_panels",
    }
    assert set(seen.values()) | {"on_panel"} == set(OBSTACLES)


def test_who_gave_up_one_seat_is_not_asked_for_another():
    panels = [panel("P1", ONE), panel("P2", ONE)]
    a_pool = pool(panels, [expert(f"E{i}") for i in range(4)])
    seated = assign(a_pool, SEED)
    one, two = (place.expert for place in seated)
    first = give_up(a_pool, seated, [], one)
    second = give_up(a_pool, seated, [first], two, panel_id="P2")
    rest = {"E0", "E1", "E2", "E3"} - {one, two, first.replaced_by}
    assert {second.replaced_by} == rest
    assert dict(second.passed_over).get(one, "gave_up") == "gave_up"


def test_only_who_sits_there_can_give_up_a_seat():
    a_pool = pool([panel("P1", ONE)], [expert("E1"), expert("E2")])
    seated = assign(a_pool, SEED)
    other = ({"E1", "E2"} - {seated[0].expert}).pop()
    with pytest.raises(ValueError, match=f"{other} does not sit on panel P1 seat a"):
        give_up(a_pool, seated, [], other)
    with pytest.raises(ValueError, match="does not sit on panel P9"):
        replace(a_pool, SEED, seated, [], "P9", "a", seated[0].expert, "abroad")
    step = give_up(a_pool, seated, [], seated[0].expert)
    with pytest.raises(ValueError, match=f"{seated[0].expert} does not sit"):
        give_up(a_pool, seated, [step], seated[0].expert)


def test_alternates_stand_in_the_drawn_order():
    a_pool = pool([panel("P1", [("a", "technology", None, 2)], alternates=3)],
                  [expert(f"E{i}") for i in range(9)])  # fmt: skip
    order = order_of(a_pool)
    standby = alternates(a_pool, SEED, assign(a_pool, SEED))
    assert [(s.expert, s.rank, s.order) for s in standby] == [
        (order[2], 2, 1),
        (order[3], 3, 2),
        (order[4], 4, 3),
    ]


def test_fewer_alternates_when_fewer_fit():
    a_pool = pool([panel("P1", ONE, alternates=3)], [expert("E1"), expert("E2")])
    assert len(alternates(a_pool, SEED, assign(a_pool, SEED))) == 1
    none_wanted = pool([panel("P1", ONE, alternates=0)], [expert("E1"), expert("E2")])
    assert alternates(none_wanted, SEED, assign(none_wanted, SEED)) == ()


@settings(max_examples=examples(30), deadline=None)
@given(small_pools(), st.binary(min_size=32, max_size=32), st.data())
def test_after_any_replacements_every_rule_still_holds(a_pool, seed, data):
    try:
        seated = assign(a_pool, seed)
    except Infeasible:
        return
    history = []
    for _ in range(3):
        now = current(seated, history)
        if not now:
            break
        place = data.draw(st.sampled_from(now))
        step = replace(a_pool, seed, seated, history, place.panel, place.seat, place.expert, "ill")
        history.append(step)
        if step.replaced_by is None:
            break  # an open seat breaks the count by itself
        assert violations(a_pool, current(seated, history)) == []
        assert step.replaced_by not in {before.expert for before in history}
        assert current(seated, history)[list(now).index(place)].expert == step.replaced_by


@settings(max_examples=examples(20), deadline=None)
@given(small_pools(), st.binary(min_size=32, max_size=32))
def test_the_first_alternate_is_who_follows_a_seat_of_one(a_pool, seed):
    try:
        seated = assign(a_pool, seed)
    except Infeasible:
        return
    first = {(s.panel, s.seat): s.expert for s in alternates(a_pool, seed, seated) if s.order == 1}
    single = {(p.id, s.id) for p in a_pool.panels for s in p.seats if s.count == 1}
    for place in seated:
        if (place.panel, place.seat) in single:
            step = replace(a_pool, seed, seated, [], place.panel, place.seat, place.expert, "ill")
            assert step.replaced_by == first.get((place.panel, place.seat))
