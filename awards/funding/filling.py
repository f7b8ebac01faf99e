"""Handing out money down a list by the mode of the call and its quotas, and running the sums."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from awards.funding.lines import OVER, ZERO, Dimension, FundingItem, FundingLine, Reason
from awards.funding.rooms import PANEL, Rooms


def fill(
    items: dict[str, FundingItem],
    waiting: Sequence[str],
    line: FundingLine,
    why: Reason,
    most: Decimal | None = None,
) -> None:
    """Hand out what is left, and no more than `most` (yuan) if given, along the waiting list by the
    mode's rule, within the quotas.

    Where panels share the money, what the shares leave goes once more down those who were passed
    over for their panel's share alone, by the same mode; there the share is no reason any more.
    """
    walk = _Walk(items, line, why, most)
    behind = walk.down(waiting, by_panel=True)
    if not behind:
        return
    for id_ in behind:
        if not items[id_].awarded:
            items[id_] = replace(items[id_], outcome="reserve", reason="after_line")
    walk.down(behind, by_panel=False)
    _name_passed_over(items, walk.affordable)


def _name_passed_over(items: dict[str, FundingItem], affordable: Collection[str]) -> None:
    """The share was the reason for those who could have been paid at their turn, if the walk gave
    somebody of a worse rank money; for the others there was none left.
    """
    paid = [n for n, i in enumerate(items.values()) if i.awarded and i.deviation != "lift"]
    last = max(paid, default=-1)
    for id_, item in list(items.items())[: max(last, 0)]:
        if id_ in affordable and item.outcome == "reserve":
            items[id_] = replace(item, outcome="passed_over", reason=OVER[PANEL])


class _Walk:
    """One handing-out: what is left of the envelope and of the quotas, changing as it goes."""

    def __init__(
        self,
        items: dict[str, FundingItem],
        line: FundingLine,
        why: Reason,
        most: Decimal | None,
    ) -> None:
        self.items, self.mode, self.why = items, line.mode, why
        left = line.envelope - sum((item.awarded for item in items.values()), ZERO)
        self.left = left if most is None else min(left, most)
        self.rooms = Rooms(line.quotas, line.envelope, line.mode, items.values())
        self.affordable: set[str] = set()  # passed over for the share while the money was there

    def down(self, waiting: Sequence[str], *, by_panel: bool) -> list[str]:
        """Walk until the mode stops; returns who was passed over for the panel's share alone."""
        behind: list[str] = []
        for id_ in waiting:
            item = self.items[id_]
            wanted = item.requested - item.awarded
            over = self.rooms.over(item, wanted, by_panel=by_panel)
            if over:
                self._pass_over(item, over)
                if over == (PANEL,):
                    behind.append(id_)
                    self.affordable |= {id_} if wanted <= self.left else set()
            elif wanted <= self.left:
                self._give(item, wanted, self.why)
            elif self.mode == "skip":
                self._leave(item)
            else:
                self._end(item)
                break
        return behind

    def _give(self, item: FundingItem, amount: Decimal, why: Reason) -> None:
        given = item.awarded + amount
        whole = given == item.requested
        self.items[item.id] = replace(
            item, awarded=given, outcome="funded" if whole else "partial", reason=why
        )
        self.rooms.take(item, amount, first=item.awarded == 0)
        self.left -= amount

    def _end(self, item: FundingItem) -> None:
        """The line falls here; in the mode `partial` the rest goes to this one."""
        if self.mode == "partial" and self.left > 0:
            self._give(item, self.left, "rest_of_envelope")
        else:
            self._leave(item)

    def _leave(self, item: FundingItem) -> None:
        if item.awarded == 0:
            self.items[item.id] = replace(item, outcome="reserve", reason="exceeds_rest")

    def _pass_over(self, item: FundingItem, over: Sequence[Dimension]) -> None:
        self.rooms.close(item, over)
        if item.awarded == 0:
            self.items[item.id] = replace(item, outcome="passed_over", reason=OVER[over[0]])


def run_down(items: Iterable[FundingItem], envelope: Decimal) -> tuple[FundingItem, ...]:
    """The rows with running sums and the order of the reserve list."""
    cumulative, reserve_order = ZERO, 0
    rows: list[FundingItem] = []
    for item in items:
        cumulative += item.awarded
        reserve_order += item.waits
        rows.append(
            replace(
                item,
                cumulative=cumulative,
                remainder=envelope - cumulative,
                reserve_order=reserve_order if item.waits else None,
            )
        )
    return tuple(rows)
