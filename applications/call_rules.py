"""The rules of a call as frozen, versioned data. Plain Python.

Every number of 申报指南 that the review obeys stands here and nowhere else (domain rule: no
published measure fixes weights, caps or panel sizes, so they are settings, never constants).
"""

from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self

Aggregation = Literal["mean", "trimmed", "median"]
CutOff = Literal["strict", "skip", "partial"]
Panels = Literal["pooled", "quota"]
Experts = Literal["panel", "application"]
Match = Literal["total", "least"]
Shortlist = Literal["times", "floor"]
QUOTA_NAMES = (
    "most_per_industry",
    "percent_per_industry",
    "most_per_prefecture",
    "percent_per_prefecture",
)
TIE_KEYS = ("employment", "net_new_jobs", "quality")
_AMOUNTS = ("floor", "interest_rate")  # kept in data as text, with two decimals
_LISTS = ("ties", "instalments", "grades")


class RulesError(ValueError):
    """A rule that cannot be: names the field and what is wrong with it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


@dataclass(frozen=True, slots=True)
class CallRules:
    """Rules of one call. Days are working days; percentages are whole numbers; floor in points.

    `panels`: pooled, one list over all; quota, each panel has a share of the money by its dossiers.
    `most_…`, `percent_…`: the most projects, and the most of the envelope, that one industry or one
    prefecture (its reporting line) may get; None: no limit. `awards.funding.draw_line` obeys them.
    `experts`: drawn by panels, or matched with single applications: then each gets `panel_size`,
    nobody more than `most_dossiers`, and `match` says what is made greatest, the total of
    affinities or the least score of an application.
    `part_answer_days`: how long a firm that is offered a part has to answer.
    `objection_review_days`: how long after its answer an objection's review may be asked for.

    `hearing_…`: the second stage (答辩); `hearing_percent` is its weight in the total, 0: there is
    none. Minutes are a dossier's. `hearing_shortlist`: who comes to it, all that reach the merit
    floor on paper, or (times) in the order of the paper review until the sums asked for reach
    `hearing_times` envelopes.

    After the award: the last instalment follows the jobs achieved, in percent of those promised:
    under `jobs_cut_below` it is cut in proportion, under `jobs_fail_below` nothing of it is paid.
    From instalment `midterm_before` on a passed mid-term check is needed (0: none). A project is
    idle after so many months; `interest_rate` is percent a year (actual/365); the grades 优, 良, 中
    begin at these points, what is below is 差; a credit record expires after `credit_years`.
    """

    experts: Experts = "panel"
    panel_size: int = 7
    most_dossiers: int = 12
    match: Match = "total"
    min_scores: int = 5
    alternates: int = 3
    max_panels: int = 1
    max_single_recusals_percent: int = 15
    exclude_same_region: bool = True
    aggregation: Aggregation = "trimmed"
    trim_from: int = 5
    ties: tuple[str, ...] = TIE_KEYS
    floor: Decimal = Decimal("60.00")
    cut_off: CutOff = "strict"
    panels: Panels = "pooled"
    most_per_industry: int | None = None
    percent_per_industry: int | None = None
    most_per_prefecture: int | None = None
    percent_per_prefecture: int | None = None
    instalments: tuple[int, ...] = (50, 30, 20)
    regional_quota: int = 20
    quota_by_region: dict[str, int] = field(default_factory=dict)
    correction_days: int = 5
    screening_days: int = 20
    scoring_days: int = 10
    site_view_days: int = 5
    part_answer_days: int = 5
    notice_days: int = 5
    objection_answer_days: int = 10
    objection_review_days: int = 5
    agreement_days: int = 20
    request_days: int = 5
    comment_min_chars: int = 20
    hearing_percent: int = 0
    hearing_presenting: int = 10
    hearing_questions: int = 10
    hearing_shortlist: Shortlist = "times"
    hearing_times: int = 2
    jobs_cut_below: int = 80
    jobs_fail_below: int = 50
    midterm_before: int = 0
    report_due_days: int = 10
    amendment_percent: int = 20
    idle_months: int = 3
    recall_reply_days: int = 10
    clawback_days: int = 30
    interest_rate: Decimal = Decimal("3.45")
    grades: tuple[int, ...] = (90, 80, 60)
    credit_years: int = 3

    @property
    def has_hearing(self) -> bool:
        """Whether a hearing follows the paper review."""
        return self.hearing_percent > 0

    @property
    def hearing_minutes(self) -> int:
        """How long one dossier's hearing takes."""
        return self.hearing_presenting + self.hearing_questions

    @property
    def by_application(self) -> bool:
        """Whether experts are matched with single applications, without panels."""
        return self.experts == "application"

    @property
    def has_quotas(self) -> bool:
        """Whether anything but rank and money can keep a project from being funded."""
        return self.panels == "quota" or any(getattr(self, name) for name in QUOTA_NAMES)

    def quota(self, region_code: str) -> int:
        """How many dossiers a region may recommend."""
        return self.quota_by_region.get(region_code, self.regional_quota)

    def to_data(self) -> dict[str, Any]:
        """JSON-able data; `from_data` gives the same rules back. Without a hearing, nothing is said
        of one.
        """
        data = asdict(self)
        if not self.has_hearing:
            data = {name: value for name, value in data.items() if not name.startswith("hearing_")}
        data |= {name: str(getattr(self, name)) for name in _AMOUNTS}
        data |= {name: list(getattr(self, name)) for name in _LISTS}
        return data

    @staticmethod
    def is_hearing_in(data: dict[str, Any]) -> bool:
        """Whether stored data, which may be no rules at all, ask for a hearing."""
        return bool(data.get("hearing_percent"))

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Rules from stored data. Raises RulesError naming the field that is wrong."""
        known = {f.name for f in fields(cls)}
        for name in data:
            if name not in known:
                raise RulesError(name, "unknown rule")
        values = dict(data)
        for name in (name for name in _AMOUNTS if name in values):
            try:
                values[name] = Decimal(str(values[name])).quantize(Decimal("0.01"))
            except InvalidOperation:
                raise RulesError(name, "not a number") from None
        for name in _LISTS:
            if name in values:
                values[name] = tuple(values[name])
        rules = cls(**values)
        rules.check()
        return rules

    def check(self) -> None:
        """Raise RulesError for the first rule that cannot be."""
        self._check_experts()
        if self.aggregation not in ("mean", "trimmed", "median"):
            raise RulesError("aggregation", "mean, trimmed or median")
        if self.trim_from < 3:
            raise RulesError("trim_from", "at least 3")
        if sorted(self.ties) != sorted(set(self.ties)) or not set(self.ties) <= set(TIE_KEYS):
            raise RulesError("ties", "each of employment, net_new_jobs, quality at most once")
        if not Decimal(0) <= self.floor <= Decimal(100):
            raise RulesError("floor", "from 0 to 100 points")
        if self.cut_off not in ("strict", "skip", "partial"):
            raise RulesError("cut_off", "strict, skip or partial")
        if not self.instalments or sum(self.instalments) != 100 or min(self.instalments) <= 0:
            raise RulesError("instalments", "whole percentages above 0 that total 100")
        self._check_quotas()
        self._check_days()
        self._check_hearing()
        self._check_closure()

    def _check_experts(self) -> None:
        if not 3 <= self.panel_size <= 21 or self.panel_size % 2 == 0:
            raise RulesError("panel_size", "an odd number from 3 to 21")
        if self.experts not in ("panel", "application"):
            raise RulesError("experts", "panel or application")
        if self.match not in ("total", "least"):
            raise RulesError("match", "total or least")
        if not 1 <= self.most_dossiers <= 999:
            raise RulesError("most_dossiers", "from 1 to 999")
        if not 1 <= self.min_scores <= self.panel_size:
            raise RulesError("min_scores", "from 1 to the panel size")

    def _check_quotas(self) -> None:
        if self.panels not in ("pooled", "quota"):
            raise RulesError("panels", "pooled or quota")
        for name in QUOTA_NAMES:
            value = getattr(self, name)
            most = 99 if name.startswith("percent") else 9999
            if value is not None and (type(value) is not int or not 1 <= value <= most):
                raise RulesError(name, f"nothing, or a whole number from 1 to {most}")

    def _check_days(self) -> None:
        for name in (n for n in self.__slots__ if n.endswith("_days")):
            if getattr(self, name) < 1:
                raise RulesError(name, "at least one working day")

    def _check_hearing(self) -> None:
        if not 0 <= self.hearing_percent <= 99:
            raise RulesError("hearing_percent", "from 0, no hearing, to 99")
        if self.has_hearing and self.by_application:
            raise RulesError("hearing_percent", "0 where experts are matched with applications")
        for name in ("hearing_presenting", "hearing_questions"):
            if not 1 <= getattr(self, name) <= 120:
                raise RulesError(name, "from 1 to 120 minutes")
        if self.hearing_shortlist not in ("times", "floor"):
            raise RulesError("hearing_shortlist", "times or floor")
        if not 2 <= self.hearing_times <= 9:
            raise RulesError("hearing_times", "from 2 to 9")

    def _check_closure(self) -> None:
        if not 0 <= self.jobs_fail_below <= self.jobs_cut_below <= 100:
            raise RulesError("jobs_fail_below", "from 0 to the percentage of the cut, at most 100")
        if not 0 <= self.midterm_before <= len(self.instalments):
            raise RulesError("midterm_before", "0, or the number of an instalment")
        if not 0 <= self.amendment_percent <= 100:
            raise RulesError("amendment_percent", "from 0 to 100")
        for name, most in (("idle_months", 24), ("credit_years", 20)):
            if not 1 <= getattr(self, name) <= most:
                raise RulesError(name, f"from 1 to {most}")
        if not 0 <= self.interest_rate <= 24:
            raise RulesError("interest_rate", "from 0 to 24 percent a year")
        falling = sorted(set(self.grades), reverse=True)
        if len(self.grades) != 3 or list(self.grades) != falling or falling[-1] <= 0:
            raise RulesError("grades", "three falling whole numbers of points above 0")
        if falling[0] > 100:
            raise RulesError("grades", "at most 100 points")
