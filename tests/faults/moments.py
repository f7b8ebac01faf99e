"""When which process is killed: by the number of acts, so that a slow machine is hit alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

LONGEST_DELAY = 0.05  # seconds: about an act


@dataclass(frozen=True)
class Moment:
    """`after` so many acts more, and so many seconds into what comes then."""

    after: int
    delay: float
    kind: str


def moments(seed: int, kills: int, kinds: Sequence[str], acts: int) -> list[Moment]:
    """Spread over so many acts; each kind as often as the others, give or take one."""
    rng = Random(seed)
    drawn = [*kinds] * (kills // len(kinds)) + rng.sample(kinds, kills % len(kinds))
    rng.shuffle(drawn)
    most = max(1, 2 * acts // (kills + 1))
    return [Moment(rng.randint(1, most), rng.uniform(0, LONGEST_DELAY), kind) for kind in drawn]
