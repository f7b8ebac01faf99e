"""Whether a filling obeys every rule of its input, said line by line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reviews.draw.eligibility import Eligibility
from reviews.draw.entities import Panel, Pool


@dataclass(frozen=True, slots=True)
class Seated:
    """An expert on a seat; `rank` is the position in the order of that seat, from 0. In a matching
    `applications` are those of the panel that the expert judges."""

    panel: str
    seat: str
    expert: str
    rank: int
    applications: tuple[str, ...] = ()

    def data(self) -> dict[str, object]:
        """As results and certificates keep it; without applications outside of a matching."""
        row: dict[str, object] = asdict(self)
        del row["applications"]
        return row | ({"applications": list(self.applications)} if self.applications else {})

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Seated":
        """The same back. Raises TypeError for what is no such row."""
        return cls(**{**row, "applications": tuple(row.get("applications", ()))})


def violations(pool: Pool, seated: Sequence[Seated]) -> list[str]:
    """One line for each rule that the filling breaks; empty when it obeys all."""
    problems = list(_strangers(pool, seated))
    if problems:
        return problems
    members: dict[str, list[str]] = {panel.id: [] for panel in pool.panels}
    for place in seated:
        members[place.panel].append(place.expert)
    problems += _ineligible(pool, seated)
    for panel in pool.panels:
        problems += _panel_problems(pool, panel, members[panel.id])
    panels_of = Counter(place.expert for place in seated)
    for expert, count in sorted(panels_of.items()):
        most = pool.expert_by_id[expert].max_panels
        if count > most:
            problems.append(f"expert {expert} sits on {count} panels, at most {most} are allowed")
    return problems


def _strangers(pool: Pool, seated: Sequence[Seated]) -> Iterator[str]:
    """Places that the input does not know, and seats not filled as often as wanted."""
    wanted = {(panel.id, seat.id): seat.count for panel in pool.panels for seat in panel.seats}
    filled = Counter((place.panel, place.seat) for place in seated)
    for panel, seat in sorted(filled.keys() - wanted.keys()):
        yield f"there is no seat {seat} on panel {panel}"
    for place in seated:
        if place.expert not in pool.expert_by_id:
            yield f"expert {place.expert} on panel {place.panel} is not in the input"
    for (panel, seat), count in wanted.items():
        if filled[panel, seat] != count:
            yield f"panel {panel} seat {seat}: {filled[panel, seat]} seated, {count} wanted"


def _ineligible(pool: Pool, seated: Sequence[Seated]) -> Iterator[str]:
    eligibility = Eligibility(pool)
    allowed = {
        (panel.id, seat.id): frozenset(eligibility.eligible(panel, seat))
        for panel in pool.panels
        for seat in panel.seats
    }
    for place in seated:
        if place.expert not in allowed[place.panel, place.seat]:
            yield f"expert {place.expert} is not eligible for panel {place.panel} seat {place.seat}"


def _panel_problems(pool: Pool, panel: Panel, members: Sequence[str]) -> Iterator[str]:
    for expert, count in sorted(Counter(members).items()):
        if count > 1:
            yield f"panel {panel.id}: expert {expert} sits on {count} seats"
    if pool.rules.one_per_institution:
        institutions = Counter(pool.expert_by_id[expert].institution for expert in set(members))
        for institution, count in sorted(institutions.items()):
            if institution and count > 1:
                yield f"panel {panel.id}: {count} experts of institution {institution}"
    for application in panel.applications:
        free = sum(expert not in pool.barred.get(application, ()) for expert in members)
        if free < pool.rules.min_scores:
            yield (
                f"panel {panel.id} application {application}: {free} members may score it,"
                f" {pool.rules.min_scores} are needed"
            )
