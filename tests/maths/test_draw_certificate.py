import copy
import json

import pytest

from reviews.draw import certificate, protocol, record
from reviews.draw import pool as pools
from reviews.draw.assignment import assign
from reviews.draw.eligibility import Eligibility
from reviews.draw.entities import Recusal
from reviews.draw.replacement import replace
from tests.maths.draws import SECRETS, build, expert, panel

ENTROPY = "上证指数 2026-05-08 收盘 3210.37"
TIMES = {
    "prepared": "2026-05-07T09:00:00+08:00",
    "operator_committed": "2026-05-07T10:20:00+08:00",
    "supervisor_committed": "2026-05-07T10:00:00+08:00",
    "supervisor_revealed": "2026-05-08T15:10:00+08:00",
    "drawn": "2026-05-08T15:30:00+08:00",
    "replacement_1": "2026-05-09T08:00:00+08:00",
    "replacement_2": "2026-05-09T08:00:00+08:00",
}


def make():
    panels = [
        panel("P1", [("fin", "finance", None, 1), ("tech", "technology", None, 2)], ["A1", "A2"]),
        panel("P2", [("tech", "technology", "zinc", 1)], ["A3"]),
    ]
    people = [
        expert(f"E{i}", specialties=["zinc"] if i % 2 else [], max_panels=2) for i in range(6)
    ]
    people += [expert("F1", "finance"), expert("F2", "finance"), expert("F3", "finance")]
    draw_input = build(
        panels,
        people,
        [("E2", "A1")],
        min_scores=1,
        public_entropy="上证指数 2026-05-08 收盘",
        public_entropy_from="2026-05-08T15:00:00+08:00",
    )
    operator, supervisor = SECRETS
    a_pool = pools.read(draw_input)
    seed = protocol.seed(protocol.input_hash(draw_input), operator, supervisor, ENTROPY)
    seated = assign(a_pool, seed)
    steps = []
    for index in (0, 1):
        place = seated[index]
        known = (Recusal(place.expert, "A2", "declared"),) if index else ()
        where = place.panel, place.seat, place.expert
        steps.append(replace(a_pool, seed, seated, steps, *where, "declined", known))
    return certificate.build(
        draw_input=draw_input,
        operator_secret=operator,
        supervisor_secret=supervisor,
        public_entropy=ENTROPY,
        result=seated,
        replacements=steps,
        times=TIMES,
        seals={step: 40 + number for number, step in enumerate(TIMES)},
    )


CERTIFICATE = make()


def test_a_certificate_is_plain_json_that_holds():
    assert certificate.reproduce(CERTIFICATE) == []
    assert certificate.reproduce(json.loads(json.dumps(CERTIFICATE))) == []
    assert list(CERTIFICATE) == list(certificate.FIELDS)
    assert CERTIFICATE["input_hash"] == protocol.input_hash(CERTIFICATE["input"])
    assert set(CERTIFICATE["result"][0]) == {"panel", "seat", "expert", "rank"}
    assert len(CERTIFICATE["result"]) == 4 and len(CERTIFICATE["replacements"]) == 2


def fields(value, path=()):
    """Every path to a plain value."""
    if isinstance(value, dict):
        return [p for key, item in value.items() for p in fields(item, (*path, key))]
    if isinstance(value, list):
        return [p for index, item in enumerate(value) for p in fields(item, (*path, index))]
    return [path]


def altered(path, change):
    copied = copy.deepcopy(CERTIFICATE)
    target = copied
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = change(target[path[-1]])
    return copied


def other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return "else"
    return ("b" if value[0] == "a" else "a") + value[1:] if value else "a"


EXPECTED = {
    "input": "the input is not the one whose hash was published",
    "input_hash": "the input is not the one whose hash was published",
    "public_entropy": "the seed does not follow from input, secrets and public entropy",
    "matching": "the input asks for no matching",
    "seed": "the seed does not follow from input, secrets and public entropy",
    ("commitments", "operator"): "the operator's secret is not the one that was committed to",
    ("commitments", "supervisor"): "the supervisor's secret is not the one that was committed to",
    ("secrets", "operator"): "the operator's secret is not the one that was committed to",
    ("secrets", "supervisor"): "the supervisor's secret is not the one that was committed to",
}
DIGEST = {("seals", step): "seals" for step in TIMES} | {
    ("digests", name): name for name in ("times", "seals", "replacements")
}


def test_any_one_altered_field_is_found_and_named():
    for path in fields(CERTIFICATE):
        problems = certificate.reproduce(altered(path, other))
        expected = EXPECTED.get(path[0]) or EXPECTED.get(path[:2])
        assert problems, path
        if expected:
            assert problems == [expected], path
        elif path[0] == "result":
            assert "the certificate cannot be read" not in problems[0], path
        elif path[0] == "times":
            assert problems == ["the digest of times is not the one recorded"], path
        elif path[0] == "record":
            assert problems == [f"the digest of {DIGEST[path[1:3]]} is not the one recorded"], path
        else:
            named = (f"replacement {path[1] + 1}", "the digest of replacements")
            assert problems[0].startswith(named), path


@pytest.mark.parametrize("field", certificate.FIELDS)
def test_any_missing_field_is_found(field):
    less = {name: value for name, value in CERTIFICATE.items() if name != field}
    assert certificate.reproduce(less)[0].startswith("the certificate must have exactly")


@pytest.mark.parametrize(
    "junk", [None, 0, "", [], {}, 1.5, {"x": 1}, [None], ["a"], [{}], "é" * 64]
)
@pytest.mark.parametrize("field", certificate.FIELDS)
def test_any_junk_gets_an_answer(field, junk):
    if CERTIFICATE[field] == junk:
        return
    assert certificate.reproduce({**CERTIFICATE, field: junk}) != []


@pytest.mark.parametrize("junk", [None, [], "certificate", {}, {"input": {}}])
def test_what_is_no_certificate(junk):
    assert certificate.reproduce(junk)[0].startswith("the certificate must have exactly")


def test_another_filling_is_found_to_be_worse():
    changed = copy.deepcopy(CERTIFICATE)
    changed["replacements"] = []
    seat = changed["result"][0]
    finance = {e["id"] for e in changed["input"]["experts"] if "finance" in e["kinds"]}
    a_pool = pools.read(changed["input"])
    places = Eligibility(a_pool).order(
        bytes.fromhex(changed["seed"]), a_pool.panels[0], a_pool.panels[0].seats[0]
    )
    assert {p.expert for p in places} == finance
    seat["expert"], seat["rank"] = places[1].expert, 1
    (problem,) = certificate.reproduce(changed)
    assert problem.startswith("a better filling exists: sum of ranks 1 (keys ")


def test_a_favourite_out_of_turn_is_found():
    changed = copy.deepcopy(CERTIFICATE)
    step = changed["replacements"][0]
    step["replaced_by"] = next(
        e["id"] for e in changed["input"]["experts"]
        if "finance" in e["kinds"] and e["id"] not in (step["expert"], step["replaced_by"])
    )  # fmt: skip
    right = CERTIFICATE["replacements"][0]["replaced_by"]
    assert certificate.reproduce(changed) == [f"replacement 1: {right} is next in the order"]


@pytest.mark.parametrize(
    ("step", "instant", "problem"),
    [
        ("drawn", "2026-05-08T15:09:00+08:00", "drawn lies before the step supervisor_revealed"),
        ("prepared", "2026-05-07T10:10:00+08:00", "supervisor_committed lies before the step prep"),
        ("replacement_2", "2026-05-09T07:00:00+08:00", "replacement_2 lies before the step"),
        ("drawn", "2026-05-08T15:30:00", "lacks its offset"),
        ("drawn", "tomorrow", "cannot be read"),
    ],
)
def test_steps_stand_in_the_order_of_the_protocol(step, instant, problem):
    times = {**TIMES, step: instant}
    seals = CERTIFICATE["record"]["seals"]
    changed = {
        **CERTIFICATE,
        "times": times,
        "record": {
            "seals": seals,
            "digests": record.digests(times, seals, CERTIFICATE["replacements"]),
        },
    }
    assert problem in certificate.reproduce(changed)[0]


def test_the_public_value_is_used_exactly_when_it_was_named():
    for named, given in (("", ENTROPY), ("上证指数", "")):
        draw_input = copy.deepcopy(CERTIFICATE["input"])
        draw_input["rules"]["public_entropy"] = named
        draw_input["rules"]["public_entropy_from"] = named and "2026-05-08T15:00:00+08:00"
        hashed = protocol.input_hash(draw_input)
        seed = protocol.seed(hashed, *SECRETS, given)
        seated = assign(pools.read(draw_input), seed)
        made = certificate.build(
            draw_input=draw_input,
            operator_secret=SECRETS[0],
            supervisor_secret=SECRETS[1],
            public_entropy=given,
            result=seated,
            times={step: TIMES[step] for step in record.STEPS},
        )
        assert certificate.reproduce(made) == [
            "a public value is used exactly when the input names one"
        ]
