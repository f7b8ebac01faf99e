"""From the stored JSON of a sheet to its frozen objects, refusing what could not be scored.

The tree is a list of dimensions; each node has `code`, `name_zh`, `name_en`, `weight` and, except a
leaf, `children`. A dimension adds `kind`; a leaf adds `mode`, an expert leaf `tiers` (best first),
a formula leaf `formula` and `references`; `hint_zh` and `hint_en` are free. Numbers are whole
numbers or decimal strings, never JSON floats.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from applications.sheet.problems import Problem, SheetError
from applications.sheet.references import FORMULA_REFERENCES, read_decimal, read_references
from applications.sheet.tree import Dimension, Indicator, Kind, Leaf, Mode, Node, Sheet, Tier

FULL_MARKS = Decimal(100)
STEP = Decimal("0.01")
HEARING_SHEET = Path(__file__).parents[1] / "data" / "hearing_sheet.json"
FIRST_SHEET = Path(__file__).parents[1] / "data" / "score_sheet_2024.json"

_NODE_FIELDS = {"code", "name_zh", "name_en", "weight"}
_BRANCH_FIELDS = _NODE_FIELDS | {"children"}
_LEAF_FIELDS = _NODE_FIELDS | {"mode", "tiers", "formula", "references", "hint_zh", "hint_en"}


def default_sheet() -> list[dict[str, Any]]:
    """The sheet of the 2024 call: 项目质量 70, 就业贡献 30; 76 by formula, 24 by experts."""
    return cast("list[dict[str, Any]]", json.loads(FIRST_SHEET.read_text(encoding="utf-8")))


def default_hearing_sheet() -> list[dict[str, Any]]:
    """A sheet for a hearing: 项目质量 70, 就业贡献 30, all by experts."""
    return cast("list[dict[str, Any]]", json.loads(HEARING_SHEET.read_text(encoding="utf-8")))


def parse_hearing(tree: object) -> Sheet:
    """The sheet of a hearing: as any other, but nothing on it is computed. Raises SheetError."""
    sheet = parse(tree)
    computed = [Problem(leaf.code, "formula_at_hearing") for leaf in sheet.formula_leaves()]
    if computed:
        raise SheetError(computed)
    return sheet


def parse(tree: object) -> Sheet:
    """The sheet that this JSON describes. Raises SheetError with everything that is wrong."""
    problems: list[Problem] = []
    dimensions = tuple(_dimension(raw, problems) for raw in _nodes(tree, "", problems))
    if not problems:
        _check_total("", FULL_MARKS, dimensions, problems)
        _check_kinds(dimensions, problems)
        _check_codes(dimensions, problems)
    if problems:
        raise SheetError(problems)
    return Sheet(dimensions)


def _dimension(raw: Mapping[str, Any], problems: list[Problem]) -> Dimension:
    code, name_zh, name_en, weight = _node(raw, _BRANCH_FIELDS | {"kind"}, problems)
    kind = raw.get("kind")
    if kind not in ("quality", "employment"):
        problems.append(Problem(code, "kind_unknown"))
    children = _nodes(raw.get("children"), code, problems)
    indicators = tuple(_indicator(child, problems) for child in children)
    _check_total(code, weight, indicators, problems)
    return Dimension(code, name_zh, name_en, weight, cast("Kind", kind), indicators)


def _indicator(raw: Mapping[str, Any], problems: list[Problem]) -> Indicator:
    code, name_zh, name_en, weight = _node(raw, _BRANCH_FIELDS, problems)
    leaves = tuple(_leaf(child, problems) for child in _nodes(raw.get("children"), code, problems))
    _check_total(code, weight, leaves, problems)
    return Indicator(code, name_zh, name_en, weight, leaves)


def _leaf(raw: Mapping[str, Any], problems: list[Problem]) -> Leaf:
    code, name_zh, name_en, weight = _node(raw, _LEAF_FIELDS, problems)
    mode, formula = raw.get("mode"), str(raw.get("formula", ""))
    tiers: tuple[Tier, ...] = ()
    references: dict[str, Decimal] = {}
    if mode == "expert":
        tiers = _tiers(code, weight, raw.get("tiers"), problems)
    elif mode != "formula":
        problems.append(Problem(code, "mode_unknown"))
    elif formula not in FORMULA_REFERENCES:
        problems.append(Problem(code, "formula_unknown", {"formula": formula}))
    else:
        references = read_references(code, formula, weight, raw.get("references"), problems)
    hints = str(raw.get("hint_zh", "")), str(raw.get("hint_en", ""))
    return Leaf(
        code, name_zh, name_en, weight, cast("Mode", mode), tiers, formula, references, *hints
    )


def _nodes(raw: object, where: str, problems: list[Problem]) -> list[Mapping[str, Any]]:
    """The children that are objects; what is not one is a problem."""
    if not isinstance(raw, list):
        problems.append(Problem(where, "children_missing" if raw is None else "not_a_list"))
        return []
    if not raw:
        problems.append(Problem(where, "children_missing"))
    problems += [Problem(where, "not_a_node") for child in raw if not isinstance(child, Mapping)]
    return [child for child in raw if isinstance(child, Mapping)]


def _node(
    raw: Mapping[str, Any], known: set[str], problems: list[Problem]
) -> tuple[str, str, str, Decimal]:
    """Code, names and weight of any node."""
    code = raw.get("code")
    where = code.strip() if isinstance(code, str) else ""
    problems += [
        Problem(where, "unknown_field", {"field": str(field)})
        for field in raw
        if field not in known
    ]
    if not where:
        problems.append(Problem("", "code_missing"))
    names = [raw.get("name_zh"), raw.get("name_en")]
    if not all(isinstance(name, str) and name.strip() for name in names):
        problems.append(Problem(where, "name_missing"))
    weight = _points(raw.get("weight"))
    if weight is None or weight <= 0:
        problems.append(Problem(where, "weight_unreadable"))
        weight = Decimal(0)
    return where, str(names[0]), str(names[1]), weight


def _points(raw: object) -> Decimal | None:
    """Points from 0 to 100 with at most two decimals; None for anything else."""
    value = read_decimal(raw)
    if value is None or not 0 <= value <= FULL_MARKS or value % STEP:
        return None
    return value


def _tiers(where: str, weight: Decimal, raw: object, problems: list[Problem]) -> tuple[Tier, ...]:
    if not isinstance(raw, list) or len(raw) < 2:
        problems.append(Problem(where, "tiers_missing"))
        return ()
    tiers = [_tier(where, number, item, problems) for number, item in enumerate(raw, start=1)]
    read = tuple(tier for tier in tiers if tier is not None)
    if len(read) == len(tiers):
        _check_cover(where, weight, read, problems)
    return read


def _tier(where: str, number: int, raw: object, problems: list[Problem]) -> Tier | None:
    given: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    low, high, base = (_points(given.get(key)) for key in ("low", "high", "base"))
    if low is None or high is None or base is None:
        problems.append(Problem(where, "tier_unreadable", {"tier": str(number)}))
        return None
    labels = [given.get("label_zh"), given.get("label_en")]
    if not all(isinstance(label, str) and label.strip() for label in labels):
        problems.append(Problem(where, "tier_label_missing", {"tier": str(number)}))
    if not low <= base <= high:
        problems.append(Problem(where, "tier_upside_down", {"tier": str(number)}))
    return Tier(str(labels[0]), str(labels[1]), low, high, base)


def _check_cover(
    where: str, weight: Decimal, tiers: Sequence[Tier], problems: list[Problem]
) -> None:
    """Every score from the weight down to 0 belongs to exactly one tier."""
    if tiers[0].high != weight:
        problems.append(Problem(where, "tiers_top", {"weight": str(weight)}))
    if tiers[-1].low != 0:
        problems.append(Problem(where, "tiers_bottom"))
    for number, (above, below) in enumerate(pairwise(tiers), start=2):
        if below.high != above.low - STEP:
            problems.append(Problem(where, "tiers_gap", {"tier": str(number)}))


def _check_total(
    where: str, weight: Decimal, parts: Sequence[Node], problems: list[Problem]
) -> None:
    total = sum((part.weight for part in parts), Decimal(0))
    if parts and total != weight:
        problems.append(
            Problem(where, "weights_do_not_add_up", {"total": str(total), "weight": str(weight)})
        )


def _check_kinds(dimensions: Sequence[Dimension], problems: list[Problem]) -> None:
    counts = Counter(dimension.kind for dimension in dimensions)
    kinds: tuple[Kind, ...] = ("quality", "employment")
    problems += [
        Problem("", "kind_count", {"kind": kind, "count": str(counts[kind])})
        for kind in kinds
        if counts[kind] != 1
    ]


def _check_codes(dimensions: Sequence[Dimension], problems: list[Problem]) -> None:
    """Codes are unique over the whole tree: marks are kept under them."""
    nodes: list[Node] = list(dimensions)
    nodes += [indicator for dimension in dimensions for indicator in dimension.indicators]
    nodes += [leaf for dimension in dimensions for leaf in dimension.leaves()]
    codes = Counter(node.code for node in nodes)
    problems += [Problem(code, "code_twice") for code, count in codes.items() if count > 1]
