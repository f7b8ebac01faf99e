"""The one way points are rounded: half up, as in 四舍五入."""

from decimal import Decimal
from fractions import Fraction


def half_up(value: Fraction | Decimal | int, places: int = 2) -> Decimal:
    """The value at so many decimals, half away from zero. Exact: no step in between is rounded."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if exact < 0 else whole).scaleb(-places)
