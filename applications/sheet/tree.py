"""The score sheet as frozen objects: dimension, indicator, leaf."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from applications.sheet.problems import Problem, SheetError
from applications.sheet.references import read_references

Mode = Literal["expert", "formula"]
Kind = Literal["quality", "employment"]


def _in_language(zh: str, en: str, language: str) -> str:
    return en if language.startswith("en") and en else zh


@dataclass(frozen=True, slots=True)
class Tier:
    """A written level of an expert leaf: points from `low` to `high`, as a rule `base`."""

    label_zh: str
    label_en: str
    low: Decimal
    high: Decimal
    base: Decimal

    def label(self, language: str) -> str:
        return _in_language(self.label_zh, self.label_en, language)

    def holds(self, score: Decimal) -> bool:
        """Whether the score lies within this tier."""
        return self.low <= score <= self.high


@dataclass(frozen=True)
class Node:
    """What every level of the tree has: code, names, points."""

    code: str
    name_zh: str
    name_en: str
    weight: Decimal

    def name(self, language: str) -> str:
        """The name in English when asked for by "en…", else in Chinese."""
        return _in_language(self.name_zh, self.name_en, language)


@dataclass(frozen=True)
class Leaf(Node):
    """What gets points: by experts (`tiers`, best first) or by `formula` and its `references`."""

    mode: Mode
    tiers: tuple[Tier, ...] = ()
    formula: str = ""
    references: Mapping[str, Decimal] = field(default_factory=dict)
    hint_zh: str = ""
    hint_en: str = ""

    def hint(self, language: str) -> str:
        """What to look at when judging this leaf; may be empty."""
        return _in_language(self.hint_zh, self.hint_en, language)


@dataclass(frozen=True)
class Indicator(Node):
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Dimension(Node):
    """项目质量 or 就业贡献, the two factors that article 十四 names."""

    kind: Kind
    indicators: tuple[Indicator, ...]

    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaf for indicator in self.indicators for leaf in indicator.leaves)


@dataclass(frozen=True)
class Sheet:
    """A whole score sheet. Made by `parse`, which lets only valid ones through."""

    dimensions: tuple[Dimension, ...]

    @cached_property
    def _leaves(self) -> Mapping[str, Leaf]:
        return {leaf.code: leaf for dimension in self.dimensions for leaf in dimension.leaves()}

    @cached_property
    def _kinds(self) -> Mapping[str, Kind]:
        return {
            leaf.code: dimension.kind
            for dimension in self.dimensions
            for leaf in dimension.leaves()
        }

    @cached_property
    def _expert_leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaf for leaf in self.leaves() if leaf.mode == "expert")

    @cached_property
    def _formula_leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaf for leaf in self.leaves() if leaf.mode == "formula")

    def leaves(self) -> tuple[Leaf, ...]:
        """All leaves in the order of the sheet."""
        return tuple(self._leaves.values())

    def leaf(self, code: str) -> Leaf:
        """The leaf of this code. Raises KeyError."""
        return self._leaves[code]

    def kind_of(self, code: str) -> Kind:
        """Whether the leaf counts as quality or as employment. Raises KeyError."""
        return self._kinds[code]

    def expert_leaves(self) -> tuple[Leaf, ...]:
        return self._expert_leaves

    def formula_leaves(self) -> tuple[Leaf, ...]:
        return self._formula_leaves

    @property
    def expert_max(self) -> Decimal:
        """Points that experts give at most (24 on the first sheet)."""
        return sum((leaf.weight for leaf in self._expert_leaves), Decimal(0))

    @property
    def formula_max(self) -> Decimal:
        """Points that formulas give at most (76 on the first sheet)."""
        return sum((leaf.weight for leaf in self._formula_leaves), Decimal(0))

    @property
    def quality(self) -> Dimension:
        return next(dimension for dimension in self.dimensions if dimension.kind == "quality")

    @property
    def employment(self) -> Dimension:
        return next(dimension for dimension in self.dimensions if dimension.kind == "employment")

    def with_references(self, overrides: Mapping[str, Mapping[str, Any]]) -> "Sheet":
        """The same sheet with the references of a panel group: {leaf code: {reference: "number"}}.

        What is not named keeps the sheet's own reference. Raises SheetError.
        """
        if not overrides:
            return self
        formula_codes = {leaf.code for leaf in self._formula_leaves}
        problems = [
            Problem(code, "leaf_unknown") for code in overrides if code not in formula_codes
        ]
        changed: dict[str, Leaf] = {}
        for code in formula_codes & overrides.keys():
            leaf = self.leaf(code)
            merged = {**leaf.references, **overrides[code]}
            references = read_references(code, leaf.formula, leaf.weight, merged, problems)
            changed[code] = replace(leaf, references=references)
        if problems:
            raise SheetError(sorted(problems, key=lambda problem: problem.where))
        return Sheet(tuple(_with_leaves(dimension, changed) for dimension in self.dimensions))


def _with_leaves(dimension: Dimension, changed: Mapping[str, Leaf]) -> Dimension:
    indicators = tuple(
        replace(indicator, leaves=tuple(changed.get(leaf.code, leaf) for leaf in indicator.leaves))
        for indicator in dimension.indicators
    )
    return replace(dimension, indicators=indicators)
