"""The score sheet (打分表): a tree of dimension, indicator and leaf whose weights total 100.

Plain Python. A sheet is data of its call, versioned and frozen with it; no weight, tier or
reference is written in code.
"""

from applications.sheet.problems import PROBLEM_TEXTS, Problem, SheetError
from applications.sheet.reading import (
    default_hearing_sheet,
    default_sheet,
    parse,
    parse_hearing,
)
from applications.sheet.references import FORMULA_REFERENCES, read_decimal
from applications.sheet.tree import Dimension, Indicator, Kind, Leaf, Mode, Node, Sheet, Tier

__all__ = [
    "FORMULA_REFERENCES",
    "PROBLEM_TEXTS",
    "Dimension",
    "Indicator",
    "Kind",
    "Leaf",
    "Mode",
    "Node",
    "Problem",
    "Sheet",
    "SheetError",
    "Tier",
    "default_hearing_sheet",
    "default_sheet",
    "parse",
    "parse_hearing",
    "read_decimal",
]
