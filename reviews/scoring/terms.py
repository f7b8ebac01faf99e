"""Exact numbers that remember how they were written, so that a result can show its own sum.

A `Term` holds a value and its text; combining terms combines both. What the page prints is
therefore what was computed: "6 × min(1, 26000 ÷ (32000 − 2400))".
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

_SUM, _PRODUCT, _ATOM = 1, 2, 3


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros: 2400, 0.05."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Term:
    """An exact value, its text, and how tightly the text binds."""

    value: Fraction
    text: str
    binds: int = _ATOM

    @classmethod
    def of(cls, value: Decimal | int) -> Self:
        """A bare number."""
        return cls(Fraction(value), plain(Decimal(value)))

    def _within(self, binds: int) -> str:
        return self.text if self.binds >= binds else f"({self.text})"

    def __add__(self, other: "Term") -> "Term":
        return Term(self.value + other.value, f"{self._within(_SUM)} + {other._within(_SUM)}", _SUM)

    def __sub__(self, other: "Term") -> "Term":
        text = f"{self._within(_SUM)} − {other._within(_PRODUCT)}"
        return Term(self.value - other.value, text, _SUM)

    def __mul__(self, other: "Term") -> "Term":
        text = f"{self._within(_PRODUCT)} × {other._within(_PRODUCT)}"
        return Term(self.value * other.value, text, _PRODUCT)

    def __truediv__(self, other: "Term") -> "Term":
        """Raises ZeroDivisionError. Dividing by a bare 1 is left out of the text."""
        if other.text == "1":
            return self
        text = f"{self._within(_PRODUCT)} ÷ {other._within(_ATOM)}"
        return Term(self.value / other.value, text, _PRODUCT)

    @property
    def is_sum(self) -> bool:
        """Whether there is anything to recompute: a bare number is not a sum."""
        return " " in self.text

    def at_most(self, limit: int) -> "Term":
        return Term(min(Fraction(limit), self.value), f"min({limit}, {self.text})")

    def at_least(self, limit: int) -> "Term":
        return Term(max(Fraction(limit), self.value), f"max({limit}, {self.text})")
