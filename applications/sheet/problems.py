"""What can be wrong with a sheet, a reference or a mark: a key to translate, and its values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

PROBLEM_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "not_a_list": "must be a list",
        "not_a_node": "must be an object with code, names and weight",
        "unknown_field": "has a field nobody reads: {field}",
        "code_missing": "needs a code",
        "code_twice": "the code is used more than once",
        "name_missing": "needs a name in Chinese and in English",
        "weight_unreadable": "the weight must be points above 0 with at most two decimals",
        "weights_do_not_add_up": "its parts total {total}, not {weight}",
        "children_missing": "has nothing below it",
        "kind_unknown": "a dimension is either quality or employment",
        "kind_count": "exactly one dimension must be {kind}, there are {count}",
        "mode_unknown": "a leaf is marked by experts or computed by formula",
        "formula_at_hearing": "at a hearing experts alone give points; nothing is computed",
        "formula_unknown": "there is no formula named {formula}",
        "leaf_unknown": "the sheet has no formula leaf of this code",
        "reference_missing": "the formula needs the reference {reference}",
        "reference_unknown": "the formula does not use the reference {reference}",
        "reference_unreadable": "the reference {reference} must be a number in quotes, 0 or more",
        "reference_zero": "the reference {reference} must be above 0: figures are divided by it",
        "reference_order": "full_ratio must be above from_ratio",
        "reference_above_weight": "the reference {reference} gives more points than the leaf has",
        "tiers_missing": "an expert leaf needs at least two tiers",
        "tier_unreadable": "tier {tier}: low, high and base are points with at most two decimals",
        "tier_label_missing": "tier {tier}: needs a label in Chinese and in English",
        "tier_upside_down": "tier {tier}: low, base and high must stand in this order",
        "tiers_top": "the first tier must reach {weight}",
        "tiers_bottom": "the last tier must go down to 0",
        "tiers_gap": "tier {tier} must end 0.01 below the tier before it begins",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (a code of the sheet), which rule, the values its message names."""

    where: str
    key: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        text = PROBLEM_TEXTS.get(self.key, self.key).format(**self.values)
        return f"{self.where}: {text}" if self.where else text


class SheetError(ValueError):
    """A sheet that cannot be scored, with everything found wrong in it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
