"""Who stands by, and who follows when an expert gives up a seat: the order already drawn, no new
luck.

A seat is offered down its own drawn order to the first expert who fits beside all others as they
sit now. Whoever gave up a seat in this draw is not asked again in it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from reviews.draw.checking import Seated
from reviews.draw.eligibility import Eligibility, barred_counts, too_often_barred
from reviews.draw.entities import Panel, Pool, Recusal, Seat, barred_experts
from reviews.draw.rematching import Hindrance, follow

Obstacle = Literal[
    "gave_up", "on_panel", "max_panels", "institution", "barred_too_often", "min_scores"
]
OBSTACLES: Final[tuple[Obstacle, ...]] = (
    "gave_up",
    "on_panel",
    "max_panels",
    "institution",
    "barred_too_often",
    "min_scores",
)


@dataclass(frozen=True, slots=True)
class Standby:
    """An alternate of a seat: `order` 1 is asked first, `rank` is the place in the drawn order."""

    panel: str
    seat: str
    expert: str
    rank: int
    order: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """An expert gave up a seat: why, and who follows (None: nobody fits, the seat stays open).

    `recusals` are those that became known with it; they hold from here on. `passed_over` names who
    stood earlier in the order, and what stood in the way. In a matching the follower takes over all
    applications of the seat.
    """

    panel: str
    seat: str
    expert: str
    replaced_by: str | None
    rank: int | None
    reason: str
    recusals: tuple[Recusal, ...] = ()
    passed_over: tuple[tuple[str, Obstacle | Hindrance], ...] = ()


def current(seated: Sequence[Seated], replacements: Iterable[Replacement]) -> tuple[Seated, ...]:
    """Who sits where after the replacements, in the order of the seats.

    Raises ValueError when a replacement names somebody who does not sit there.
    """
    now: list[Seated | None] = list(seated)
    for step in replacements:
        at = _index(now, step.panel, step.seat, step.expert)
        now[at] = _follower(step, now[at])
    return tuple(place for place in now if place is not None)


def replace(
    pool: Pool,
    seed: bytes,
    seated: Sequence[Seated],
    replacements: Sequence[Replacement],
    panel: str,
    seat: str,
    expert: str,
    reason: str,
    recusals: Iterable[Recusal] = (),
) -> Replacement:
    """The next feasible expert for a seat that `expert` gives up, after all earlier replacements.

    Nothing else moves. Raises ValueError when the expert does not sit there.
    """
    known = tuple(recusals)
    sitting = list(current(seated, replacements))
    left = sitting.pop(_index(sitting, panel, seat, expert))
    gone = {step.expert for step in replacements} | {expert}
    later = [recusal for step in replacements for recusal in step.recusals]
    if pool.matching is not None:
        barred = barred_experts([*pool.recusals, *later, *known])
        who, rank, before = follow(pool, seed, left, sitting, gone, barred)
        return Replacement(panel, seat, expert, who, rank, reason, known, before)
    table = _Table(pool, sitting, gone, [*later, *known])
    at_panel = pool.panel_by_id[panel]
    at_seat = next(place for place in at_panel.seats if place.id == seat)
    passed: list[tuple[str, Obstacle]] = []
    found: tuple[str | None, int | None] = None, None
    for place in Eligibility(pool).order(seed, at_panel, at_seat):
        obstacle = table.obstacle(at_panel, place.expert)
        if obstacle is None:
            found = place.expert, place.rank
            break
        passed.append((place.expert, obstacle))
    return Replacement(panel, seat, expert, *found, reason, known, tuple(passed))


def alternates(pool: Pool, seed: bytes, seated: Sequence[Seated]) -> tuple[Standby, ...]:
    """For each seat as many as the panel's `alternates` asks for: those who would fit first.

    An alternate could follow at least one member of the seat as everybody sits now; whether it
    still fits is asked again when it is needed.
    """
    eligibility = Eligibility(pool)
    found = []
    for panel in pool.panels:
        for seat in panel.seats:
            fitting = _would_fit(pool, eligibility, seed, seated, panel, seat)
            for order, (expert, rank) in zip(range(1, panel.alternates + 1), fitting, strict=False):
                found.append(Standby(panel.id, seat.id, expert, rank, order))
    return tuple(found)


def _would_fit(
    pool: Pool,
    eligibility: Eligibility,
    seed: bytes,
    seated: Sequence[Seated],
    panel: Panel,
    seat: Seat,
) -> Iterator[tuple[str, int]]:
    members = [place for place in seated if (place.panel, place.seat) == (panel.id, seat.id)]
    tables = [
        _Table(pool, [place for place in seated if place != member], {member.expert}, [])
        for member in members
    ]
    for place in eligibility.order(seed, panel, seat):
        if any(table.obstacle(panel, place.expert) is None for table in tables):
            yield place.expert, place.rank


def _index(places: Sequence[Seated | None], panel: str, seat: str, expert: str) -> int:
    for index, place in enumerate(places):
        if place and (place.panel, place.seat, place.expert) == (panel, seat, expert):
            return index
    raise ValueError(f"{expert} does not sit on panel {panel} seat {seat}")


def _follower(step: Replacement, left: Seated | None) -> Seated | None:
    if step.replaced_by is None or step.rank is None or left is None:
        return None
    return Seated(step.panel, step.seat, step.replaced_by, step.rank, left.applications)


class _Table:
    """Everybody as they sit at one moment, and what stands in the way of one more."""

    def __init__(
        self,
        pool: Pool,
        sitting: Sequence[Seated],
        gone: set[str],
        later_recusals: Sequence[Recusal],
    ) -> None:
        self.pool, self.gone = pool, gone
        self.panels_of = Counter(place.expert for place in sitting)
        self.members: dict[str, list[str]] = {}
        for place in sitting:
            self.members.setdefault(place.panel, []).append(place.expert)
        self.barred = (
            barred_experts([*pool.recusals, *later_recusals]) if later_recusals else pool.barred
        )

    def obstacle(self, panel: Panel, expert: str) -> Obstacle | None:
        """The first rule that keeps the expert off the panel; None when none does."""
        members = self.members.get(panel.id, [])
        if expert in self.gone:
            return "gave_up"
        if expert in members:
            return "on_panel"
        if self.panels_of[expert] >= self.pool.expert_by_id[expert].max_panels:
            return "max_panels"
        if self.pool.rules.one_per_institution and self._shares_institution(expert, members):
            return "institution"
        if too_often_barred(barred_counts(panel, self.barred)[expert], panel, self.pool.rules):
            return "barred_too_often"
        return "min_scores" if self._starves(panel, expert, members) else None

    def _shares_institution(self, expert: str, members: Sequence[str]) -> bool:
        known = self.pool.expert_by_id
        own = known[expert].institution
        return own != "" and any(known[member].institution == own for member in members)

    def _starves(self, panel: Panel, expert: str, members: Sequence[str]) -> bool:
        """Whether an application barred to the expert would be left with too few scores."""
        spare = panel.places - self.pool.rules.min_scores
        for application in panel.applications:
            barred = self.barred.get(application, frozenset())
            if expert in barred and sum(member in barred for member in members) + 1 > spare:
                return True
        return False
