"""Which quarterly reports projects owe, by the calendar, and which were overdue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.workflow import Status
from awards.models import Award, MidTermCheck, ProgressReport
from awards.quarters import Quarter, ended
from awards.selectors.money import served_by
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of

REPORTING = (Status.AGREED, Status.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Owed:
    """One quarter's report: when it is due, and the report that stands (None: none does).

    `late`: nothing stands and the day has passed; a provisional day makes nothing late.
    """

    quarter: Quarter
    due_at: datetime
    provisional: bool
    report: ProgressReport | None
    late: bool


def in_force_since(award: Award) -> date | None:
    """The day both sides had signed the agreement."""
    agreement = getattr(award, "agreement", None)
    if agreement is None or not (agreement.firm_signed_at and agreement.office_signed_at):
        return None
    return day_of(max(agreement.firm_signed_at, agreement.office_signed_at))


def owed(
    award: Award, reports: Collection[ProgressReport], now: datetime, table: WorkingDays
) -> list[Owed]:
    """The reports of the quarters over since the agreement, the newest first; of an ended project
    those until its end."""
    start = in_force_since(award)
    if start is None:
        return []
    end = award.accepted_at or award.revoked_at or now
    standing = {(r.year, r.quarter): r for r in reports if r.status != "returned"}
    days = award.application.call.rule_set.report_due_days
    found = []
    for quarter in ended(start, day_of(end)):
        report = standing.get((quarter.year, quarter.number))
        deadline = due(quarter.last_day, days, table)
        at = end_of_day(deadline.day)
        late = report is None and not deadline.provisional and at < now
        found.append(Owed(quarter, at, deadline.provisional, report, late))
    return found[::-1]


def running(rows: QuerySet[Award]) -> QuerySet[Award]:
    """Those of the awards that owe reports, with agreement, call and reports. Two queries."""
    standing = ProgressReport.objects.exclude(status="returned")
    return (
        rows.filter(application__status__in=REPORTING, agreement__office_signed_at__isnull=False)
        .select_related("application__call", "agreement")
        .prefetch_related(Prefetch("progress_reports", standing, to_attr="standing_reports"))
        .order_by("pk")
    )


def owed_by_firms(firms: Collection[int], now: datetime) -> list[tuple[Award, Owed]]:
    """Every report that the firms' projects have not submitted, the oldest of each project."""
    rows = list(running(Award.objects.filter(application__firm__in=firms)))
    if not rows:
        return []
    table = working_days()
    found = []
    for award in rows:
        missing = [o for o in owed(award, award.standing_reports, now, table) if o.report is None]  # type: ignore[attr-defined]  # prefetched
        if missing:
            found.append((award, missing[-1]))
    return found


def to_confirm(user: User) -> QuerySet[ProgressReport]:
    """Reports that wait for the person: a secretary's of the projects served, an officer's all."""
    rows = ProgressReport.objects.filter(
        status="submitted", award__application__status__in=REPORTING
    )
    if not has_role(user, Role.PROGRAMME_OFFICER):
        served = Award.objects.filter(served_by(user))
        rows = rows.filter(award__in=served)
    return rows.select_related("award__application").order_by("submitted_at")


def last_check(award: Award) -> MidTermCheck | None:
    """The mid-term check that counts."""
    return MidTermCheck.objects.filter(award=award).order_by("-pk").first()


def has_passed(award: Award) -> bool:
    """Whether the last mid-term check was passed."""
    found = last_check(award)
    return found is not None and found.passed
