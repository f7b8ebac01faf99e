"""Which quarterly reports projects owe, by the calendar, and which were overdue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from applications.workflow import Status
from awards.models import Award, MidTermCheck, ProgressReport
from awards.quarters import Quarter, ended
from calendars.deadlines import due
from calendars.instants import end_of_day
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


def last_check(award: Award) -> MidTermCheck | None:
    """The mid-term check that counts."""
    return MidTermCheck.objects.filter(award=award).order_by("-pk").first()


def has_passed(award: Award) -> bool:
    """Whether the last mid-term check was passed."""
    found = last_check(award)
    return found is not None and found.passed
