"""`script/verify-draw`: the stand-alone check agrees with the draw, and finds every alteration."""

import copy
import hashlib
import hmac
import importlib.util
import json
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reviews.draw import certificate, protocol, record
from reviews.draw.assignment import Infeasible, assign, objective
from reviews.draw.checking import violations
from reviews.draw.entities import Recusal
from reviews.draw.replacement import replace
from tests.exhaustive import examples
from tests.maths.draws import SECRETS, every_filling, small_pools
from tests.maths.test_draw_certificate import CERTIFICATE, TIMES, fields, other
from tests.maths.test_draw_protocol import json_values

PROGRAM = Path(__file__).parents[2] / "script" / "verify-draw"


def load():
    loader = SourceFileLoader("verify_draw", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = written
    return module


verify = load()
# The same program on OpenSSL's SM3, thirty times faster: that both are one function is shown below.
quick = load()
quick.sm3 = lambda data: hashlib.new("sm3", data).digest()
quick.hmac_sm3 = lambda key: lambda message: hmac.digest(key, message, "sm3")


def faults(value):
    return quick.check(value)[0]


def run(tmp_path, value, *arguments, python=(sys.executable,)):
    file = tmp_path / "draw.json"
    file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return subprocess.run(
        [*python, str(PROGRAM), str(file), *arguments], capture_output=True, text=True, check=False
    )


# --- Its own mathematics --------------------------------------------------------------------------


def test_published_sm3_values():
    # GB/T 32905-2016, appendix A
    assert verify.sm3(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert verify.sm3(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


@given(st.binary(max_size=200), st.binary(max_size=100))
def test_its_sm3_and_hmac_are_those_of_another_implementation(data, key):
    assert verify.sm3(data) == hashlib.new("sm3", data).digest()
    assert verify.hmac_sm3(key)(data) == hmac.digest(key, data, "sm3")


@given(json_values)
def test_its_canonical_json_is_the_one_of_the_protocol(value):
    assert verify.jcs(value) == protocol.jcs(value)


# --- What holds -----------------------------------------------------------------------------------


def drawn(a_pool, data, leave=()):
    """A certificate of a pool, with so many people giving up their seats. Raises Infeasible."""
    seed = protocol.seed(protocol.input_hash(data), *SECRETS)
    seated = assign(a_pool, seed)
    steps = []
    for index, late in leave:
        sitting = {(s.panel, s.seat, s.expert) for s in seated}
        sitting -= {(s.panel, s.seat, s.expert) for s in steps}
        sitting |= {(s.panel, s.seat, s.replaced_by) for s in steps if s.replaced_by}
        gone = {s.expert for s in steps}
        places = sorted(p for p in sitting if p[2] not in gone)
        if not places:
            break
        place = places[index % len(places)]
        panel = a_pool.panel_by_id[place[0]]
        known = tuple(Recusal(place[2], a, "declared") for a in panel.applications[:late])
        steps.append(replace(a_pool, seed, seated, steps, *place, "declined", known))
    times = dict.fromkeys(record.names(len(steps)), "2026-05-08T15:30:00+08:00")
    return certificate.build(
        draw_input=data,
        operator_secret=SECRETS[0],
        supervisor_secret=SECRETS[1],
        public_entropy="",
        result=seated,
        replacements=steps,
        times=times,
    )


def data_of(a_pool):
    from reviews.draw import pool as pools

    return pools.build(
        draw=a_pool.draw,
        call=a_pool.call,
        panels=a_pool.panels,
        experts=a_pool.experts,
        recusals=a_pool.recusals,
        grounds="0" * 64,
        rules=a_pool.rules,
    )


leaving = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=3)


@settings(
    max_examples=examples(30), suppress_health_check=[HealthCheck.filter_too_much], deadline=None
)
@given(small_pools(), leaving)
def test_it_agrees_with_the_system_on_random_pools(a_pool, leave):
    try:
        made = drawn(a_pool, data_of(a_pool), leave)
    except Infeasible:
        assume(False)
    assert certificate.reproduce(made) == []
    assert quick.check(made) == ([], True)


@settings(
    max_examples=examples(15), suppress_health_check=[HealthCheck.filter_too_much], deadline=None
)
@given(small_pools(), st.data())
def test_it_finds_every_filling_that_is_not_the_best(a_pool, data):
    try:
        made = drawn(a_pool, data_of(a_pool))
    except Infeasible:
        assume(False)
    seed = bytes.fromhex(made["seed"])
    others = sorted(every_filling(a_pool, seed), key=lambda some: objective(a_pool, seed, some))
    assume(len(others) > 1)
    worse = data.draw(st.sampled_from(others[1:]))
    assume(objective(a_pool, seed, worse) > objective(a_pool, seed, others[0]))
    rows = [{"panel": s.panel, "seat": s.seat, "expert": s.expert, "rank": s.rank} for s in worse]
    [line] = faults({**made, "result": rows})
    assert line.startswith("result: a better filling of the seats exists: sum of ranks")


@settings(
    max_examples=examples(25), suppress_health_check=[HealthCheck.filter_too_much], deadline=None
)
@given(small_pools(), st.data())
def test_it_names_a_broken_rule_whenever_the_system_does(a_pool, data):
    try:
        made = drawn(a_pool, data_of(a_pool))
    except Infeasible:
        assume(False)
    row = data.draw(st.integers(0, len(made["result"]) - 1))
    changed = copy.deepcopy(made)
    changed["result"][row]["expert"] = data.draw(st.sampled_from(a_pool.experts)).id
    from reviews.draw.checking import Seated

    broken = violations(a_pool, [Seated(**place) for place in changed["result"]])
    wrong_rank = changed["result"][row]["expert"] != made["result"][row]["expert"]
    assert bool(faults(changed)) == bool(broken or wrong_rank)


# --- What does not --------------------------------------------------------------------------------


def names(path):
    """Words of which one must stand in a line that tells of an alteration at this path."""
    top, *rest = path
    if top != "record" or not rest:
        return {top}
    return {f"record.{rest[0]}", rest[1] if rest[0] == "digests" and rest[1:] else rest[0]}


def test_any_one_altered_field_fails_and_is_named():
    for path in fields(CERTIFICATE):
        copied = copy.deepcopy(CERTIFICATE)
        target = copied
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = other(target[path[-1]])
        lines = faults(copied)
        assert any(name in line for line in lines for name in names(path)), (path, lines)


def inner(value, path=()):
    """Every path to anything at all, objects and lists included."""
    yield path
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in pairs:
            yield from inner(item, (*path, key))


def test_anything_removed_fails_and_is_named():
    for path in inner(CERTIFICATE):
        if not path:
            continue
        copied = copy.deepcopy(CERTIFICATE)
        target = copied
        for step in path[:-1]:
            target = target[step]
        del target[path[-1]]
        lines = faults(copied)
        assert any(name in line for line in lines for name in names(path)), (path, lines)


def test_anything_added_fails_and_is_named():
    for path in inner(CERTIFICATE):
        copied = copy.deepcopy(CERTIFICATE)
        target = copied
        for step in path:
            target = target[step]
        if isinstance(target, dict):
            target["another"] = "a"
            wanted = names(path) if path else {"another"}
        elif isinstance(target, list):
            target.append(copy.deepcopy(target[-1]) if target else "a")
            wanted = names(path)
        else:
            continue
        lines = faults(copied)
        assert any(name in line for line in lines for name in wanted), (path, lines)


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(list(inner(CERTIFICATE))), json_values)
def test_any_junk_anywhere_is_refused_in_words(path, junk):
    if not path:
        copied = junk
    else:
        copied = copy.deepcopy(CERTIFICATE)
        target = copied
        for step in path[:-1]:
            target = target[step]
        assume(json.dumps(target[path[-1]]) != json.dumps(junk))
        target[path[-1]] = junk
    lines = faults(copied)
    assert lines
    assert all(verify.on_one_line(line).isprintable() for line in lines)


# --- As a program ---------------------------------------------------------------------------------


def test_it_prints_one_line_and_says_what_is_only_stated(tmp_path):
    done = run(tmp_path, CERTIFICATE)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert done.stdout.startswith("2026-1-D1 holds: 4 seats, 2 replacements, the best filling;")
    assert "stated, not proven: instants" in done.stdout
    assert certificate.digest(CERTIFICATE) in done.stdout


def test_it_needs_nothing_but_python(tmp_path):
    """-I -S: neither this directory nor any installed package can be imported."""
    done = run(tmp_path, CERTIFICATE, python=(sys.executable, "-I", "-S"))
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    assert "optimality not checked, scipy is not installed" in done.stdout


def test_it_names_what_is_wrong_line_by_line(tmp_path):
    changed = copy.deepcopy(CERTIFICATE)
    changed["times"]["drawn"] = "2026-05-06T09:00:00+08:00"
    changed["secrets"]["operator"] = "00" * 32
    done = run(tmp_path, changed)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "commitments.operator: is not SM3 of secrets.operator; one of the two was altered",
        "seed: is not SM3 of input_hash, secrets.operator, secrets.supervisor, public_entropy",
        "times: not what record.digests.times says; one of the two was altered",
        "times.drawn: lies before times.supervisor_revealed",
        "times.drawn: lies before the public value could be known",
    ]


@pytest.mark.parametrize(
    "text", ["", "{", "[1, 2", '{"a": 1, "a": 2}', "[" * 100_000, "1" * 5000, "\x00"]
)
def test_what_cannot_be_read_is_another_answer(tmp_path, text):
    done = run(tmp_path, text)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be read" in done.stderr and "Traceback" not in done.stderr


def test_a_file_that_is_not_there(tmp_path):
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path / "none")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and "cannot be read" in done.stderr


def test_what_was_noted_beforehand_must_be_in_it(tmp_path):
    kept = CERTIFICATE["input_hash"].upper(), CERTIFICATE["commitments"]["supervisor"]
    whole = certificate.digest(CERTIFICATE)
    noted = [word for text in (*kept, whole) for word in ("--noted", text)]
    assert run(tmp_path, CERTIFICATE, *noted).returncode == 0
    done = run(tmp_path, CERTIFICATE, "--noted", "ab" * 32)
    assert (done.returncode, done.stdout.count("\n")) == (1, 1)
    assert done.stdout.startswith(f"noted {'ab' * 32}: ")


def test_steps_are_named_alike():
    assert verify.STEPS == record.STEPS
    assert set(verify.certificate_shape(2)) == set(certificate.FIELDS)
    assert set(verify.certificate_shape(2)["times"]) == set(TIMES)
