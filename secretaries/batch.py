"""Who serves which of many projects at once: a min-cost flow, as plain Python.

Projects of one place and industry are alike, so the flow runs from kinds of projects to
secretaries. The n-th project of a secretary costs n times a step: as many projects as possible are
served, then the loads are as even as can be (the sum of their squares is least). Among projects
that are alike, who has waited longest is served first. Among optima that are equal still a hash
decides, so that the facts alone do, not the order in which they come.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any

import numpy as np

from secretaries.matching import Candidate, Project, Why, choose, order_key, ruled_out_by

STEP = 1 << 20  # what one project more on a secretary costs; far above any sum of ties
TIES = 1 << 8  # a hash costs less than this
Kind = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Assigned:
    """Project → secretary, project → who stands in (None: nobody), and the projects that nobody is
    free for. Keys as they were given."""

    pairs: dict[int, int] = field(default_factory=dict)
    backups: dict[int, int | None] = field(default_factory=dict)
    left: tuple[int, ...] = ()

    @property
    def digest(self) -> str:
        """Tells this outcome from any other: who serves, who stands in, who is left."""
        told = [(key, one, self.backups[key]) for key, one in sorted(self.pairs.items())]
        return sha256(repr((told, self.left)).encode()).hexdigest()[:32]


def assign(
    projects: dict[int, Project],
    candidates: Iterable[Candidate],
    since: Mapping[int, datetime] | None = None,
) -> Assigned:
    """The best assignment of all projects at once; the order of neither matters. `since`: from when
    on each project waits."""
    people = sorted(candidates, key=lambda c: c.id)
    kinds: dict[Kind, list[int]] = defaultdict(list)
    for key, project in projects.items():
        kinds[project.regions, project.industry].append(key)
    ordered = sorted(kinds)
    flows = _solve(ordered, [len(kinds[kind]) for kind in ordered], people)
    pairs: dict[int, int] = {}
    backups: dict[int, int | None] = {}
    reserves = _Reserves(people, flows)
    for number, kind in enumerate(ordered):
        waiting = iter(sorted(kinds[kind], key=lambda key: _turn(key, since)))
        for place, count in flows[number]:
            for _n in range(count):
                key = next(waiting)
                pairs[key] = people[place].id
                backups[key] = reserves.beside(kind, people[place].id)
    left = sorted(projects.keys() - pairs.keys())
    return Assigned(dict(sorted(pairs.items())), backups, tuple(left))


class _Reserves:
    """Who stands in beside somebody for a kind of project: who fits it, full or not, the fewest
    projects first once all are assigned."""

    def __init__(self, people: Sequence[Candidate], flows: list[list[tuple[int, int]]]) -> None:
        load = [one.load for one in people]
        for flow in flows:
            for place, count in flow:
                load[place] += count
        held = {one.id: load[place] for place, one in enumerate(people)}
        self._ranked = sorted(
            (one for one in people if not one.on_leave and one.in_term),
            key=lambda one: (held[one.id], *order_key(one)[1:]),
        )
        self._known: dict[Kind, list[int]] = {}

    def beside(self, kind: Kind, secretary: int) -> int | None:
        if kind not in self._known:
            project = Project(*kind)
            fit = (one.id for one in self._ranked if ruled_out_by(project, one) in (None, Why.LOAD))
            self._known[kind] = list(islice(fit, 2))
        return next((one for one in self._known[kind] if one != secretary), None)


def _solve(
    kinds: Sequence[Kind], sizes: Sequence[int], people: Sequence[Candidate]
) -> list[list[tuple[int, int]]]:
    """By kind: (place of the secretary, how many projects of the kind)."""
    from ortools.graph.python import min_cost_flow

    rows, columns, costs = _fits(kinds, people)
    counts = np.array(sizes, dtype=np.int64)
    width, sink = len(kinds), len(kinds) + len(people)
    flow = min_cost_flow.SimpleMinCostFlow()
    first = _add(flow, rows, width + columns, counts[rows], costs)
    whose, steps = _loads(people)
    _add(flow, width + whose, np.full(whose.size, sink), np.ones(whose.size), steps)
    most = max((max(c.load, c.max_load) for c in people), default=0)
    none_free = np.full(width, STEP * (most + 2))
    _add(flow, np.arange(width), np.full(width, sink), counts, none_free)
    supplies = np.concatenate([counts, np.zeros(len(people), np.int64), [-counts.sum()]])
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supplies)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status.name}")
    found: list[list[tuple[int, int]]] = [[] for _kind in kinds]
    if rows.size:
        sent = np.asarray(flow.flows(first))
        for arc in np.flatnonzero(sent):
            found[int(rows[arc])].append((int(columns[arc]), int(sent[arc])))
    return found


def _add(flow: Any, tails: Any, heads: Any, capacities: Any, costs: Any) -> Any:
    """Arcs of the flow; their numbers."""
    return flow.add_arcs_with_capacity_and_unit_cost(
        np.asarray(tails, dtype=np.int32),
        np.asarray(heads, dtype=np.int32),
        np.asarray(capacities, dtype=np.int64),
        np.asarray(costs, dtype=np.int64),
    )


def _loads(people: Sequence[Candidate]) -> tuple[np.ndarray, np.ndarray]:
    """The free places of all secretaries: whose each is, and what a project on it costs."""
    free = np.array([max(0, c.max_load - c.load) for c in people], dtype=np.int64)
    load = np.array([c.load for c in people], dtype=np.int64)
    whose = np.repeat(np.arange(len(people)), free)
    nth = np.arange(free.sum()) - np.repeat(np.cumsum(free) - free, free)
    return whose, STEP * (load[whose] + nth + 1)


def _fits(
    kinds: Sequence[Kind], people: Sequence[Candidate]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs that no rule forbids, as kinds, places and the costs of their ties."""
    serving: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(people):
        for code in one.regions:
            serving[code].append(place)
    rows, columns, costs = [], [], []
    for number, (regions, industry) in enumerate(kinds):
        project = Project(regions, industry)
        near = sorted({place for code in regions for place in serving[code]})
        for place in near:
            if ruled_out_by(project, people[place]) is None:
                rows.append(number)
                columns.append(place)
                costs.append(_tie(regions, industry, people[place].id))
    return tuple(np.array(part, dtype=np.int64) for part in (rows, columns, costs))  # type: ignore[return-value]


def _tie(regions: tuple[str, ...], industry: str, secretary: int) -> int:
    text = f"{','.join(regions)}|{industry}|{secretary}".encode()
    return int.from_bytes(sha256(text).digest()[:4], "big") % TIES


def carried(found: Assigned, people: Iterable[Candidate]) -> list[Candidate]:
    """The secretaries as they stand once the assignment is made."""
    more = Counter(found.pairs.values())
    return [replace(one, load=one.load + more[one.id]) for one in people]


def counts_of_left(
    found: Assigned, projects: dict[int, Project], people: Iterable[Candidate]
) -> dict[int, dict[str, int]]:
    """Of each project left: how many of those who serve its place each rule rules out once the
    others are assigned."""
    after = carried(found, people)
    known: dict[Project, dict[str, int]] = {}
    for key in found.left:
        project = projects[key]
        if project not in known:
            known[project] = choose(project, after).counts
    return {key: known[projects[key]] for key in found.left}


def _turn(key: int, since: Mapping[int, datetime] | None) -> tuple[float, bytes, int]:
    waits = since[key].timestamp() if since else 0.0
    return waits, sha256(f"project {key}".encode()).digest(), key
