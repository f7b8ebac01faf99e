"""What the jobs achieved leave of the last instalment. Plain Python.

Domain rule: promised jobs are scored, achieved jobs decide. Under a first percentage of the promise
the instalment is cut in proportion, under a second nothing of it is paid; the bounds themselves
still count as reached. Both percentages are frozen with the call.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

CENT: Final = Decimal("0.01")


class Outcome(StrEnum):
    """What becomes of the instalment."""

    FULL = "full"
    CUT = "cut"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The instalment as planned, what of it is payable, what is cut (yuan), and from what."""

    outcome: Outcome
    planned: Decimal
    payable: Decimal
    promised: int
    achieved: int

    @property
    def cut(self) -> Decimal:
        return self.planned - self.payable

    @property
    def percent(self) -> Decimal:
        """Achieved in percent of promised, for showing: two decimals, never rounded up to a bound
        that was not reached. 100 where no jobs were promised."""
        if self.promised <= 0:
            return Decimal(100)
        return Decimal(self.achieved * 10_000 // self.promised) / 100


def net_new(insured: int, baseline: int) -> int:
    """Net new jobs: the insured beyond the baseline, never below 0."""
    return max(0, insured - baseline)


def least(promised: int, below: int) -> int:
    """The fewest net new jobs that are not under so many percent of those promised."""
    return -(-promised * below // 100)


def settle(
    planned: Decimal, *, promised: int, achieved: int, cut_below: int, fail_below: int
) -> Settlement:
    """What is payable of an instalment of `planned` yuan (two decimals), by net new jobs.

    Where no jobs were promised it is paid in full. A cut is rounded half up to the fen. Raises
    ValueError for negative figures or bounds that are not 0 <= fail_below <= cut_below <= 100.
    """
    if planned < 0 or promised < 0 or achieved < 0:
        raise ValueError("sums and jobs are 0 or more")
    if not 0 <= fail_below <= cut_below <= 100:
        raise ValueError("the bounds must be 0 <= fail_below <= cut_below <= 100")
    if achieved * 100 >= cut_below * promised:
        return Settlement(Outcome.FULL, planned, planned, promised, achieved)
    if achieved * 100 < fail_below * promised:
        return Settlement(Outcome.FAILED, planned, Decimal("0.00"), promised, achieved)
    payable = (planned * achieved / promised).quantize(CENT, ROUND_HALF_UP)
    return Settlement(Outcome.CUT, planned, payable, promised, achieved)
