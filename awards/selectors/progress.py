"""Which quarterly reports projects owe, by the calendar, and which were overdue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from applications.workflow import Status
from awards.models import Award, Claim, MidTermCheck, ProgressReport
from awards.quarters import Quarter, ended
from awards.selectors.terms import terms_of
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is said to be invested already, yuan: by the agreement, a report or a verified claim."""

    source: str  # "agreement", "report" or "claim"
    amount: Decimal
    day: date | None  # of the claim
    report: ProgressReport | None = None


def known_investment(claim: Claim) -> list[Known]:
    """What was said of the project's investment before a claim, for whoever checks it. At most
    three queries."""
    award = claim.instalment.award
    signed = terms_of(award).get("targets", {}).get("invested_yuan")
    found = [Known("agreement", Decimal(signed), None)] if signed else []
    reports = ProgressReport.objects.filter(award=award, status="confirmed")
    report = reports.filter(settled_at__lt=claim.claimed_at).order_by("-year", "-quarter").first()
    if report is not None:
        found.append(Known("report", report.invested, None, report))
    earlier = Claim.objects.filter(
        instalment__award=award,
        instalment__sequence__lt=claim.instalment.sequence,
        verified_at__isnull=False,
    )
    last = earlier.order_by("-instalment__sequence").first()
    if last is not None:
        found.append(Known("claim", last.invested, day_of(last.claimed_at)))
    return found


def last_check(award: Award) -> MidTermCheck | None:
    """The mid-term check that counts."""
    return MidTermCheck.objects.filter(award=award).order_by("-pk").first()


def has_passed(award: Award) -> bool:
    """Whether the last mid-term check was passed."""
    found = last_check(award)
    return found is not None and found.passed
