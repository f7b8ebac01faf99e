"""The ranking of a call as the analysis takes it: dossiers with their sums, and what is frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from reviews.certainty.line import Mode
from reviews.certainty.quotas import NO_QUOTAS, Quotas
from reviews.scoring import Method, Points


@dataclass(frozen=True, slots=True)
class Heard:
    """What a hearing adds to a dossier: expert → sum of its marks there, the points of each stage,
    None where there are none, and net new jobs, which settle ties.
    """

    sums: Mapping[str, Decimal]
    paper: Points | None
    hearing: Points | None
    jobs: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """A dossier: expert → sum of its marks, points by formula, points of both dimensions, and what
    it asks for in yuan. `competes`: it has a total that the line may reach, or the floor stop.
    `groups`: what quotas count it by. `heard`: only where it was heard; `sums` and `base` are then
    those of the paper review, the points those of both stages.
    """

    id: str
    panel: str
    sums: Mapping[str, Decimal]
    base: Decimal
    quality: Decimal
    employment: Decimal
    cost: Decimal
    competes: bool
    groups: Mapping[str, str] = field(default_factory=dict)
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking with what is frozen; `items` in the order in which equal totals go. Points, yuan.

    `max_quality`, `max_employment`: most points of each dimension. `percent`: weight of the
    hearing, 0 without one; `ties`: the keys that settle ties; `unheard`: dossiers of the paper
    review that did not come to the hearing, and are in no ranking.
    """

    items: Sequence[Item]
    max_quality: Decimal
    max_employment: Decimal
    floor: Decimal
    budget: Decimal
    mode: Mode
    method: Method
    trim_from: int
    quotas: Quotas = NO_QUOTAS
    percent: int = 0
    ties: tuple[str, ...] = ()
    unheard: Sequence[Item] = ()

    def competing(self) -> list[Item]:
        return [item for item in self.items if item.competes]
