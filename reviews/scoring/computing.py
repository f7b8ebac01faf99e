"""Formula leaves of one dossier, each with its inputs, its sum and its points."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Literal

from applications.figures import PERMITS, UNITS, Figures
from applications.sheet import Kind, Leaf, Sheet
from reviews.scoring.formulas import FORMULAS, Case
from reviews.scoring.rounding import half_up
from reviews.scoring.terms import Term, plain

Note = Literal["", "missing", "divisor_zero"]
Unit = Literal["yuan", "yuan_per_mu", "mu", "persons", "ratio", "points", "yes_no", "choice"]

NOTE_KEYS: Final = ("missing", "divisor_zero")
VETOES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("catalogue_match", "restricted"): "restricted_industry",  # 限制或淘汰类
        ("energy_level", "above"): "energy_above_norm",
    }
)
VETO_KEYS: Final = tuple(VETOES.values())


@dataclass(frozen=True, slots=True)
class Input:
    """A figure or a reference of a leaf; `value` is a decimal string, a choice, "yes" or "no"."""

    key: str
    value: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Computed:
    """A formula leaf's points and how they came about.

    `working` is the sum with its real figures, amounts in 万元, and empty when there is none to
    show; `note` says why the score is 0 although a sum was wanted; `veto` names a 一票否决 that was
    met.
    """

    code: str
    score: Decimal
    max: Decimal
    formula: str
    inputs: tuple[Input, ...]
    references: tuple[Input, ...]
    working: str = ""
    note: Note = ""
    missing: tuple[str, ...] = ()
    veto: str = ""

    def to_data(self) -> dict[str, Any]:
        """JSON-able, for the record of how a ranking came about."""
        return {
            "score": str(self.score),
            "max": str(self.max),
            "formula": self.formula,
            "inputs": {given.key: given.value for given in self.inputs},
            "references": {given.key: given.value for given in self.references},
            "working": self.working,
            "note": self.note,
            "missing": list(self.missing),
            "veto": self.veto,
        }


def compute(
    sheet: Sheet,
    figures: Figures,
    references: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Computed]:
    """Points of every formula leaf, by code, in the order of the sheet.

    `references` are those of the panel group. Figures that are missing or divide by nothing give 0
    points and a note; nothing a dossier can hold raises.
    """
    sheet = sheet.with_references(references or {})
    return {leaf.code: _compute_leaf(leaf, figures) for leaf in sheet.formula_leaves()}


def subtotal(sheet: Sheet, computed: Mapping[str, Computed], kind: Kind) -> Decimal:
    """Formula points of one dimension: the sum of its rounded leaves."""
    parts = (result.score for code, result in computed.items() if sheet.kind_of(code) == kind)
    return sum(parts, Decimal("0.00"))


def vetoes(computed: Mapping[str, Computed]) -> tuple[str, ...]:
    """Keys of the vetoes that the figures meet, in the order of the sheet."""
    return tuple(result.veto for result in computed.values() if result.veto)


def _compute_leaf(leaf: Leaf, figures: Figures) -> Computed:
    formula = FORMULAS[leaf.formula]
    missing = tuple(field for field in formula.needs if getattr(figures, field) is None)
    points, note = _points(Case(leaf, figures), missing)
    score = half_up(min(max(points.value, Fraction(0)), Fraction(leaf.weight)))
    return Computed(
        code=leaf.code,
        score=score,
        max=leaf.weight,
        formula=leaf.formula,
        inputs=tuple(_input(field, getattr(figures, field)) for field in formula.needs),
        references=tuple(_reference(key, value) for key, value in leaf.references.items()),
        working=f"{points.text} = {score}" if points.is_sum else "",
        note=note,
        missing=missing,
        veto=_veto(formula.needs, figures),
    )


def _points(case: Case, missing: tuple[str, ...]) -> tuple[Term, Note]:
    if missing:
        return Term.of(0), "missing"
    try:
        return FORMULAS[case.leaf.formula].points(case), ""
    except ZeroDivisionError:
        return Term.of(0), "divisor_zero"


def _veto(fields: tuple[str, ...], figures: Figures) -> str:
    met = (VETOES.get((field, str(getattr(figures, field))), "") for field in fields)
    return next((veto for veto in met if veto), "")


def _input(field: str, value: object) -> Input:
    if field in PERMITS:
        return Input(field, "yes" if value else "no", "yes_no")
    if isinstance(value, Decimal):
        return Input(field, plain(value), UNITS[field])
    return Input(field, str(value or ""), UNITS.get(field, "choice"))


def _reference(key: str, value: Decimal) -> Input:
    unit: Unit = "persons"
    if key.endswith("_yuan_per_mu"):
        unit = "yuan_per_mu"
    elif key.endswith("full_yuan"):
        unit = "yuan"
    elif key.endswith("_ratio"):
        unit = "ratio"
    elif "points" in key:
        unit = "points"
    return Input(key, plain(value), unit)
