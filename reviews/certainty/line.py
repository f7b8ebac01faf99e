"""Who is funded down an order, in whole units of money.

The same three cut-off modes as the call's own line, without its rows and reasons: it is drawn
thousands of times here. That both give the same is held by a test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from reviews.certainty.quotas import BY_PANEL, Groups, Rooms

Mode = Literal["strict", "skip", "partial"]
MODES: Final[tuple[Mode, ...]] = ("strict", "skip", "partial")
NOTHING, PART, ALL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Line:
    """Project numbers by what they get: all they asked for, in order; the one that gets `rest`."""

    funded: tuple[int, ...]
    partial: int | None
    rest: int

    def fates(self, count: int) -> bytes:
        """What each of `count` projects gets: NOTHING, PART or ALL."""
        fates = bytearray(count)
        for project in self.funded:
            fates[project] = ALL
        if self.partial is not None:
            fates[self.partial] = PART
        return bytes(fates)

    def award(self, project: int, cost: int) -> int:
        """What a project gets, in the unit of its cost."""
        if project in self.funded:
            return cost
        return self.rest if project == self.partial else 0


def fund(
    order: Sequence[int],
    costs: Sequence[int],
    budget: int,
    mode: Mode,
    groups: Groups | None = None,
) -> Line:
    """The line down `order` (project numbers, best first, those below the floor left out).

    `costs[project]` and `budget` are in one unit. `strict` stops at the first that does not fit,
    `skip` passes it over, `partial` gives it what is left and stops. `rest` is what nobody got, or
    what the partly funded one got. With `groups` quotas hold as well; money is then in fen.
    """
    if groups is not None:
        return _fund_within(order, costs, budget, mode, Rooms(groups, closing=mode != "skip"))
    funded: list[int] = []
    left = budget
    for project in order:
        cost = costs[project]
        if cost <= left:
            funded.append(project)
            left -= cost
        elif mode == "partial" and left > 0:
            return Line(tuple(funded), project, left)
        elif mode != "skip":
            break
    return Line(tuple(funded), None, left)


def _fund_within(
    order: Sequence[int], costs: Sequence[int], budget: int, mode: Mode, rooms: Rooms
) -> Line:
    """Down the order within every quota, then what panels leave down those behind their shares."""
    funded: list[int] = []
    left = budget
    for by_panel in (True, False):
        behind: list[int] = []
        for project in order:
            cost = costs[project]
            if passes := rooms.passes(project, cost, by_panel=by_panel):
                behind += [project] if passes == BY_PANEL else []
            elif cost <= left:
                funded.append(project)
                rooms.take(project, cost)
                left -= cost
            elif mode == "partial" and left > 0:
                return Line(tuple(funded), project, left)
            elif mode != "skip":
                break
        order = behind
    return Line(tuple(funded), None, left)


def first_in_line(
    order: Sequence[int], line: Line, costs: Sequence[int], budget: int
) -> int | None:
    """The first down `order` that gets nothing although the whole budget could pay for it."""
    served = set(line.funded)
    for project in order:
        if project not in served and project != line.partial and costs[project] <= budget:
            return project
    return None
