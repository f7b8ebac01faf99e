"""From the experts' marks to a dossier's points.

**What is averaged.** Each expert's expert leaves are summed first, and the sums are aggregated. A
dossier ends at its formula points plus that aggregate, rounded half up once. Trimming whole sums,
not single leaves, is what 去掉一个最高分、一个最低分 means: an expert's judgement of a dossier is
kept or left aside as one, and the seven sums an officer reads off the sheets give the result by
hand.

**Sub-totals.** 项目质量 and 就业贡献 stand beside the rank and must add up to the total, so both
come from the same experts as the total: whoever is trimmed from the sum is trimmed from its two
parts. Employment is rounded half up by itself, because it decides ties; quality is total less
employment and so carries the residue, at most 0.01. It stays within 0 and the points of its
dimension, since rounding never changes the order of two numbers.

**Equal sums.** When several experts share the highest, lowest or middle sum, the total does not
depend on which of them is trimmed but the two parts would. They then share: with two experts at the
highest, each counts half. No name, number or order of entry decides anything.

**Gaps.** A leaf that an expert could not judge is not zero. That expert has no comparable sum for
this dossier and does not count for it (the rules have such an expert replaced); the others do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from math import lcm
from operator import mul
from typing import Final, Literal, NamedTuple

from applications.sheet import Kind, Sheet
from reviews.scoring.computing import Computed, subtotal
from reviews.scoring.rounding import half_up

Method = Literal["mean", "trimmed", "median"]
METHODS: Final[tuple[Method, ...]] = ("mean", "trimmed", "median")
Exact = Fraction | Decimal
_NONE: Final = Fraction(0)
_WHOLE: Final = Fraction(1)


def shares(values: Sequence[Exact], method: Method, trim_from: int = 5) -> tuple[Fraction, ...]:
    """How much of each value counts, 0 to 1, in the order given; equal values count equally.

    `trimmed` leaves out one highest and one lowest from `trim_from` values on, and is the plain
    mean below that. `median` takes the middle one, or the two middle ones by half each.
    """
    order = sorted(range(len(values)), key=lambda index: values[index])
    by_position = _position_shares(len(values), method, trim_from)
    result = [_NONE] * len(values)
    position = 0
    for _, tied in groupby(order, key=lambda index: values[index]):
        group = list(tied)
        share = by_position[position]
        if len(group) > 1:
            share = sum(by_position[position : position + len(group)], _NONE) / len(group)
        for index in group:
            result[index] = share
        position += len(group)
    return tuple(result)


@lru_cache(maxsize=256)
def _position_shares(count: int, method: Method, trim_from: int) -> tuple[Fraction, ...]:
    """What each place counts once the values stand in order."""
    if method == "median" and count:
        middle = {(count - 1) // 2, count // 2}
        return tuple(Fraction(position in middle, len(middle)) for position in range(count))
    counted = [_WHOLE] * count
    if method == "trimmed" and count >= max(trim_from, 3):
        counted[0] = counted[-1] = _NONE
    return tuple(counted)


def centre(values: Sequence[Fraction], method: Method, trim_from: int = 5) -> Fraction | None:
    """The exact mean, trimmed mean or median; None of nothing."""
    if not values:
        return None
    weights = _weights(shares(values, method, trim_from))
    return sum(map(mul, values, weights), _NONE) / sum(weights)


def aggregate(
    values: Iterable[Decimal | None], method: Method, trim_from: int = 5, places: int = 2
) -> Decimal | None:
    """The mean, trimmed mean or median, half up. None among the values is a gap and is skipped."""
    middle = centre([Fraction(value) for value in values if value is not None], method, trim_from)
    return None if middle is None else half_up(middle, places)


class ExpertSum(NamedTuple):
    """One expert's marks on a dossier summed up, and how much of it counts (0 when trimmed)."""

    expert: str
    quality: Decimal
    employment: Decimal
    share: Fraction

    @property
    def total(self) -> Decimal:
        return self.quality + self.employment


@dataclass(frozen=True, slots=True)
class Score:
    """A dossier's points, two decimals. quality + employment == total, always.

    `experts` lists those who count for the dossier, in the order given; `incomplete` those who left
    a leaf without a mark. Without any complete set of marks, everything that rests on experts is
    None.
    """

    formula_quality: Decimal
    formula_employment: Decimal
    expert_quality: Decimal | None
    expert_employment: Decimal | None
    experts: tuple[ExpertSum, ...]
    incomplete: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """How many experts have a complete set of marks, trimmed ones included."""
        return len(self.experts)

    @property
    def formula_total(self) -> Decimal:
        return self.formula_quality + self.formula_employment

    @property
    def expert_total(self) -> Decimal | None:
        return _sum(self.expert_quality, self.expert_employment)

    @property
    def quality(self) -> Decimal | None:
        return _sum(self.formula_quality, self.expert_quality)

    @property
    def employment(self) -> Decimal | None:
        return _sum(self.formula_employment, self.expert_employment)

    @property
    def total(self) -> Decimal | None:
        return _sum(self.quality, self.employment)


class Given(NamedTuple):
    """One expert's marks on a dossier, summed up. `complete`: no expert leaf is without a mark."""

    expert: str
    quality: Decimal
    employment: Decimal
    complete: bool


def sums(sheet: Sheet, marks: Mapping[str, Mapping[str, Decimal | None]]) -> list[Given]:
    """Each expert's marks {expert: {leaf: score}} summed up. The database does the same in one
    pass over a whole call (`reviews.selectors.sums`).
    """
    return [
        Given(
            expert,
            _part(sheet, given, "quality"),
            _part(sheet, given, "employment"),
            all(given.get(leaf.code) is not None for leaf in sheet.expert_leaves()),
        )
        for expert, given in marks.items()
    ]


def _part(sheet: Sheet, given: Mapping[str, Decimal | None], kind: Kind) -> Decimal:
    leaves = (leaf for leaf in sheet.expert_leaves() if sheet.kind_of(leaf.code) == kind)
    return sum((given.get(leaf.code) or Decimal(0) for leaf in leaves), Decimal("0.00"))


def combine(
    sheet: Sheet,
    computed: Mapping[str, Computed],
    given: Sequence[Given],
    method: Method,
    trim_from: int = 5,
) -> Score:
    """A dossier's points from its formula leaves and the experts' sums."""
    complete = [row for row in given if row.complete]
    totals = [row.quality + row.employment for row in complete]
    counted = shares(totals, method, trim_from)
    expert_quality = expert_employment = None
    if totals:
        weights = _weights(counted)
        divisor = sum(weights)
        employment = _added([row.employment for row in complete], weights)
        expert_employment = half_up(employment, divisor=divisor)
        expert_quality = half_up(_added(totals, weights), divisor=divisor) - expert_employment
    return Score(
        formula_quality=subtotal(sheet, computed, "quality"),
        formula_employment=subtotal(sheet, computed, "employment"),
        expert_quality=expert_quality,
        expert_employment=expert_employment,
        experts=tuple(
            ExpertSum(row.expert, row.quality, row.employment, share)
            for row, share in zip(complete, counted, strict=True)
        ),
        incomplete=tuple(row.expert for row in given if not row.complete),
    )


def _weights(counted: Sequence[Fraction]) -> list[int]:
    """The shares in whole numbers, so that sums of marks are added up as the decimals they are."""
    fine = lcm(*(share.denominator for share in counted))
    return [share.numerator * (fine // share.denominator) for share in counted]


def _added(values: Sequence[Decimal], weights: Sequence[int]) -> Decimal:
    """The values added up, each as often as it counts."""
    return sum(map(mul, values, weights), Decimal(0))


def _sum(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return None if first is None or second is None else first + second
