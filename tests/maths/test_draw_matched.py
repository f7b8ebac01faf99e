"""Experts to single applications by the draw's protocol: from input and seed, by nothing else."""

import copy
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.draw import certificate, matched, protocol, record
from reviews.draw import pool as pools
from reviews.draw.assignment import Infeasible
from reviews.draw.checking import Seated
from reviews.draw.entities import BARRED, Matching, Panel, Recusal, Rules
from reviews.draw.replacement import current
from reviews.draw.replacement import replace as give_up
from tests.exhaustive import examples
from tests.maths.draws import SECRETS, expert
from tests.maths.test_draw_certificate import fields, other
from tests.maths.test_verify_draw import names
from tests.maths.test_verify_draw import quick as verify

SEED = bytes(range(32))


def build(applications=6, experts=8, *, each=3, most=3, aim="total", barred=(), panels=2):
    """Applications of two industries on so many panels; experts know one, some, or neither."""
    names = [f"A{n}" for n in range(applications)]
    kinds = ("technology", "finance")
    return pools.build(
        draw="2026-1-D1",
        call="2026-1",
        panels=[Panel(str(p + 1), tuple(names[p::panels]), (), 0) for p in range(panels)],
        experts=[
            expert(f"E{n}", kinds[n % 2], [f"s{n % 3}"] if n % 3 < 2 else [])
            for n in range(experts)
        ],
        recusals=[Recusal(who, what, BARRED) for who, what in barred],
        grounds="0" * 64,
        rules=Rules(min_scores=1),
        matching=Matching(each, most, aim, {name: f"s{n % 2}" for n, name in enumerate(names)}),
    )


def made(data, leave=()):
    """A certificate, with so many people giving up their seats."""
    a_pool = pools.read(data)
    seed = protocol.seed(protocol.input_hash(data), *SECRETS)
    found = matched.assign(a_pool, seed)
    steps = []
    for number, (at, late) in enumerate(leave):
        now = current(found.seated, steps)
        if not now:
            break
        left = now[at % len(now)]
        known = tuple(Recusal(left.expert, a, "declared") for a in left.applications[:late])
        steps.append(
            give_up(a_pool, seed, found.seated, steps, left.panel, left.seat, left.expert,
                    ("declined", "replaced")[number % 2], known)
        )  # fmt: skip
    return certificate.build(
        draw_input=data,
        operator_secret=SECRETS[0],
        supervisor_secret=SECRETS[1],
        public_entropy="",
        result=found.seated,
        matching=found.figures(),
        replacements=steps,
        times=dict.fromkeys(record.names(len(steps)), "2026-05-08T15:30:00+08:00"),
    )


@pytest.mark.parametrize("aim", ["total", "least"])
def test_every_application_gets_its_experts_and_nobody_more_than_they_may(aim):
    a_pool = pools.read(build(aim=aim, barred=[("E0", "A0"), ("E2", "A1")]))
    found = matched.assign(a_pool, SEED)
    assert matched.violations(a_pool, found.seated) == []
    pairs = [(what, place.expert) for place in found.seated for what in place.applications]
    assert set(Counter(what for what, _who in pairs).values()) == {3}
    assert max(Counter(who for _what, who in pairs).values()) <= 3
    assert not {("A0", "E0"), ("A1", "E2")} & set(pairs)
    assert (found.total, found.least) == matched.scores(a_pool, found.seated)
    reached = found.total if aim == "total" else found.least
    assert reached <= found.bound
    assert aim != "total" or reached == found.bound


def test_affinity_can_be_counted_by_anybody():
    assert [
        matched.affinity(expert("E", kinds, own), "s1")
        for kinds, own in (
            ("finance", []), ("technology", []), ("finance", ["s1"]), ("industry", ["s1", "s2"]),
        )
    ] == [0, 1, 2, 3]  # fmt: skip


@pytest.mark.parametrize("aim", ["total", "least"])
def test_the_seed_decides_between_equals(aim):
    a_pool = pools.read(build(12, 14, aim=aim, panels=3))
    seeds = [bytes([n]) * 32 for n in range(4)]
    found = [matched.assign(a_pool, seed) for seed in seeds]
    assert [matched.assign(a_pool, seed) for seed in seeds] == found
    assert len({f.seated for f in found}) == 4
    assert len({f.total if aim == "total" else f.least for f in found}) == 1


def test_an_application_that_goes_short_is_named():
    barred = [(f"E{n}", "A0") for n in range(6)]
    a_pool = pools.read(build(barred=barred))
    with pytest.raises(Infeasible) as caught:
        matched.assign(a_pool, SEED)
    [short] = caught.value.shortages
    assert (short.panel, short.seat, short.needed, short.available) == ("1", "A0", 3, 2)
    assert (short.cause, short.named) == ("load", False)
    [asked] = matched.supply(a_pool, {("E0", "A0")})
    assert asked.named


@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_what_was_made_can_be_reproduced(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    n, m = data.draw(st.integers(1, 7)), data.draw(st.integers(4, 10))
    barred = {(f"E{rng.integers(m)}", f"A{rng.integers(n)}") for _ in range(3)}
    try:
        told = made(
            build(n, m, each=2, most=-(-2 * n // m) + 1, barred=sorted(barred), panels=1 + n % 2,
                  aim=data.draw(st.sampled_from(["total", "least"]))),
            data.draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=3)),
        )  # fmt: skip
    except Infeasible:
        return
    assert certificate.reproduce(told) == []
    assert verify.check(told) == ([], True)


def test_who_follows_takes_all_of_the_seat_or_nobody_does():
    data = build(6, 12)
    told = made(data, [(0, 1)])
    [step] = told["replacements"]
    a_pool = pools.read(data)
    before = [Seated.of(row) for row in told["result"]]
    left = next(p for p in before if (p.panel, p.expert) == (step["panel"], step["expert"]))
    steps = [give_up(a_pool, bytes.fromhex(told["seed"]), before, [], left.panel, left.seat,
                     left.expert, step["reason"],
                     [Recusal(**r) for r in step["recusals"]])]  # fmt: skip
    now = current(before, steps)
    [new] = set(now) - set(before)
    assert (new.expert, new.applications) == (step["replaced_by"], left.applications)
    pairs = Counter((what, p.expert) for p in now for what in p.applications)
    assert set(pairs.values()) == {1}
    assert max(Counter(who for _what, who in pairs).values()) <= 3


def test_where_nobody_has_room_for_all_of_it_the_seat_stays_empty():
    told = made(build(4, 4), [(0, 0)])
    [step] = told["replacements"]
    assert (step["replaced_by"], step["rank"]) == (None, None)
    hindrances = Counter(why for _who, why in step["passed_over"])
    assert hindrances["gave_up"] == 1 and set(hindrances) <= {
        "gave_up",
        "on_panel",
        "max_dossiers",
    }
    assert certificate.reproduce(told) == [] and verify.check(told) == ([], True)


CHANGES = [
    (lambda c: c["matching"].update(total=c["matching"]["total"] + 1), "figures"),
    (lambda c: c["result"].pop(), "experts"),
    (lambda c: c["result"][0].update(applications=["A9"]), "has not"),
    (lambda c: c["result"][0].update(expert="E99"), "not in the input"),
    (lambda c: c["result"].reverse(), "in order"),
    (lambda c: c.update(matching=None), "figures"),
    (lambda c: c["replacements"][0].update(replaced_by="E0", rank=3), "replacement 1"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_whatever_is_altered_is_found(change, words):
    told = made(build(6, 12), [(0, 1)])
    assert certificate.reproduce(told) == []
    copied = copy.deepcopy(told)
    change(copied)
    found = certificate.reproduce(copied)
    assert found and words in found[0]
    assert verify.check(copied)[0]


def test_another_matching_of_the_same_total_is_not_the_one():
    a_pool = pools.read(build(6, 12))
    told = made(build(6, 12))
    seed = bytes.fromhex(told["seed"])
    another = next(
        found
        for n in range(9)
        if (found := matched.assign(a_pool, bytes([n]) * 32)).seated
        != matched.assign(a_pool, seed).seated
    )
    told["result"] = [place.data() for place in another.seated]
    assert certificate.reproduce(told) == [
        "the matching is not the one that input and seed determine"
    ]
    [line] = verify.check(told)[0]
    assert line.startswith("result: a matching with lesser keys exists")


@pytest.mark.parametrize("aim", ["total", "least"])
def test_the_program_names_any_one_altered_field(aim):
    told = made(build(6, 12, aim=aim, barred=[("E0", "A0")]), [(0, 1)])
    assert verify.check(told) == ([], True)
    for path in fields(told):
        copied = copy.deepcopy(told)
        target = copied
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = other(target[path[-1]])
        lines = verify.check(copied)[0]
        assert any(name in line for line in lines for name in names(path)), (path, lines)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["matching"]["industries"].pop("A0"), "industries must name"),
        (lambda d: d["matching"].update(each=0), "each"),
        (lambda d: d["matching"].update(aim="luck"), "aim"),
        (lambda d: d["panels"][0]["seats"].append(
            {"id": "a", "kind": "technology", "specialty": None, "count": 1}), "no seats"),
    ],
)  # fmt: skip
def test_an_input_that_cannot_be_matched_is_refused(change, words):
    data = build()
    change(data)
    with pytest.raises(pools.InputError, match=words):
        pools.read(data)


def test_a_panels_draw_says_nothing_of_a_matching():
    assert Seated("1", "a", "E0", 2).data() == {
        "panel": "1",
        "seat": "a",
        "expert": "E0",
        "rank": 2,
    }
    assert replace(Seated("1", "a", "E0", 2), applications=("A0",)).data()["applications"] == ["A0"]
