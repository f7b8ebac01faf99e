"""A call's score sheet as rows of a table, with tiers and formula rules in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from applications.sheet import Dimension, Indicator, Leaf, SheetError, parse
from reviews.formula_words import formula_words


@dataclass(frozen=True, slots=True)
class TierRow:
    label: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class LeafRow:
    code: str
    name: str
    weight: Decimal
    by_formula: bool
    rule: str
    hint: str
    tiers: tuple[TierRow, ...]


@dataclass(frozen=True, slots=True)
class IndicatorRows:
    code: str
    name: str
    weight: Decimal
    leaves: tuple[LeafRow, ...]


@dataclass(frozen=True, slots=True)
class DimensionRows:
    code: str
    name: str
    kind: str
    weight: Decimal
    indicators: tuple[IndicatorRows, ...]


def sheet_rows(tree: object, language: str) -> tuple[DimensionRows, ...]:
    """The tree in a language; empty when the call has no sheet that could be read."""
    try:
        sheet = parse(tree)
    except SheetError:
        return ()
    return tuple(_dimension(dimension, language) for dimension in sheet.dimensions)


def totals(rows: Iterable[DimensionRows]) -> tuple[Decimal, Decimal]:
    """How many points formulas give and how many experts give."""
    leaves = [leaf for d in rows for i in d.indicators for leaf in i.leaves]
    formula = sum((leaf.weight for leaf in leaves if leaf.by_formula), Decimal(0))
    return formula, sum((leaf.weight for leaf in leaves), Decimal(0)) - formula


def _dimension(node: Dimension, language: str) -> DimensionRows:
    indicators = tuple(_indicator(child, language) for child in node.indicators)
    return DimensionRows(node.code, node.name(language), node.kind, node.weight, indicators)


def _indicator(node: Indicator, language: str) -> IndicatorRows:
    leaves = tuple(_leaf(leaf, language) for leaf in node.leaves)
    return IndicatorRows(node.code, node.name(language), node.weight, leaves)


def _leaf(leaf: Leaf, language: str) -> LeafRow:
    return LeafRow(
        code=leaf.code,
        name=leaf.name(language),
        weight=leaf.weight,
        by_formula=leaf.mode == "formula",
        rule=formula_words(leaf) if leaf.mode == "formula" else "",
        hint=leaf.hint(language),
        tiers=tuple(TierRow(t.label(language), t.low, t.high) for t in leaf.tiers),
    )
