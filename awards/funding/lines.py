"""A funding list as frozen objects: quotas, candidates, deviations, rows, the line. In yuan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

Mode = Literal["strict", "skip", "partial"]
Outcome = Literal["funded", "partial", "reserve", "passed_over", "below_floor", "dropped"]
Dimension = Literal["industry", "prefecture", "panel"]
DeviationKind = Literal["hold_back", "lift"]
Reason = Literal[
    "fits",
    "lifted",
    "moved_up",
    "rest_of_envelope",
    "exceeds_rest",
    "after_line",
    "industry_quota",
    "prefecture_quota",
    "panel_quota",
    "held_back",
    "below_floor",
    "dropped_out",
]

MODES: Final[tuple[Mode, ...]] = ("strict", "skip", "partial")
REASONS: Final[tuple[Reason, ...]] = (
    "fits",
    "lifted",
    "moved_up",
    "rest_of_envelope",
    "exceeds_rest",
    "after_line",
    "industry_quota",
    "prefecture_quota",
    "panel_quota",
    "held_back",
    "below_floor",
    "dropped_out",
)
OVER: Final[dict[Dimension, Reason]] = {
    "industry": "industry_quota",
    "prefecture": "prefecture_quota",
    "panel": "panel_quota",
}
WAITING: Final[tuple[Outcome, ...]] = ("reserve", "passed_over")
ZERO: Final = Decimal("0.00")
CENT: Final = Decimal("0.01")

ERROR_KEYS: Final = (
    "envelope_negative",
    "not_in_rank_order",
    "project_twice",
    "requested_not_positive",
    "requested_below_cents",
    "unknown_project",
    "deviation_twice",
    "deviation_without_reason",
    "lift_below_floor",
    "lift_exceeds_envelope",
    "lift_exceeds_quota",
    "panel_unknown",
)


class FundingError(ValueError):
    """Input that no line can be drawn from; `key` (one of ERROR_KEYS) says why, `id` about whom."""

    def __init__(self, key: str, id_: str = "") -> None:
        super().__init__(f"{key}: {id_}" if id_ else key)
        self.key, self.id = key, id_


@dataclass(frozen=True, slots=True)
class Limit:
    """The most one group may get: so many projects, so many percent of the envelope; None: any."""

    projects: int | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Quotas:
    """What a call has frozen: a limit for every industry, for every prefecture, and whether panels
    share the money.

    `panels`: panel → how many dossiers it reviewed; empty where panels are pooled. A panel's share
    of the money goes by its dossiers, as in the Marie Skłodowska-Curie calls, and not by what they
    ask for (the European Research Council's way): nobody widens the share of his own panel by
    asking for more.
    """

    limits: Mapping[Dimension, Limit] = field(default_factory=dict)
    panels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked project: its rank (shared ranks allowed), points, and the sum it asked for, yuan.

    `groups`: its industry, prefecture and panel; without one it obeys no quota of that dimension.
    """

    id: str
    rank: int | None
    total: Decimal
    requested: Decimal
    groups: Mapping[Dimension, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A departure from the rank that two people decided: one project held back, or lifted."""

    id: str
    kind: DeviationKind
    reason: str


@dataclass(frozen=True, slots=True)
class FundingItem:
    """One project on the list. `cumulative` and `remainder` run down the list in rank order.

    `reserve_order` counts the reserve list from 1. A project held back has none: it never moves up
    by itself. `deviation_reason` is what the two people wrote.
    """

    id: str
    rank: int | None
    total: Decimal
    requested: Decimal
    awarded: Decimal
    outcome: Outcome
    reason: Reason
    cumulative: Decimal = ZERO
    remainder: Decimal = ZERO
    reserve_order: int | None = None
    deviation: DeviationKind | Literal[""] = ""
    deviation_reason: str = ""
    groups: Mapping[Dimension, str] = field(default_factory=dict, hash=False)

    @property
    def waits(self) -> bool:
        """Whether it would move up by itself."""
        return self.outcome in WAITING and self.deviation != "hold_back"


@dataclass(frozen=True, slots=True)
class FundingLine:
    """The whole list in rank order under its envelope (yuan)."""

    items: tuple[FundingItem, ...]
    envelope: Decimal
    mode: Mode
    floor: Decimal
    quotas: Quotas = field(default_factory=Quotas)

    @property
    def committed(self) -> Decimal:
        return sum((item.awarded for item in self.items), ZERO)

    @property
    def remainder(self) -> Decimal:
        return self.envelope - self.committed

    @property
    def reserve(self) -> tuple[FundingItem, ...]:
        """Those who would move up, in their order."""
        return tuple(item for item in self.items if item.reserve_order is not None)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Projects that share a rank while the line treats them differently.

        Not a rule but an accident of order parts them: a joint decision must come first.
        """
        groups: dict[int, list[FundingItem]] = {}
        for item in self.items:
            if item.rank is not None and item.outcome != "dropped" and not item.deviation:
                groups.setdefault(item.rank, []).append(item)
        cut = [group for group in groups.values() if len({item.outcome for item in group}) > 1]
        return tuple(item.id for group in cut for item in group)

    def item(self, id_: str) -> FundingItem:
        """The project's row. Raises KeyError."""
        for item in self.items:
            if item.id == id_:
                return item
        raise KeyError(id_)
