"""The numbers of service, as data: limits in working days, the ladder, weights. No Django.

Versioned (`ServiceSettings`); the defaults are the first version, proposals without outside
authority. A clock keeps the days it was started with, so that a new version changes none of them.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

MOST_DAYS = 250  # working days: about a year
PERCENTS = ("half_percent", "near_percent")
WEIGHTS = (
    "weight_on_time",
    "weight_satisfaction",
    "weight_visits",
    "weight_milestones",
    "weight_data",
)


class ServiceRulesError(ValueError):
    """A number that cannot stand; `field` is its name."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem = field, problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRules:
    """All times in working days. A general request has the call's own `request_days`.

    `object_days`: how long a unit may send back what was passed to it; `extension_lead_days`: how
    long before the due day more time is asked for; `overdue_…`: days past due at which the next
    level up is told; `visits_building` a week, `visits_running` a month (after 投产); `weight_…`:
    points of the quarterly appraisal, 100 in all.
    """

    appointment_days: int = 3
    first_contact_days: int = 1
    first_visit_days: int = 5
    response_days: int = 3
    complex_days: int = 15
    hard_days: int = 30
    sign_days: int = 1
    object_days: int = 1
    extension_lead_days: int = 1
    extension_most_days: int = 15
    silence_days: int = 5
    half_percent: int = 50
    near_percent: int = 80
    overdue_unit: int = 1
    overdue_city: int = 3
    overdue_province: int = 5
    overdue_inquiry: int = 10
    visits_building: int = 1
    visits_running: int = 1
    weight_on_time: int = 30
    weight_satisfaction: int = 30
    weight_visits: int = 15
    weight_milestones: int = 15
    weight_data: int = 10

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name not in (*PERCENTS, *WEIGHTS) and not 1 <= value <= MOST_DAYS:
                raise ServiceRulesError(name, "range")
        if not 0 < self.half_percent < self.near_percent < 100:
            raise ServiceRulesError("near_percent", "order")
        if any(not 0 <= getattr(self, name) <= 100 for name in WEIGHTS):
            raise ServiceRulesError("weight_data", "range")
        if sum(getattr(self, name) for name in WEIGHTS) != 100:
            raise ServiceRulesError("weight_data", "total")
        if list(self.ladder) != sorted(set(self.ladder)):
            raise ServiceRulesError("overdue_inquiry", "order")

    @property
    def ladder(self) -> tuple[int, int, int, int]:
        """Working days past due: unit, city, province, inquiry."""
        return self.overdue_unit, self.overdue_city, self.overdue_province, self.overdue_inquiry

    def to_data(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Rules from stored data. ServiceRulesError names the number that is wrong."""
        known = {field.name for field in fields(cls)}
        for name, value in data.items():
            if name not in known:
                raise ServiceRulesError(name, "unknown")
            if not isinstance(value, int) or isinstance(value, bool):
                raise ServiceRulesError(name, "whole")
        return cls(**data)
