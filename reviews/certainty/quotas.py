"""Quotas in whole numbers, for a line that is drawn thousands of times.

The same rule as `awards.funding.draw_line`, without its rows and reasons; that both give the same
is held by a test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from applications.splitting import split

CAPPED: Final = ("industry", "prefecture")
FEN: Final = 100  # the least unit of money that a limit or a share is counted in
BY_LIMIT, BY_PANEL = 1, 2  # what passes a project over
_ANY: Final = 10**30


@dataclass(frozen=True, slots=True)
class Quotas:
    """What a call has frozen: dimension → the most projects, and the most per cent of the envelope,
    of one group; panel → dossiers it reviewed, where panels share the money.
    """

    most: Mapping[str, int] = field(default_factory=dict)
    percent: Mapping[str, int] = field(default_factory=dict)
    panels: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.most or self.percent or self.panels)


NO_QUOTAS: Final = Quotas()


@dataclass(frozen=True, slots=True)
class Groups:
    """Projects by number: `capped`, the groups that limits count; `panel`, -1 where panels are
    pooled. By group: the most projects, the most money. By panel: its share. Money in fen.
    """

    capped: tuple[tuple[int, ...], ...]
    panel: tuple[int, ...]
    projects: tuple[int, ...]
    money: tuple[int, ...]
    shares: tuple[int, ...]

    @classmethod
    def of(cls, quotas: Quotas, members: Sequence[Mapping[str, str]], budget: int) -> Self:
        """`members`: the groups of each project, by dimension. `budget` in fen."""
        numbers: dict[tuple[str, str], int] = {}
        capped = []
        for groups in members:
            own = [(d, groups[d]) for d in CAPPED if groups.get(d) and _limited(quotas, d)]
            capped.append(tuple(numbers.setdefault(key, len(numbers)) for key in own))
        shares = split(budget, quotas.panels) if quotas.panels else {}
        place = {panel: n for n, panel in enumerate(shares)}
        return cls(
            tuple(capped),
            tuple(place[groups["panel"]] if place else -1 for groups in members),
            tuple(quotas.most.get(d, _ANY) for d, _ in numbers),
            tuple(
                budget * quotas.percent[d] // 100 if d in quotas.percent else _ANY
                for d, _ in numbers
            ),
            tuple(shares.values()),
        )


def _limited(quotas: Quotas, dimension: str) -> bool:
    return dimension in quotas.most or dimension in quotas.percent


class Rooms:
    """What the groups may still get while money is handed out."""

    def __init__(self, groups: Groups, *, closing: bool) -> None:
        self._groups, self._closing = groups, closing
        self._projects, self._money = list(groups.projects), list(groups.money)
        self._shares = list(groups.shares)

    def passes(self, project: int, cost: int, *, by_panel: bool) -> int:
        """0 where the project keeps within every quota, else BY_LIMIT, or BY_PANEL for the share of
        its panel alone. Where the mode closes groups, that group gets nothing more.
        """
        capped = self._groups.capped[project]
        if full := [g for g in capped if self._projects[g] < 1 or cost > self._money[g]]:
            if self._closing:
                for group in full:
                    self._projects[group] = 0
            return BY_LIMIT
        panel = self._groups.panel[project]
        if not by_panel or panel < 0 or cost <= self._shares[panel]:
            return 0
        if self._closing:
            self._shares[panel] = -1
        return BY_PANEL

    def take(self, project: int, cost: int) -> None:
        for group in self._groups.capped[project]:
            self._projects[group] -= 1
            self._money[group] -= cost
        panel = self._groups.panel[project]
        if panel >= 0:
            self._shares[panel] -= cost
