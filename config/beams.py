"""The beam's geometry: amounts held against a limit, as percentages of the drawing's width.

Plain arithmetic, no Django. Everything is exact until it is written with three decimals.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)
GAP = Decimal("0.18")  # the hairline between two loads, in percent
SPAN = Decimal(24)  # how much of the width the value's words take, in percent
MOST_STARS = 60


@dataclass(frozen=True, slots=True)
class Load:
    """A piece of what is weighed: its amount, its words, and what it looks like.

    kind: "" ink, "soft" paler, "2" brass, "now" darker, "warn", "act", or "none" (a gap).
    """

    amount: Decimal
    title: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle on the rod."""

    x: str
    width: str
    css: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Star:
    x: str
    major: bool
    label: str = ""
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Beam:
    pieces: tuple[Piece, ...]
    stars: tuple[Star, ...]
    limit: str
    value: str
    value_side: str  # where the value's words go: "left" or "right" of the poise


def percent(value: Decimal) -> str:
    """12.345% for an SVG attribute."""
    rounded = value.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
    return f"{rounded:f}%"


@dataclass(frozen=True, slots=True)
class Scale:
    """The rod's ends."""

    low: Decimal
    high: Decimal

    def at(self, value: Decimal) -> Decimal:
        """Where a value hangs, 0 to 100."""
        if self.high <= self.low:
            return Decimal(0)
        return min(max((value - self.low) / (self.high - self.low) * HUNDRED, Decimal(0)), HUNDRED)


def _pieces(loads: Iterable[Load], scale: Scale, limit: Decimal | None) -> list[Piece]:
    """The loads one after another; what lies beyond the limit is vermilion."""
    pieces: list[Piece] = []
    end = scale.low
    for load in loads:
        start, end = end, end + max(load.amount, Decimal(0))
        parts = [(start, end, load.kind)]
        if limit is not None and end > limit:
            within = [(start, limit, load.kind)] if start < limit else []
            parts = [*within, (max(start, limit), end, "act")]
        for a, b, kind in parts:
            wide = scale.at(b) - scale.at(a)
            if wide <= 0 or kind == "none":
                continue
            css = f"load-{kind}" if kind else "load"
            shown = percent(max(wide - GAP, wide / 2))
            pieces.append(Piece(percent(scale.at(a)), shown, css, load.title))
    return pieces


def _stars(scale: Scale, step: Decimal, major: int, labels: Sequence[str]) -> list[Star]:
    """One star every `step`, every `major`-th longer, the longer ones with the given labels."""
    if step <= 0 or (scale.high - scale.low) / step > MOST_STARS:
        return []
    stars = []
    for n in range(int((scale.high - scale.low) / step) + 1):
        at = scale.at(scale.low + n * step)
        long = n % major == 0
        label = labels[n // major] if long and n // major < len(labels) else ""
        anchor = "start" if at == 0 else "end" if at == HUNDRED else "middle"
        stars.append(Star(percent(at), long, label, anchor))
    return stars


def _clear_of(stars: list[Star], value: Decimal, side: str) -> list[Star]:
    """Drop the labels that would run into the value's words."""
    low, high = (value - SPAN, value + 6) if side == "left" else (value - 6, value + SPAN)
    return [
        Star(s.x, s.major, "" if low < Decimal(s.x[:-1]) < high else s.label, s.anchor)
        for s in stars
    ]


def weigh(
    loads: Sequence[Load],
    *,
    limit: Decimal | None,
    value: Decimal | None = None,
    low: Decimal = Decimal(0),
    high: Decimal | None = None,
    step: Decimal = Decimal(0),
    major: int = 5,
    labels: Sequence[str] = (),
    has_words: bool = False,
    is_ceiling: bool = True,
) -> Beam:
    """The drawing for loads from `low` up, against a limit, with a poise at `value`.

    A load beyond the limit is vermilion, unless the limit is no ceiling but a mark on the rod.
    The rod ends at `high`, by default at the limit, and is prolonged when the load goes beyond.
    """
    total = low + sum((max(x.amount, Decimal(0)) for x in loads), Decimal(0))
    ends = [x for x in (high, limit, value) if x is not None]
    end = max([total, *ends]) if high is None else max(high, total, *ends)
    scale = Scale(low, end if end > low else low + 1)
    at = scale.at(value) if value is not None else Decimal(0)
    side = "left" if at > 50 else "right"
    stars = _stars(scale, step, major, labels)
    if value is not None and has_words:
        stars = _clear_of(stars, at, side)
    return Beam(
        tuple(_pieces(loads, scale, limit if is_ceiling else None)),
        tuple(stars),
        percent(scale.at(limit)) if limit is not None else "",
        percent(at) if value is not None else "",
        side,
    )
