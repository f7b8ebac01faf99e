"""What quotas leave to the groups of a list while money is handed out down it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Final

from applications.splitting import split
from awards.funding.lines import CENT, ZERO, Dimension, FundingItem, Limit, Mode, Quotas

CAPPED: Final[tuple[Dimension, ...]] = ("industry", "prefecture")
PANEL: Final[Dimension] = "panel"


def shares(money: Decimal, panels: Mapping[str, int]) -> dict[str, Decimal]:
    """The money in parts by the panels' dossiers, whole fen that add up to it exactly."""
    return {panel: fen * CENT for panel, fen in split(int(money / CENT), panels).items()}


class Rooms:
    """What the groups may still get while money is handed out down a list."""

    def __init__(
        self, quotas: Quotas, envelope: Decimal, mode: Mode, items: Iterable[FundingItem]
    ) -> None:
        self._quotas, self._envelope, self._mode = quotas, envelope, mode
        self._counts: dict[tuple[Dimension, str], int] = defaultdict(int)
        self._sums: dict[tuple[Dimension, str], Decimal] = defaultdict(Decimal)
        self._closed: set[tuple[Dimension, str]] = set()
        lifted = ZERO
        for item in items:
            self.take(item, item.awarded, first=item.awarded > 0)
            lifted += item.awarded if item.deviation == "lift" else ZERO
        self._shares = shares(envelope - lifted, quotas.panels) if quotas.panels else {}

    def take(self, item: FundingItem, amount: Decimal, *, first: bool) -> None:
        """Count a sum for the project's groups; `first`: it had nothing before."""
        for dimension, group in item.groups.items():
            if dimension == PANEL and item.deviation == "lift":
                continue  # paid before the panels share
            self._counts[dimension, group] += first
            self._sums[dimension, group] += amount

    def over(self, item: FundingItem, wanted: Decimal, *, by_panel: bool) -> tuple[Dimension, ...]:
        """The dimensions whose quota the whole sum wanted would exceed; empty: it fits. A panel's
        share is asked after only for what keeps within the limits.
        """
        exceeded = tuple(
            dimension
            for dimension in CAPPED
            if (group := item.groups.get(dimension)) is not None
            and not self._fits(dimension, group, item, wanted)
        )
        panel = item.groups.get(PANEL)
        if exceeded or not by_panel or panel is None or not self._shares:
            return exceeded
        room = self._shares[panel] - self._sums[PANEL, panel]
        return (PANEL,) if (PANEL, panel) in self._closed or wanted > room else ()

    def _fits(self, dimension: Dimension, group: str, item: FundingItem, wanted: Decimal) -> bool:
        if (dimension, group) in self._closed:
            return False
        limit = self._quotas.limits.get(dimension, Limit())
        counted = self._counts[dimension, group] + (item.awarded == 0)
        if limit.projects is not None and counted > limit.projects:
            return False
        return limit.percent is None or (
            self._sums[dimension, group] + wanted <= self.most(limit.percent)
        )

    def most(self, percent: int) -> Decimal:
        """So many percent of the envelope, whole fen."""
        return (self._envelope * percent / 100).quantize(CENT, ROUND_DOWN)

    def close(self, item: FundingItem, exceeded: Iterable[Dimension]) -> None:
        """The groups' own lines fall here, unless the call's mode passes over and fills."""
        if self._mode != "skip":
            self._closed |= {(dimension, item.groups[dimension]) for dimension in exceeded}
