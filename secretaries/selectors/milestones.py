"""A project's milestones, and the four rates by line and month."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from applications.models import Application, Submission
from calendars.wording import day_of
from secretaries.milestones import Progress, Rate, four_rates
from secretaries.models import (
    InvestmentReport,
    Mark,
    MilestoneNode,
    MilestoneTemplate,
    ProjectMilestone,
    ServiceAssignment,
    Stage,
)
from secretaries.rules import KNOWN
from secretaries.selectors.board import Lines

SHOWN_MONTHS = 12


def milestones_of(application: Application) -> QuerySet[ProjectMilestone]:
    return (
        ProjectMilestone.objects.filter(application=application)
        .select_related("node", "recorded_by")
        .order_by("node__place")
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """How many nodes are settled, how many run late, and the next one."""

    settled: int
    total: int
    late: int
    next: ProjectMilestone | None


def milestone_summary(application: Application, today: date) -> Summary:
    """A project's milestones in short. One query."""
    rows = list(milestones_of(application))
    waiting = [row for row in rows if row.reached_on is None and not row.left_out]
    return Summary(
        len(rows) - len(waiting), len(rows), len(late(rows, today)), next(iter(waiting), None)
    )


def nodes_in_force() -> QuerySet[MilestoneNode]:
    """The nodes of the latest version. One query."""
    latest = MilestoneTemplate.objects.order_by("-version").values("pk")[:1]
    return MilestoneNode.objects.filter(template=Subquery(latest)).order_by("place")


def planned_investment(application: Any) -> Subquery:
    """The fixed-asset investment of the latest submission, as its JSON has it."""
    rows = Submission.objects.filter(application=application).order_by("-version")
    return Subquery(rows.values("content__figures__fixed_assets_yuan")[:1])


def month_end(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months_to(month: date, count: int = SHOWN_MONTHS) -> list[date]:
    """The first days of so many months, the last of them this one's."""
    found = [month.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Rates:
    """The four rates of one month by line and in all, of all lines for the months before, and of
    each line for these months."""

    lines: list[tuple[str, dict[str, Rate]]]
    total: dict[str, Rate]
    months: list[tuple[date, dict[str, Rate]]]
    months_by_line: list[tuple[str, list[tuple[date, dict[str, Rate]]]]]
    projects: int


def rates(month: date) -> Rates:
    """For the month of this day. Three queries whatever the number of projects."""
    lines, by_region = Lines(), progress()
    by_line: dict[int, list[Progress]] = defaultdict(list)
    for region, rows in by_region.items():
        by_line[lines.head(lines.by_pk[region]).pk] += rows
    everything = [row for rows in by_line.values() for row in rows]
    last = month_end(month)
    return Rates(
        lines=[(str(head), four_rates(by_line[head.pk], last)) for head in lines.heads()],
        total=four_rates(everything, last),
        months=_by_month(everything, month),
        months_by_line=[(str(head), _by_month(by_line[head.pk], month)) for head in lines.heads()],
        projects=len(everything),
    )


def _by_month(projects: list[Progress], month: date) -> list[tuple[date, dict[str, Rate]]]:
    return [(m, four_rates(projects, month_end(m))) for m in months_to(month)]


def progress() -> dict[int, list[Progress]]:
    """Every project that is or was served, by region. Two queries."""
    rows = (
        Application.objects.filter(status__in=KNOWN, milestones__isnull=False)
        .values("pk", "region")
        .annotate(
            planned=planned_investment(OuterRef("pk")),
            since=_served_since(),
            **{mark: _reached(mark) for mark in (Mark.SIGNED, Mark.STARTED, Mark.COUNTED)},
            **_stage("landing", Stage.LANDING),
            **_stage("approvals", Stage.APPROVALS),
        )
        .order_by()
    )
    invested: dict[int, dict[date, Decimal]] = defaultdict(dict)
    for application, month, sum_ in InvestmentReport.objects.values_list(
        "application", "month", "invested"
    ):
        invested[application][month] = sum_
    found: dict[int, list[Progress]] = defaultdict(list)
    for row in rows:
        found[row["region"]].append(_progress(dict(row), invested))
    return found


def _served_since() -> Subquery:
    rows = ServiceAssignment.objects.filter(application=OuterRef("pk")).order_by("valid_from")
    return Subquery(rows.values("valid_from")[:1])


def _reached(mark: str) -> Max:
    return Max("milestones__reached_on", filter=Q(milestones__node__mark=mark))


def _stage(name: str, stage: str) -> dict[str, Any]:
    own = Q(milestones__node__stage=stage)
    missing = Q(milestones__reached_on__isnull=True, milestones__left_out=False)
    return {
        f"{name}_on": Max("milestones__reached_on", filter=own),
        f"{name}_open": Count("milestones", filter=own & missing),
    }


def _progress(row: dict[str, Any], invested: dict[int, dict[date, Decimal]]) -> Progress:
    landed = None if row["landing_open"] else row["landing_on"] or date.min
    ready = None if row["approvals_open"] else row["approvals_on"] or date.min
    return Progress(
        since=row["since"] and day_of(row["since"]),
        signed=row[Mark.SIGNED],
        landed=landed,
        ready=ready,
        started=row[Mark.STARTED],
        counted=row[Mark.COUNTED],
        planned=Decimal(str(row["planned"] or 0)),
        invested=invested.get(row["pk"], {}),
    )


def late(rows: Iterable[ProjectMilestone], today: date) -> list[ProjectMilestone]:
    """Those not reached although planned before today."""
    return [r for r in rows if r.reached_on is None and not r.left_out and r.planned_on < today]
