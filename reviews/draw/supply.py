"""Before the draw: which seats cannot be filled, and which rule or shortage is the cause."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from reviews.draw.columns import Columns, Rule, lay_out
from reviews.draw.eligibility import Eligibility, seats
from reviews.draw.entities import Panel, Pool, Seat
from reviews.draw.program import Indexes, minimise

Cause = Literal[
    "panel_too_small",
    "kind",
    "specialty",
    "recusals",
    "institution",
    "min_scores",
    "overlap",
    "max_panels",
    "load",
]
CAUSES: Final[Mapping[Cause, str]] = {
    "panel_too_small": "the panel has fewer seats than scores every application needs",
    "kind": "too few experts of this kind",
    "specialty": "too few experts of this kind and specialty",
    "recusals": "too many of the fitting experts are barred from the panel's applications",
    "institution": "too many of the fitting experts share an institution",
    "min_scores": "with the fitting experts, some application would get too few scores",
    "overlap": "the same experts are needed on several seats of the panel",
    "max_panels": "the fitting experts are needed on more panels than they may serve on",
    "load": "too few experts who are not barred and have room left",
}
_AT_FIRST: Final = 12


@dataclass(frozen=True, slots=True)
class Shortage:
    """A seat that cannot be filled: so many wanted, so many to be had at most, and why.

    `seat` is empty when the whole panel is at fault; in a matching it is an application. `detail`
    counts the experts left after each rule: kind, specialty, recusals. `named`: it could be filled
    but for experts whom applicants named.
    """

    panel: str
    seat: str
    needed: int
    available: int
    cause: Cause
    detail: Mapping[str, int]
    named: bool = False

    def __str__(self) -> str:
        where = f"panel {self.panel} seat {self.seat}" if self.seat else f"panel {self.panel}"
        why = f"{CAUSES[self.cause]}, by applicants who named experts" * self.named
        return f"{where}: {self.available} of {self.needed}, {why or CAUSES[self.cause]}"


def supply(pool: Pool, named: Collection[tuple[str, str]] = ()) -> tuple[Shortage, ...]:
    """Every seat that must stay empty in a fullest filling; empty when all seats can be filled.

    `named`: the pairs (expert, application) barred only because the applicant asked for it; the
    input itself does not tell them from others.
    """
    empty = _empty_places(pool)
    if not any(empty):
        return too_small(pool)
    return too_small(pool) + tuple(_named(pool, named, empty, _explained(pool, empty)))


def _named(
    pool: Pool,
    named: Collection[tuple[str, str]],
    empty: Sequence[int],
    short: Iterator[Shortage],
) -> Iterator[Shortage]:
    """Of the shortages those marked that would be smaller had no applicant named anybody.

    Only where more seats in all could be filled then: which seat of several stays empty is chance.
    """
    others = tuple(r for r in pool.recusals if (r.expert, r.application) not in named)
    if len(others) == len(pool.recusals):
        yield from short
        return
    without = _empty_places(replace(pool, recusals=others))
    gained = {
        (panel.id, seat.id)
        for (panel, seat), now, then in zip(seats(pool), empty, without, strict=True)
        if then < now and sum(without) < sum(empty)
    }
    for shortage in short:
        yield replace(shortage, named=(shortage.panel, shortage.seat) in gained)


def too_small(pool: Pool) -> tuple[Shortage, ...]:
    """Panels that could not give every application its scores however they were filled."""
    return tuple(
        Shortage(panel.id, "", pool.rules.min_scores, panel.places, "panel_too_small", {})
        for panel in pool.panels
        if panel.applications and panel.places < pool.rules.min_scores
    )


def _empty_places(pool: Pool, without: Collection[Rule] = ()) -> list[int]:
    """How many places of each seat stay empty in a fullest filling."""
    eligibility = Eligibility(pool)
    orders = [
        _rotated(eligibility.eligible(panel, seat), number)
        for number, (panel, seat) in enumerate(seats(pool))
    ]
    columns = lay_out(pool, orders, without)
    filled = np.bincount(columns.seat[fill(columns)], minlength=len(orders))
    return [
        seat.count - int(count) for (_, seat), count in zip(columns.places, filled, strict=True)
    ]


def _rotated(experts: Sequence[str], number: int) -> list[str]:
    """The same experts from another starting point for each seat, so that seats do not all try the
    same people first."""
    start = number * 7 % len(experts) if experts else 0
    return [*experts[start:], *experts[:start]]


def fill(columns: Columns) -> Indexes:
    """The columns of a filling that leaves as few places empty as the rules allow."""
    counts = [seat.count for _, seat in columns.places]
    gaps = np.repeat(np.arange(len(counts)), counts)  # an empty place costs 1, an expert nothing
    program = columns.program.with_columns(gaps)
    real = columns.seat.size
    costs = np.concatenate([np.zeros(real), np.ones(gaps.size)])
    start = np.concatenate([columns.first(_AT_FIRST), np.arange(real, costs.size)])
    chosen = minimise(program, costs, start).chosen
    return chosen[chosen < real]


def _explained(pool: Pool, empty: Sequence[int]) -> Iterator[Shortage]:
    """The cause of each empty place: in the seat alone, in its panel alone, or between panels."""
    eligibility = Eligibility(pool)
    by_panel: dict[str, list[tuple[Seat, int]]] = {}
    for (panel, seat), missing in zip(seats(pool), empty, strict=True):
        by_panel.setdefault(panel.id, []).append((seat, missing))
    for panel in pool.panels:
        short = [(seat, missing) for seat, missing in by_panel.get(panel.id, []) if missing]
        if not short:
            continue
        within, cause = _within_panel(pool, panel)
        for seat, missing in short:
            detail = _detail(eligibility, panel, seat)
            own = _seat_cause(seat, detail)
            if own is None:
                own = cause if within > 0 else "max_panels"
            within -= missing
            yield Shortage(panel.id, seat.id, seat.count, seat.count - missing, own, detail)


def _detail(eligibility: Eligibility, panel: Panel, seat: Seat) -> dict[str, int]:
    """How many experts are left after each rule that looks at the seat alone."""
    return {
        "kind": len(eligibility.with_profile(replace(seat, specialty=None))),
        "specialty": len(eligibility.with_profile(seat)),
        "recusals": len(eligibility.eligible(panel, seat)),
    }


def _seat_cause(seat: Seat, detail: Mapping[str, int]) -> Cause | None:
    """The first rule after which too few experts are left for the seat by itself."""
    causes: tuple[Cause, ...] = ("kind", "specialty", "recusals")
    return next((cause for cause in causes if detail[cause] < seat.count), None)


def _within_panel(pool: Pool, panel: Panel) -> tuple[int, Cause]:
    """Places that stay empty if this were the only panel, and the rule that keeps them so."""
    alone = replace(pool, panels=(panel,))
    missing = sum(_empty_places(alone))
    if not missing:
        return 0, "max_panels"
    rules: tuple[Rule, ...] = ("institution", "min_scores", "max_panels")
    for rule in rules:
        if sum(_empty_places(alone, {rule})) < missing:
            return missing, rule
    return missing, "overlap"
