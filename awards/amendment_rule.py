"""How far a change of an agreement goes, and whether it needs the approver again. Plain Python."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Change:
    """One term: its name, what it was and shall be, and by how many percent it moves."""

    name: str
    was: str
    becomes: str
    percent: Decimal


def of_figure(name: str, was: Decimal, becomes: Decimal) -> Change:
    """A sum or a target; one that was 0 moves by 100 percent. Raises ValueError below 0."""
    if was < 0 or becomes < 0:
        raise ValueError("a term is 0 or more")
    share = abs(becomes - was) / was * 100 if was else Decimal(100 if becomes else 0)
    return Change(name, str(was), str(becomes), _rounded(share))


def of_time(name: str, start: date, was: date, becomes: date) -> Change:
    """The day of completion, in percent of the time planned since the agreement (a day at least).

    Raises ValueError for a day before the agreement.
    """
    if becomes < start:
        raise ValueError("not before the agreement")
    planned = max(1, (was - start).days)
    share = Decimal(abs((becomes - was).days) * 100) / planned
    return Change(name, was.isoformat(), becomes.isoformat(), _rounded(share))


def goes_to_approver(changes: Iterable[Change], above: int) -> bool:
    """Whether one of the changes goes above the share; the share itself does not."""
    return any(change.percent > above for change in changes)


def from_the_last(open_sums: Sequence[Decimal], less: Decimal) -> list[Decimal]:
    """What of each instalment still open falls away so that together it is `less`, the last first.

    Raises ValueError where they are less than that.
    """
    left, cuts = less, []
    for amount in reversed(open_sums):
        cut = min(left, amount)
        cuts.append(cut)
        left -= cut
    if left > 0 or less < 0:
        raise ValueError("more would fall away than is open")
    return cuts[::-1]


def _rounded(share: Decimal) -> Decimal:
    """Never rounded down to a bound that was passed: beyond two decimals it counts as more."""
    rounded = share.quantize(HUNDREDTH, ROUND_HALF_UP)
    return rounded + HUNDREDTH if rounded < share and rounded == rounded.to_integral() else rounded
