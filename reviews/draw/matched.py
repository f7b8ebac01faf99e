"""Experts to single applications (按项目指派) by the draw's protocol.

The input is frozen and the seed comes about as for panels. What follows from them is a matching
(`reviews.matching`) by affinities that anybody can count from the input. The seed decides between
equals: of the greatest totals the one with the least sum of keys, and for the greatest least score
the order in which experts and applications are taken. A panel only holds applications together that
are measured alike; an expert's seat on it is for the applications matched with them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from reviews.draw.assignment import Infeasible
from reviews.draw.checking import Seated
from reviews.draw.entities import Expert, Matching, Pool
from reviews.draw.protocol import keys
from reviews.draw.supply import Shortage
from reviews.matching import duality, fair, total
from reviews.matching.problem import BARRED, Problem, Unfillable

SEAT: Final = "expert"  # the one kind of seat there is
NEAR: Final = frozenset(("technology", "industry"))  # kinds that judge the project itself


@dataclass(frozen=True, slots=True)
class Matched:
    """Who judges what; the total of affinities, the least score of an application, and the bound
    that no matching's total or (by the aim) least score can pass."""

    seated: tuple[Seated, ...]
    total: int
    least: int
    bound: int

    def figures(self) -> dict[str, int]:
        return {"total": self.total, "least": self.least, "bound": self.bound}


def affinity(expert: Expert, industry: str) -> int:
    """From 0 to 3: 2 for a specialty in the application's industry, 1 for technology or industry
    among the expert's kinds."""
    return 2 * (industry in expert.specialties) + bool(NEAR.intersection(expert.kinds))


def problem(pool: Pool, seed: bytes = b"") -> Problem:
    """What is to be matched; with a seed, in the order that the seed gives."""
    matching = required(pool)
    applications = _in_order(seed, "application", sorted(matching.industries))
    experts = _in_order(seed, "expert", list(pool.expert_by_id))
    table = np.array(
        [
            [
                BARRED
                if who in pool.barred.get(what, frozenset())
                else affinity(pool.expert_by_id[who], matching.industries[what])
                for who in experts
            ]
            for what in applications
        ],
        dtype=np.int64,
    ).reshape(len(applications), len(experts))
    return Problem(
        tuple(applications),
        tuple(experts),
        table,
        np.full(len(applications), matching.each),
        np.full(len(experts), matching.most),
    )


def required(pool: Pool) -> Matching:
    if pool.matching is None:
        raise ValueError("the input asks for no matching")
    return pool.matching


def _in_order(seed: bytes, kind: str, ids: list[str]) -> list[str]:
    if not seed:
        return ids
    return [name for _key, name in sorted(zip(keys(seed, "order", kind, ids), ids, strict=True))]


def assign(pool: Pool, seed: bytes) -> Matched:
    """The matching that input and seed determine. Raises Infeasible."""
    try:
        if required(pool).aim == "least":
            given = problem(pool, seed)
            found = fair.assign(given)
            pairs, bound = found.pairs.named(given), found.bound
        else:
            given = problem(pool)
            pairs = total.assign(given, seed).pairs.named(given)
            bound = duality.most(given, duality.prices(given))
    except Unfillable:
        raise Infeasible(supply(pool)) from None
    seated = _seated(pool, pairs)
    return Matched(seated, *scores(pool, seated), bound)


def _seated(pool: Pool, pairs: Sequence[tuple[str, str]]) -> tuple[Seated, ...]:
    panel_of = {what: panel.id for panel in pool.panels for what in panel.applications}
    own: dict[tuple[str, str], list[str]] = defaultdict(list)
    for what, who in pairs:
        own[panel_of[what], who].append(what)
    return tuple(
        Seated(panel, SEAT, who, 0, tuple(sorted(some)))
        for (panel, who), some in sorted(own.items())
    )


def scores(pool: Pool, seated: Sequence[Seated]) -> tuple[int, int]:
    """(total of affinities, least score of an application)."""
    industries = required(pool).industries
    got: Counter[str] = Counter(dict.fromkeys(industries, 0))
    for place in seated:
        for what in place.applications:
            got[what] += affinity(pool.expert_by_id[place.expert], industries[what])
    return got.total(), min(got.values(), default=0)


def supply(pool: Pool, named: Collection[tuple[str, str]] = ()) -> tuple[Shortage, ...]:
    """Every application that must go without some of its experts, in a fullest matching; `named`
    as for panels. Empty when all can be had."""
    short = _short(pool)
    others = tuple(r for r in pool.recusals if (r.expert, r.application) not in named)
    without = short if len(others) == len(pool.recusals) else _short(replace(pool, recusals=others))
    blamed = sum(without.values()) < sum(short.values())
    each = required(pool).each
    return tuple(
        Shortage(panel.id, what, each, each - short[what], "load", {},
                 blamed and without.get(what, 0) < short[what])
        for panel in pool.panels
        for what in panel.applications
        if what in short
    )  # fmt: skip


def _short(pool: Pool) -> dict[str, int]:
    given = problem(pool)
    try:
        total.fill(given, total.network_of(given))
    except Unfillable as error:
        return error.short
    return {}


def violations(pool: Pool, seated: Sequence[Seated]) -> list[str]:
    """One line for each rule that a matching breaks; empty when it obeys all."""
    strange = list(_strange(pool, seated))
    if strange:
        return strange
    matching = required(pool)
    pairs = Counter((what, place.expert) for place in seated for what in place.applications)
    got = Counter(what for what, _who in pairs)
    held = Counter(who for _what, who in pairs)
    found = [f"expert {who} has {what} twice" for (what, who), n in pairs.items() if n > 1]
    found += [
        f"expert {who} is barred from {what}"
        for what, who in sorted(pairs)
        if who in pool.barred.get(what, frozenset())
    ]
    found += [
        f"application {what} has {got[what]} experts, {matching.each} are wanted"
        for what in sorted(matching.industries)
        if got[what] != matching.each
    ]
    return found + [
        f"expert {who} has {n} applications, at most {matching.most} are allowed"
        for who, n in sorted(held.items())
        if n > matching.most
    ]


def _strange(pool: Pool, seated: Sequence[Seated]) -> Iterator[str]:
    """Places that the input does not know, or that are not said as they should be."""
    for place in seated:
        panel = pool.panel_by_id.get(place.panel)
        if panel is None or place.seat != SEAT:
            yield f"there is no seat {place.seat} on panel {place.panel}"
        elif place.expert not in pool.expert_by_id:
            yield f"expert {place.expert} on panel {place.panel} is not in the input"
        elif not set(place.applications) <= set(panel.applications) or not place.applications:
            yield f"expert {place.expert} has applications that panel {place.panel} has not"
    if [(p.panel, p.expert) for p in seated] != sorted({(p.panel, p.expert) for p in seated}):
        yield "a matching names every expert once for each panel, in order"
