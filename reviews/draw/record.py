"""When each step of a draw was recorded, and digests of what arithmetic cannot bind.

Nobody outside can prove an instant or a reason. What they can do: compare the digest of the whole
certificate with the one they noted, and see that the steps stand in the only order the protocol
allows.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from reviews.draw import protocol
from reviews.draw.entities import Rules

STEPS: Final = (
    "prepared",
    "operator_committed",
    "supervisor_committed",
    "supervisor_revealed",
    "drawn",
)


def names(replacements: int) -> tuple[str, ...]:
    """The steps of a draw with so many replacements: what `times` and `seals` must name."""
    return (*STEPS, *(f"replacement_{number}" for number in range(1, replacements + 1)))


def digests(
    times: Mapping[str, Any], seals: Mapping[str, Any], replacements: Sequence[Any]
) -> dict[str, Any]:
    """SM3 of the canonical form of each, hex; ValueError for what has no such form."""
    return {
        "times": protocol.input_hash(times),
        "seals": protocol.input_hash(seals),
        "replacements": [protocol.input_hash(step) for step in replacements],
    }


def faults(certificate: Mapping[str, Any], rules: Rules) -> list[str]:
    """One line for each statement that is not what its digest says, or out of order."""
    times, record = certificate["times"], certificate["record"]
    seals, steps = record["seals"], certificate["replacements"]
    wanted = set(names(len(steps)))
    if set(times) != wanted or set(seals) != wanted or set(record) != {"seals", "digests"}:
        return ["times and record must name every step of the draw and no other"]
    now = digests(times, seals, steps)
    if set(now) != set(record["digests"]):
        return ["the record's digests must be of times, seals and replacements"]
    altered = [
        f"the digest of {name} is not the one recorded"
        for name, value in now.items()
        if record["digests"][name] != value
    ]
    return altered or list(_out_of_order(times, len(steps), rules))


def _out_of_order(times: Mapping[str, str], replacements: int, rules: Rules) -> Iterator[str]:
    at = {step: datetime.fromisoformat(text) for step, text in times.items()}
    if any(instant.tzinfo is None for instant in at.values()):
        yield "an instant in times lacks its offset"
        return
    sealed = ("operator_committed", "supervisor_committed")
    pairs = [("prepared", side) for side in sealed]
    pairs += [(side, "supervisor_revealed") for side in sealed]
    after = names(replacements)[3:]
    pairs += pairwise(after)
    for before, then in pairs:
        if at[before] > at[then]:
            yield f"the step {then} lies before the step {before}"
    if rules.public_entropy_from:
        start = datetime.fromisoformat(rules.public_entropy_from)
        if not at["prepared"] < start <= at["drawn"]:
            yield "the public value was not named before it could be known and used after"
