"""What a draw is about: panels with their seats, experts, recusals, rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

# The one reason of every pair that the input keeps apart: whether a tie is on record or the
# applicant asked for it (申请回避) would tell an expert who knows the own pseudonym who did.
BARRED: Final = "barred"


@dataclass(frozen=True, slots=True)
class Seat:
    """So many places of a panel for one kind of expert, of one specialty or (None) of any."""

    id: str
    kind: str
    specialty: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: its dossiers, its seats, and how many stand by for each seat."""

    id: str
    applications: tuple[str, ...]
    seats: tuple[Seat, ...]
    alternates: int

    @property
    def places(self) -> int:
        """Members of the panel when full."""
        return sum(seat.count for seat in self.seats)


@dataclass(frozen=True, slots=True)
class Expert:
    """An expert under a pseudonym; `institution` is a salted hash, empty for one who has none."""

    id: str
    kinds: tuple[str, ...]
    specialties: tuple[str, ...]
    institution: str
    region: str
    max_panels: int


@dataclass(frozen=True, slots=True)
class Recusal:
    """An expert who may not judge one application (回避): `BARRED` in the input, how it was found
    of what became known later.
    """

    expert: str
    application: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """One expert of an institution on a panel; the share of a panel's applications that an expert
    may be barred from and still sit on it; the scores that every application must be able to
    get; the public value that will be mixed into the seed, and the ISO instant (with offset) from
    which it can be known (both empty: none)."""

    one_per_institution: bool = True
    max_single_recusals_percent: int = 15
    min_scores: int = 5
    public_entropy: str = ""
    public_entropy_from: str = ""


@dataclass(frozen=True, slots=True)
class Matching:
    """Experts go to single applications instead of panels: `each` application gets so many, no
    expert more than `most`. `aim` is the greatest "total" of affinities or the greatest "least"
    score of an application; `industries` says of each application which it is of."""

    each: int
    most: int
    aim: str
    industries: Mapping[str, str]


@dataclass(frozen=True)
class Pool:
    """A checked input. Everything is in the order of the canonical form."""

    draw: str
    call: str
    panels: tuple[Panel, ...]
    experts: tuple[Expert, ...]
    recusals: tuple[Recusal, ...]
    rules: Rules
    matching: Matching | None = None

    @cached_property
    def expert_by_id(self) -> Mapping[str, Expert]:
        return {expert.id: expert for expert in self.experts}

    @cached_property
    def panel_by_id(self) -> Mapping[str, Panel]:
        return {panel.id: panel for panel in self.panels}

    @cached_property
    def barred(self) -> Mapping[str, frozenset[str]]:
        """The experts barred from each application."""
        return barred_experts(self.recusals)


def barred_experts(recusals: Iterable[Recusal]) -> dict[str, frozenset[str]]:
    """{application: experts barred from it}."""
    found: dict[str, set[str]] = {}
    for recusal in recusals:
        found.setdefault(recusal.application, set()).add(recusal.expert)
    return {application: frozenset(experts) for application, experts in found.items()}
