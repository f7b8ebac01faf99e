"""How far a change of an agreement goes, and whether it needs the approver again. Plain Python.

Every change is measured against the terms that the approver last agreed to, not against those in
force: else several small ones would add up to a large one that nobody above decided.
"""

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


def of_figure(
    name: str, was: Decimal, becomes: Decimal, *, agreed: Decimal, given: Decimal = Decimal(0)
) -> Change:
    """A sum or a target, in percent of what was `agreed` beyond what is `given` anyway: of a
    headcount the baseline, for the promise is the jobs that are new.

    From nothing it moves by 100 percent. Raises ValueError below 0.
    """
    if min(was, becomes, agreed, given) < 0:
        raise ValueError("a term is 0 or more")
    old, new = (max(Decimal(0), value - given) for value in (agreed, becomes))
    share = abs(new - old) / old * 100 if old else Decimal(100 if new else 0)
    return Change(name, str(was), str(becomes), _rounded(share))


def of_time(name: str, start: date, was: date, becomes: date, *, agreed: date) -> Change:
    """The day of completion, in percent of the time agreed since the agreement (a day at least).

    Raises ValueError for a day before the agreement.
    """
    if becomes < start:
        raise ValueError("not before the agreement")
    planned = max(1, (agreed - start).days)
    share = Decimal(abs((becomes - agreed).days) * 100) / planned
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
