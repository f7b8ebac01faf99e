import copy
import json

import pytest

from reviews.draw import pool as pools
from reviews.draw.eligibility import Eligibility
from tests.maths.draws import build, expert, panel, pool

SEATS = [("tech", "technology", "equipment", 2), ("any", "finance", None, 1)]
EXPERTS = [
    expert("E2", "technology finance", ["textile", "equipment"]),
    expert("E1", "technology", ["equipment"]),
    expert("E3", "finance"),
    expert("E4", "technology", ["textile"]),
]


def small(**rules):
    panels = [panel("P2", SEATS), panel("P1", SEATS[::-1], ["A9", "A7"])]
    return build(panels, EXPERTS, [("E2", "A2"), ("E1", "A9")], **rules)


def test_the_input_is_sorted_and_plain():
    built = small()
    assert json.loads(json.dumps(built)) == built
    assert [p["id"] for p in built["panels"]] == ["P1", "P2"]
    assert built["panels"][0] == {
        "id": "P1",
        "applications": ["A7", "A9"],
        "seats": [
            {"id": "any", "kind": "finance", "specialty": None, "count": 1},
            {"id": "tech", "kind": "technology", "specialty": "equipment", "count": 2},
        ],
        "alternates": 2,
    }
    assert built["experts"][1] == {
        "id": "E2",
        "kinds": ["finance", "technology"],
        "specialties": ["equipment", "textile"],
        "institution": "home of E2",
        "region": "220300",
        "max_panels": 1,
    }
    assert [(r["expert"], r["application"]) for r in built["recusals"]] == [
        ("E1", "A9"),
        ("E2", "A2"),
    ]
    assert built["rules"] == {
        "one_per_institution": True,
        "max_single_recusals_percent": 100,
        "min_scores": 0,
        "public_entropy": "",
        "public_entropy_from": "",
    }
    assert list(built) == [
        "protocol",
        "draw",
        "call",
        "panels",
        "experts",
        "recusals",
        "grounds",
        "rules",
        "matching",
    ]
    assert built["protocol"] == "steelyard-draw-1"


def test_what_was_built_reads_back():
    read = pools.read(small())
    assert [e.id for e in read.experts] == ["E1", "E2", "E3", "E4"]
    assert read.panel_by_id["P1"].places == 3
    assert read.barred == {"A9": frozenset({"E1"}), "A2": frozenset({"E2"})}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda i: i.pop("call"), "input: call is missing"),
        (lambda i: i.update(extra=1), "input: unknown field extra"),
        (
            lambda i: i.update(protocol="steelyard-draw-2"),
            "input: the protocol is not steelyard-draw-1",
        ),
        (lambda i: i.update(panels={}), "input: panels is not as it should be: {}"),
        (lambda i: i["panels"].reverse(), "panels: must be sorted, each once"),
        (lambda i: i["panels"].append(i["panels"][1]), "panels: must be sorted, each once"),
        (lambda i: i["panels"][0].update(id="P|1"), "panel P|1: id is not as it should be: 'P|1'"),
        (lambda i: i["panels"][0]["seats"].reverse(), "panel P1 seats: must be sorted, each once"),
        (
            lambda i: i["panels"][0]["seats"][0].update(count=0),
            "panel P1 seat any: count is not as it should be: 0",
        ),
        (
            lambda i: i["panels"][0]["seats"][0].update(specialty=3),
            "panel P1 seat any: specialty is not as it should be: 3",
        ),
        (
            lambda i: i["panels"][0].update(applications=["A9", "A7"]),
            "panel P1: applications is not as it should be: ['A9', 'A7']",
        ),
        (lambda i: i["panels"].insert(0, "P0"), "panel ?: must be an object"),
        (lambda i: i["experts"].reverse(), "experts: must be sorted, each once"),
        (
            lambda i: i["experts"][0].update(max_panels=-1),
            "expert E1: max_panels is not as it should be: -1",
        ),
        (
            lambda i: i["experts"][0].update(max_panels=True),
            "expert E1: max_panels is not as it should be: True",
        ),
        (lambda i: i["recusals"].reverse(), "recusals: must be sorted, each once"),
        (lambda i: i["recusals"].append(i["recusals"][1]), "recusals: must be sorted, each once"),
        (
            lambda i: i["recusals"][1].update(expert="E9"),
            "recusals: E9 is not among the experts",
        ),
        (lambda i: i["rules"].update(lucky=1), "rules: unknown field lucky"),
        (
            lambda i: i["rules"].update(max_single_recusals_percent=101),
            "rules: max_single_recusals_percent is not as it should be: 101",
        ),
    ],
)
def test_malformed_inputs_are_refused_by_name(change, problem):
    altered = copy.deepcopy(small())
    change(altered)
    with pytest.raises(pools.InputError) as caught:
        pools.read(altered)
    assert problem in caught.value.problems


@pytest.mark.parametrize("value", [None, [], "input", 3])
def test_an_input_is_an_object(value):
    with pytest.raises(pools.InputError, match="input: must be an object"):
        pools.read(value)


def test_building_refuses_what_reading_would():
    with pytest.raises(pools.InputError, match="panels: must be sorted, each once"):
        build([panel("P1", SEATS), panel("P1", SEATS)], EXPERTS)


def names(read, panel_id, seat_id):
    at_panel = read.panel_by_id[panel_id]
    seat = next(s for s in at_panel.seats if s.id == seat_id)
    return Eligibility(read).eligible(at_panel, seat)


def test_kind_and_specialty_decide_who_may_sit():
    read = pools.read(small())
    assert names(read, "P1", "tech") == ["E1", "E2"]
    assert names(read, "P1", "any") == ["E2", "E3"]


def test_barred_from_more_than_the_share_means_not_on_the_panel():
    experts = [expert("E1"), expert("E2"), expert("E3")]
    seats = [("tech", "technology", None, 1)]
    twenty = [f"A{i:02d}" for i in range(20)]
    recusals = [("E1", a) for a in twenty[:3]] + [("E2", a) for a in twenty[:4]]
    read = pool([panel("P", seats, twenty)], experts, recusals, max_single_recusals_percent=15)
    assert names(read, "P", "tech") == ["E1", "E3"], "3 of 20 is 15 %, 4 of 20 is more"
    none_at_all = pool(
        [panel("P", seats, twenty)], experts, recusals, max_single_recusals_percent=0
    )
    assert names(none_at_all, "P", "tech") == ["E3"]
    empty = pool([panel("P", seats, [])], experts, max_single_recusals_percent=0)
    assert names(empty, "P", "tech") == ["E1", "E2", "E3"]


def test_the_order_of_a_seat_is_its_own():
    read = pool(
        [panel("P1", [("a", "technology", None, 1), ("b", "technology", None, 1)]),
         panel("P2", [("a", "technology", None, 1)])],
        [expert(f"E{i:02d}") for i in range(30)],
    )  # fmt: skip
    eligibility = Eligibility(read)
    seed = bytes(32)
    orders = {
        (p.id, s.id): [place.expert for place in eligibility.order(seed, p, s)]
        for p in read.panels
        for s in p.seats
    }
    assert len({tuple(order) for order in orders.values()}) == 3
    assert all(sorted(order) == [e.id for e in read.experts] for order in orders.values())
    places = eligibility.order(seed, read.panels[0], read.panels[0].seats[0])
    assert [p.rank for p in places] == list(range(30))
    assert [p.key for p in places] == sorted(p.key for p in places)
