"""Everything about a draw in one file that outsiders can check, and the check itself."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from reviews.draw import matched, protocol, record
from reviews.draw import pool as pools
from reviews.draw.assignment import Infeasible, assign, objective
from reviews.draw.checking import Seated, violations
from reviews.draw.eligibility import Eligibility, seats
from reviews.draw.entities import Pool, Recusal
from reviews.draw.replacement import Replacement, replace

FIELDS = (
    "input",
    "input_hash",
    "commitments",
    "secrets",
    "public_entropy",
    "seed",
    "result",
    "matching",
    "replacements",
    "times",
    "record",
)
HEARING = "hearing"  # a further field, where dossiers of the draw's panels are heard


def build(
    *,
    draw_input: Mapping[str, Any],
    operator_secret: bytes,
    supervisor_secret: bytes,
    public_entropy: str,
    result: Iterable[Seated],
    replacements: Iterable[Replacement] = (),
    matching: Mapping[str, int] | None = None,
    times: Mapping[str, str],
    seals: Mapping[str, int | None] | None = None,
    hearing: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """The certificate of a draw.

    `hearing`: the panels that hear, each with its dossiers in their order by the lot.

    `times` are ISO instants by step (`record.names`), as they were recorded; `seals` the place of
    each step's event in the sealed log, None where it is not sealed yet. `matching`: its figures
    (`matched.Matched`), where experts went to single applications.
    """
    hashed = protocol.input_hash(draw_input)
    seed = protocol.seed(hashed, operator_secret, supervisor_secret, public_entropy)
    steps = [replacement_data(step) for step in replacements]
    places = dict(seals or dict.fromkeys(times))
    heard = {HEARING: _heard(hearing)} if hearing else {}
    return heard | {
        "input": dict(draw_input),
        "input_hash": hashed,
        "commitments": {
            "operator": protocol.commitment(operator_secret),
            "supervisor": protocol.commitment(supervisor_secret),
        },
        "secrets": {"operator": operator_secret.hex(), "supervisor": supervisor_secret.hex()},
        "public_entropy": public_entropy,
        "seed": seed.hex(),
        "result": [place.data() for place in result],
        "matching": dict(matching) if matching else None,
        "replacements": steps,
        "times": dict(times),
        "record": {"seals": places, "digests": record.digests(times, places, steps)},
    }


def _heard(hearing: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    return [{"panel": panel, "applications": list(names)} for panel, names in hearing.items()]


def digest(certificate: Mapping[str, Any]) -> str:
    """SM3 of the canonical certificate, hex: what is shown beside it, to be noted."""
    return protocol.input_hash(certificate)


def replacement_data(step: Replacement) -> dict[str, Any]:
    """A replacement as the certificate shows it."""
    data = asdict(step)
    data["recusals"] = list(data["recusals"])
    data["passed_over"] = [list(pair) for pair in step.passed_over]
    return data


def reproduce(certificate: Any) -> list[str]:
    """One line for each thing that does not hold; empty when the draw can be reproduced."""
    if not isinstance(certificate, dict) or set(certificate) - {HEARING} != set(FIELDS):
        return [f"the certificate must have exactly these fields: {', '.join(FIELDS)}"]
    if not all(isinstance(certificate[name], list) for name in ("result", "replacements")):
        return ["result and replacements must be lists"]
    try:
        problems = _secrets(certificate) or _hashes(certificate)
        if problems:
            return problems
        pool = pools.read(certificate["input"])
        seed = bytes.fromhex(certificate["seed"])
        seated = [_seated(row) for row in certificate["result"]]
    except pools.InputError as error:
        return list(error.problems)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return [f"the certificate cannot be read: {error!r}"]
    if pool.matching is not None:
        problems = _matching(pool, seed, seated, certificate["matching"])
    elif certificate["matching"] is not None:
        problems = ["the input asks for no matching"]
    else:
        problems = violations(pool, seated) or _ranks(pool, seed, seated)
        problems = problems or _optimality(pool, seed, seated)
    problems = problems or _replacements(pool, seed, seated, certificate["replacements"])
    problems = problems or _hearing(pool, seed, certificate.get(HEARING, []))
    return problems or _statements(certificate, pool)


def _secrets(certificate: Mapping[str, Any]) -> list[str]:
    problems = []
    for side in ("operator", "supervisor"):
        secret, promised = certificate["secrets"][side], certificate["commitments"][side]
        if not _is_hex(secret) or protocol.commitment(bytes.fromhex(secret)) != promised:
            problems.append(f"the {side}'s secret is not the one that was committed to")
    return problems


def _hashes(certificate: Mapping[str, Any]) -> list[str]:
    hashed = protocol.input_hash(certificate["input"])
    if hashed != certificate["input_hash"]:
        return ["the input is not the one whose hash was published"]
    operator, supervisor = (
        bytes.fromhex(certificate["secrets"][side]) for side in ("operator", "supervisor")
    )
    seed = protocol.seed(hashed, operator, supervisor, certificate["public_entropy"])
    if seed.hex() != certificate["seed"]:
        return ["the seed does not follow from input, secrets and public entropy"]
    return []


def _matching(pool: Pool, seed: bytes, seated: Sequence[Seated], stated: Any) -> list[str]:
    """Whether the matching obeys every rule, and is the one that input and seed determine."""
    problems = matched.violations(pool, seated)
    if problems:
        return problems
    try:
        found = matched.assign(pool, seed)
    except Infeasible as error:
        return [f"the applications cannot all get their experts: {error}"]
    if stated != found.figures():
        return [f"the figures of the matching are {found.figures()}, not {stated}"]
    same = found.seated == tuple(seated)
    return [] if same else ["the matching is not the one that input and seed determine"]


def _hearing(pool: Pool, seed: bytes, stated: Any) -> list[str]:
    """Whether the dossiers of each panel's hearing stand in the order of the lot."""
    known = {panel.id: set(panel.applications) for panel in pool.panels}
    problems = []
    try:
        for row in stated:
            panel, names = row["panel"], list(row["applications"])
            if len(set(names)) < len(names) or not names or not set(names) <= known[panel]:
                problems.append(f"hearing of panel {panel}: not dossiers of the panel, each once")
            elif names != [name for _key, name in protocol.hearing_order(seed, panel, names)]:
                problems.append(f"hearing of panel {panel}: not in the order of the lot")
        if len({row["panel"] for row in stated}) < len(stated):
            problems.append("a panel's hearing stands twice")
    except (AttributeError, KeyError, TypeError) as error:
        return [f"the hearing cannot be read: {error!r}"]
    return problems


def _statements(certificate: Mapping[str, Any], pool: Pool) -> list[str]:
    """The public value, and what is only stated: instants, places in the log, reasons."""
    named, given = pool.rules.public_entropy, certificate["public_entropy"]
    if bool(named) != bool(given):
        return ["a public value is used exactly when the input names one"]
    try:
        return record.faults(certificate, pool.rules)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return [f"times or record cannot be read: {error!r}"]


def _is_hex(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _seated(row: Any) -> Seated:
    place = Seated.of(row)
    names = place.panel, place.seat, place.expert
    if not all(isinstance(name, str) for name in names) or type(place.rank) is not int:
        raise TypeError(f"not a row of a result: {row!r}")
    return place


def _ranks(pool: Pool, seed: bytes, seated: Sequence[Seated]) -> list[str]:
    """Whether every stated rank is the place in the drawn order of that seat."""
    eligibility = Eligibility(pool)
    rank = {
        (panel.id, seat.id, place.expert): place.rank
        for panel, seat in seats(pool)
        for place in eligibility.order(seed, panel, seat)
    }
    return [
        f"expert {place.expert} has rank {right} for panel {place.panel} seat {place.seat},"
        f" not {place.rank}"
        for place in seated
        if (right := rank[place.panel, place.seat, place.expert]) != place.rank
    ]


def _optimality(pool: Pool, seed: bytes, seated: Sequence[Seated]) -> list[str]:
    """Whether no other filling has a smaller sum of ranks or, with the same, of key numbers."""
    try:
        best = objective(pool, seed, assign(pool, seed))
    except Infeasible as error:
        return [f"the seats cannot all be filled: {error}"]
    stated = objective(pool, seed, seated)
    if stated == best:
        return []
    return [
        "a better filling exists: sum of ranks {} (keys {}) instead of {} (keys {})".format(
            *best, *stated
        )
    ]


def _replacements(
    pool: Pool, seed: bytes, seated: Sequence[Seated], stated: Sequence[Any]
) -> list[str]:
    """Whether each follower is the next feasible one in the drawn order."""
    history: list[Replacement] = []
    for number, row in enumerate(stated, start=1):
        try:
            recusals = tuple(Recusal(**recusal) for recusal in row["recusals"])
            place = row["panel"], row["seat"], row["expert"]
            step = replace(pool, seed, seated, history, *place, row["reason"], recusals)
        except (KeyError, TypeError, ValueError, StopIteration) as error:
            return [f"replacement {number} cannot be followed: {error}"]
        if replacement_data(step) != row:
            return [f"replacement {number}: {step.replaced_by or 'nobody'} is next in the order"]
        history.append(step)
    return []
