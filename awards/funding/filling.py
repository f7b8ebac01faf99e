"""Handing out money down a list by the mode of the call, and running the sums."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from awards.funding.lines import ZERO, FundingItem, Mode, Reason


def fill(
    items: dict[str, FundingItem], waiting: Sequence[str], left: Decimal, mode: Mode, reason: Reason
) -> None:
    """Hand out what is left along the waiting list by the mode's rule."""
    for id_ in waiting:
        item = items[id_]
        wanted = item.requested - item.awarded
        if wanted <= left:
            items[id_] = replace(item, awarded=item.requested, outcome="funded", reason=reason)
            left -= wanted
        elif mode == "skip":
            items[id_] = replace(item, reason="exceeds_rest")
        elif mode == "partial" and left > 0:
            items[id_] = replace(
                item, awarded=item.awarded + left, outcome="partial", reason="rest_of_envelope"
            )
            return
        else:
            if item.outcome == "reserve":
                items[id_] = replace(item, reason="exceeds_rest")
            return


def run_down(items: Iterable[FundingItem], envelope: Decimal) -> tuple[FundingItem, ...]:
    """The rows with running sums and the order of the reserve list."""
    cumulative, reserve_order = ZERO, 0
    rows: list[FundingItem] = []
    for item in items:
        cumulative += item.awarded
        on_reserve = item.outcome == "reserve" and item.deviation != "hold_back"
        reserve_order += on_reserve
        rows.append(
            replace(
                item,
                cumulative=cumulative,
                remainder=envelope - cumulative,
                reserve_order=reserve_order if on_reserve else None,
            )
        )
    return tuple(rows)
