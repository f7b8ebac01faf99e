"""The quarterly reports that firms have not submitted, among the acts that wait."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet

from awards.models import Award, ProgressReport
from awards.quarters import Quarter, ended
from awards.selectors.acts import Act
from awards.selectors.progress import REPORTING, in_force_since
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of


def owed_by_firms(firms: Collection[int], now: datetime) -> list[Act]:
    """Of each of the firms' projects the oldest quarter without a report. Two queries at most."""
    missing = [
        (award, quarter)
        for award in _reporting(firms)
        if (quarter := _first_missing(award, now)) is not None
    ]
    table = working_days() if missing else None
    return [_act(award, quarter, table) for award, quarter in missing if table is not None]


def _reporting(firms: Collection[int]) -> QuerySet[Any]:
    standing = ProgressReport.objects.filter(award=OuterRef("pk")).exclude(status="returned")
    numbers = standing.order_by().values(n=F("year") * 4 + F("quarter"))
    return (
        Award.objects.filter(
            application__firm__in=firms,
            application__status__in=REPORTING,
            agreement__office_signed_at__isnull=False,
        )
        .select_related("application__call", "agreement")
        .annotate(reported=ArraySubquery(numbers))
        .order_by("pk")
    )


def _first_missing(award: Any, now: datetime) -> Quarter | None:
    start = in_force_since(award)
    quarters = ended(start, day_of(now)) if start else ()
    return next((q for q in quarters if q.year * 4 + q.number not in award.reported), None)


def _act(award: Award, quarter: Quarter, table: WorkingDays) -> Act:
    application = award.application
    deadline = due(quarter.last_day, application.call.rule_set.report_due_days, table)
    return Act(
        kind="report",
        page=award.pk,
        title=application.title,
        number=str(quarter.number),
        words=str(quarter.year),
        amount=None,
        due=end_of_day(deadline.day),
        provisional=deadline.provisional,
    )
