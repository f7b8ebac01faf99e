"""Moving up when another drops out (依次递补)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from awards.funding.filling import fill, run_down
from awards.funding.lines import ZERO, FundingError, FundingLine


@dataclass(frozen=True, slots=True)
class Move:
    """A project whose sum grows because another dropped out, yuan before and after."""

    id: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Promotion:
    """The list after projects dropped out, and who moved up, in order."""

    line: FundingLine
    moved: tuple[Move, ...]

    @property
    def next(self) -> str | None:
        """The first to move up; None when nobody fits."""
        return self.moved[0].id if self.moved else None


def promote(line: FundingLine, dropped: Collection[str], most: Decimal | None = None) -> Promotion:
    """Let the reserve list move up (依次递补) when projects withdraw or are disqualified.

    What others have been awarded stays theirs; only the freed and the unspent money is handed out,
    to the partly funded project first and then along the reserve list in rank order, by the mode
    of the call and within its quotas (`draw_line`, 2 to 4): strict and partial stop at the first
    that does not fit, skip passes it over. Who was passed over for a quota has its turn as soon as
    the quota has room again. `most`: no more than so much (yuan) is handed out, whatever the list
    has left. Raises FundingError for an unknown project.
    """
    items = {item.id: item for item in line.items}
    for id_ in dropped:
        if id_ not in items:
            raise FundingError("unknown_project", id_)
        items[id_] = replace(items[id_], awarded=ZERO, outcome="dropped", reason="dropped_out")
    waiting = [item.id for item in items.values() if item.outcome == "partial"]
    waiting += [item.id for item in items.values() if item.waits]
    fill(items, waiting, line, "moved_up", most)
    rows = run_down(items.values(), line.envelope)
    moved = tuple(
        Move(after.id, before.awarded, after.awarded)
        for before, after in zip(line.items, rows, strict=True)
        if after.awarded > before.awarded
    )
    return Promotion(replace(line, items=rows), moved)
