"""The one way points are rounded: half up, as in 四舍五入."""

from decimal import Decimal
from fractions import Fraction


def half_up(value: Fraction | Decimal | int, places: int = 2, divisor: int = 1) -> Decimal:
    """The value, divided by a whole number above 0, at so many decimals, half away from zero.
    Exact: no step in between is rounded.
    """
    above, below = value.as_integer_ratio()
    below *= divisor
    whole = (2 * abs(above) * 10**places + below) // (2 * below)
    return Decimal(-whole if above < 0 else whole).scaleb(-places)
