"""The problems of a score sheet in the reader's language; the same words as the plain module's."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.sheet import Problem

SHEET_PROBLEMS: dict[str, Promise] = {
    "not_a_list": _("must be a list"),
    "not_a_node": _("must be an object with code, names and weight"),
    "unknown_field": _("has a field nobody reads: {field}"),
    "code_missing": _("needs a code"),
    "code_twice": _("the code is used more than once"),
    "name_missing": _("needs a name in Chinese and in English"),
    "weight_unreadable": _("the weight must be points above 0 with at most two decimals"),
    "weights_do_not_add_up": _("its parts total {total}, not {weight}"),
    "children_missing": _("has nothing below it"),
    "kind_unknown": _("a dimension is either quality or employment"),
    "kind_count": _("exactly one dimension must be {kind}, there are {count}"),
    "mode_unknown": _("a leaf is marked by experts or computed by formula"),
    "formula_at_hearing": _("at a hearing experts alone give points; nothing is computed"),
    "formula_unknown": _("there is no formula named {formula}"),
    "leaf_unknown": _("the sheet has no formula leaf of this code"),
    "reference_missing": _("the formula needs the reference {reference}"),
    "reference_unknown": _("the formula does not use the reference {reference}"),
    "reference_unreadable": _("the reference {reference} must be a number in quotes, 0 or more"),
    "reference_zero": _("the reference {reference} must be above 0: figures are divided by it"),
    "reference_order": _("full_ratio must be above from_ratio"),
    "reference_above_weight": _("the reference {reference} gives more points than the leaf has"),
    "tiers_missing": _("an expert leaf needs at least two tiers"),
    "tier_unreadable": _("tier {tier}: low, high and base are points with at most two decimals"),
    "tier_label_missing": _("tier {tier}: needs a label in Chinese and in English"),
    "tier_upside_down": _("tier {tier}: low, base and high must stand in this order"),
    "tiers_top": _("the first tier must reach {weight}"),
    "tiers_bottom": _("the last tier must go down to 0"),
    "tiers_gap": _("tier {tier} must end 0.01 below the tier before it begins"),
}


def sentence(problem: Problem) -> str:
    """Where it is and what is wrong there."""
    words = SHEET_PROBLEMS.get(problem.key)
    text = str(words).format(**problem.values) if words is not None else str(problem)
    return f"{problem.where}: {text}" if problem.where and words is not None else text
