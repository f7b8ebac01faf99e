"""The checked figures of a dossier that formula leaves are computed from (申报数据).

Plain Python. Amounts in yuan, land in mu (亩), persons as full-time equivalents or a twelve-month
mean and so with decimals if need be. What is not filled in yet is None.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Literal, Self, get_args

from applications.sheet import read_decimal

EnergyLevel = Literal["advanced", "benchmark", "no_norm", "above"]
CatalogueMatch = Literal["cluster", "catalogue", "encouraged", "none", "restricted"]
Unit = Literal["yuan", "mu", "persons"]

ENERGY_LEVELS: Final[tuple[EnergyLevel, ...]] = get_args(EnergyLevel)
CATALOGUE_MATCHES: Final[tuple[CatalogueMatch, ...]] = get_args(CatalogueMatch)
PERMITS: Final = (
    "permit_filing",  # 备案或核准
    "permit_land",  # 用地
    "permit_planning",  # 规划许可
    "permit_eia",  # 环评
    "permit_construction",  # 施工许可
)
UNITS: Final[Mapping[str, Unit]] = MappingProxyType(
    {
        "fixed_assets_yuan": "yuan",
        "land_mu": "mu",
        "own_funds_yuan": "yuan",
        "signed_loans_yuan": "yuan",
        "requested_yuan": "yuan",
        "rd_spend_yuan": "yuan",
        "revenue_yuan": "yuan",
        "tax_yuan": "yuan",
        "invested_yuan": "yuan",
        "average_wage_yuan": "yuan",
        "local_wage_yuan": "yuan",
        "baseline_headcount": "persons",
        "promised_headcount": "persons",
        "insured": "persons",
        "employed": "persons",
        "priority_headcount": "persons",
    }
)
DECIMAL_FIELDS: Final = tuple(UNITS)


class FiguresError(ValueError):
    """Figures that cannot be read; {field: not_a_number, negative or unknown_choice}."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Typed inputs of all formulas. `tax_yuan` is a year's expected tax, `rd_spend_yuan` and
    `revenue_yuan` the last audited year; `priority_headcount` counts graduates and hard-to-employ
    persons among the new hires; `baseline_headcount` is the mean insured headcount of the twelve
    months before the guide, so that one good day gains nothing."""

    fixed_assets_yuan: Decimal | None = None
    land_mu: Decimal | None = None
    own_funds_yuan: Decimal | None = None
    signed_loans_yuan: Decimal | None = None
    requested_yuan: Decimal | None = None
    rd_spend_yuan: Decimal | None = None
    revenue_yuan: Decimal | None = None
    tax_yuan: Decimal | None = None
    invested_yuan: Decimal | None = None
    baseline_headcount: Decimal | None = None
    promised_headcount: Decimal | None = None
    insured: Decimal | None = None
    employed: Decimal | None = None
    average_wage_yuan: Decimal | None = None
    local_wage_yuan: Decimal | None = None
    priority_headcount: Decimal | None = None
    permit_filing: bool = False
    permit_land: bool = False
    permit_planning: bool = False
    permit_eia: bool = False
    permit_construction: bool = False
    energy_level: EnergyLevel | None = None
    catalogue_match: CatalogueMatch | None = None

    @property
    def net_new_jobs(self) -> Decimal | None:
        """净新增就业: promised headcount less the baseline, never below 0."""
        if self.promised_headcount is None or self.baseline_headcount is None:
            return None
        return max(Decimal(0), self.promised_headcount - self.baseline_headcount)

    @property
    def permits_held(self) -> int:
        """How many of the five permits are in hand."""
        return sum(bool(getattr(self, permit)) for permit in PERMITS)

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Self:
        """Figures from a stored submission: keys are the field names, numbers are decimal strings.

        Empty and missing values become None (a permit: not held); other keys are left alone.
        Raises FiguresError naming every field that cannot be read.
        """
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, read in READERS.items():
            if name in content:
                try:
                    values[name] = read(content[name])
                except ValueError as error:
                    problems[name] = str(error)
        if problems:
            raise FiguresError(problems)
        return cls(**values)


def _read_choice(choices: tuple[str, ...], raw: object) -> str | None:
    if raw is None or raw == "":
        return None
    if raw not in choices:
        raise ValueError("unknown_choice")
    return raw


def _read_permit(raw: object) -> bool:
    if raw in (None, "", False, "false", "False"):
        return False
    if raw in (True, "true", "True"):
        return True
    raise ValueError("unknown_choice")


def _read_number(raw: object) -> Decimal | None:
    if raw is None or raw == "":
        return None
    value = read_decimal(raw)
    if value is None:
        raise ValueError("not_a_number")
    if value < 0:
        raise ValueError("negative")
    return value


# How one stored value is read as its type; ValueError with the key of what is wrong.
READERS: Final[Mapping[str, Callable[[object], Decimal | bool | str | None]]] = MappingProxyType(
    dict.fromkeys(UNITS, _read_number)
    | dict.fromkeys(PERMITS, _read_permit)
    | {
        "energy_level": partial(_read_choice, ENERGY_LEVELS),
        "catalogue_match": partial(_read_choice, CATALOGUE_MATCHES),
    }
)
