"""Who follows an expert who gives up a seat of a matching: one who can take all of it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from reviews.draw.checking import Seated
from reviews.draw.entities import Pool
from reviews.draw.matched import affinity, required
from reviews.draw.protocol import keys

Hindrance = Literal["gave_up", "on_panel", "max_dossiers", "barred"]


def order(pool: Pool, seed: bytes, left: Seated) -> list[str]:
    """Everybody, the greatest sum of affinities with the seat's applications first; equals by
    HMAC-SM3(seed, "panel|seat|expert")."""
    industries = required(pool).industries
    people = list(pool.expert_by_id)
    own = dict(zip(people, keys(seed, left.panel, left.seat, people), strict=True))

    def place(who: str) -> tuple[int, bytes]:
        worth = (affinity(pool.expert_by_id[who], industries[what]) for what in left.applications)
        return -sum(worth), own[who]

    return sorted(people, key=place)


def follow(
    pool: Pool,
    seed: bytes,
    left: Seated,
    sitting: Sequence[Seated],
    gone: Collection[str],
    barred: Mapping[str, frozenset[str]],
) -> tuple[str | None, int | None, tuple[tuple[str, Hindrance], ...]]:
    """(who follows, the place in the order, who stood before and what stood in the way)."""
    held: Counter[str] = Counter()
    for place in sitting:
        held[place.expert] += len(place.applications)
    on_panel = {place.expert for place in sitting if place.panel == left.panel}
    room = required(pool).most - len(left.applications)
    passed: list[tuple[str, Hindrance]] = []
    for rank, who in enumerate(order(pool, seed, left)):
        hindrance: Hindrance | None = None
        if who in gone:
            hindrance = "gave_up"
        elif who in on_panel:  # one seat on a panel, and so one signature
            hindrance = "on_panel"
        elif held[who] > room:
            hindrance = "max_dossiers"
        elif any(who in barred.get(what, frozenset()) for what in left.applications):
            hindrance = "barred"
        if hindrance is None:
            return who, rank, tuple(passed)
        passed.append((who, hindrance))
    return None, None, tuple(passed)
