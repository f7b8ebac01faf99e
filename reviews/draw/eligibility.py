"""Who may take which seat, and the order in which a seat would take them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reviews.draw.entities import Expert, Panel, Pool, Rules, Seat
from reviews.draw.protocol import keys


@dataclass(frozen=True, slots=True)
class Place:
    """An eligible expert in the order of one seat: `rank` 0 has the smallest key."""

    expert: str
    rank: int
    key: bytes


def seats(pool: Pool) -> Iterator[tuple[Panel, Seat]]:
    """Every seat of every panel, in the order of the input."""
    for panel in pool.panels:
        for seat in panel.seats:
            yield panel, seat


def has_profile(expert: Expert, seat: Seat) -> bool:
    """Whether kind and specialty fit the seat."""
    return seat.kind in expert.kinds and (
        seat.specialty is None or seat.specialty in expert.specialties
    )


def too_often_barred(barred: int, panel: Panel, rules: Rules) -> bool:
    """Whether somebody barred from so many of the panel's applications may not sit on it at all."""
    return barred * 100 > rules.max_single_recusals_percent * len(panel.applications)


def barred_counts(panel: Panel, barred: Mapping[str, frozenset[str]]) -> Counter[str]:
    """How many of the panel's applications each expert is barred from."""
    return Counter(
        expert
        for application in panel.applications
        for expert in barred.get(application, frozenset())
    )


class Eligibility:
    """Answers for one pool, remembering what seats of the same profile share."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._by_profile: dict[tuple[str, str | None], list[str]] = {}
        self._excluded: dict[str, frozenset[str]] = {}

    def with_profile(self, seat: Seat) -> list[str]:
        """Experts of the seat's kind and specialty, by id."""
        profile = seat.kind, seat.specialty
        if profile not in self._by_profile:
            fitting = (expert.id for expert in self.pool.experts if has_profile(expert, seat))
            self._by_profile[profile] = list(fitting)
        return self._by_profile[profile]

    def excluded(self, panel: Panel) -> frozenset[str]:
        """Experts barred from more of the panel's applications than the rules allow."""
        if panel.id not in self._excluded:
            counts = barred_counts(panel, self.pool.barred)
            self._excluded[panel.id] = frozenset(
                expert
                for expert, count in counts.items()
                if too_often_barred(count, panel, self.pool.rules)
            )
        return self._excluded[panel.id]

    def eligible(self, panel: Panel, seat: Seat) -> list[str]:
        """Experts who may take the seat, by id."""
        excluded = self.excluded(panel)
        fitting = self.with_profile(seat)
        return [expert for expert in fitting if expert not in excluded] if excluded else fitting

    def order(self, seed: bytes, panel: Panel, seat: Seat) -> list[Place]:
        """The eligible experts of a seat in ascending order of their keys."""
        experts = self.eligible(panel, seat)
        drawn = sorted(zip(keys(seed, panel.id, seat.id, experts), experts, strict=True))
        return [Place(expert, rank, key) for rank, (key, expert) in enumerate(drawn)]
