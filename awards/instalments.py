"""An award split into instalments (分期拨付) that total it to the cent. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Instalment:
    """Part `number` (from 1) of an award: so many percent of it, `amount` in yuan."""

    number: int
    percent: Decimal
    amount: Decimal


def plan(
    award: Decimal, percentages: Sequence[Decimal | int | str], unit: Decimal = CENT
) -> tuple[Instalment, ...]:
    """Instalments of an award (yuan, two decimals), 50/30/20 for example; their sum is the award.

    Each running total is rounded half up to `unit` and each part is the step between two of them,
    so a part is never more than one unit off its percentage and nothing is left over; what an award
    holds below the unit goes into the last part. Raises ValueError when the percentages are not all
    above 0 or do not total 100, when the award is not a positive sum of whole cents, or when a part
    would be 0.
    """
    percents = [Decimal(percent) for percent in percentages]
    if not percents or min(percents) <= 0 or sum(percents) != 100:
        raise ValueError("percentages must all be above 0 and total 100")
    if award <= 0 or award % CENT:
        raise ValueError("an award is a positive sum of whole cents")
    parts: list[Instalment] = []
    so_far = paid = Decimal(0)
    for number, percent in enumerate(percents, start=1):
        so_far += percent
        running = award if so_far == 100 else _rounded(award * so_far / 100, unit)
        parts.append(Instalment(number, percent, running - paid))
        paid = running
    if min(part.amount for part in parts) <= 0:
        raise ValueError("the award is too small for so many instalments")
    return tuple(parts)


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit
