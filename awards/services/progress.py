"""Quarterly progress reports of the firm, and the office's mid-term check."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role, is_owner
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record_all
from awards.models import Award, MidTermCheck, ProgressReport
from awards.quarters import Quarter, quarter_of
from awards.selectors.people import firm_people
from awards.selectors.progress import REPORTING, in_force_since, last_check
from awards.services.endings import lock_ending
from awards.services.project_acts import entry, told, written
from awards.wording import amount_text
from calendars.wording import day_of
from notifications.services import Dispatch, notify_all
from secretaries.rules import verifies
from secretaries.selectors.candidates import current_assignment

PAGE = "progress"


@transaction.atomic
def submit_report(
    *, award: Award, quarter: Quarter, invested: Decimal, insured: int, text: str, by: User
) -> ProgressReport:
    """The firm reports on a quarter that is over: invested so far (yuan), insured staff, words."""
    locked, _parts = lock_ending(award)
    if not is_owner(by, locked.application.firm_id):
        raise NotPermitted(_("Only an owner of the firm reports on its project."))
    now = clock.now()
    known = list(ProgressReport.objects.filter(award=locked).exclude(status="returned"))
    _check_turn(locked, quarter, known, day_of(now))
    _check_figures(known, quarter, invested, insured)
    row = ProgressReport.objects.create(
        award=locked,
        year=quarter.year,
        quarter=quarter.number,
        invested=invested,
        insured=insured,
        text=written(text, "text"),
        submitted_by=by,
        submitted_at=now,
    )
    record_all([entry(row, "report.submit", by, target="submitted")])
    assignment = current_assignment(locked.application)
    if assignment is not None:
        notify_all([_told(row, "report.submitted", [assignment.secretary.user])])
    return row


def _told(row: ProgressReport, kind: str, people: list[User], reason: str = "") -> Dispatch:
    return told(row, kind, people, PAGE, year=row.year, quarter=row.quarter, reason=reason)


def _check_turn(award: Award, quarter: Quarter, known: list[ProgressReport], today: date) -> None:
    start = in_force_since(award)
    if award.application.status not in REPORTING or start is None:
        raise WrongState(_("Reports follow from the agreement on, until the project ends."))
    if quarter < quarter_of(start) or quarter.last_day >= today:
        raise WrongState(_("This quarter is not over yet, or lies before the agreement."))
    if any(Quarter(row.year, row.quarter) == quarter for row in known):
        raise WrongState(_("This quarter has its report. Only a returned one is written again."))


def _check_figures(
    known: list[ProgressReport], quarter: Quarter, invested: Decimal, insured: int
) -> None:
    for name, value in (("invested", invested), ("insured", insured)):
        if value < 0:
            raise Invalid(_("Enter figures of zero or more."), field=name)
    confirmed = [row for row in known if row.status == "confirmed"]
    earlier = [row for row in confirmed if Quarter(row.year, row.quarter) < quarter]
    later = [row for row in confirmed if Quarter(row.year, row.quarter) > quarter]
    if later and invested > (least := min(row.invested for row in later)):
        raise Invalid(
            _("A later report said %(sum)s invested; by then it cannot have been less.")
            % {"sum": amount_text(least)},
            field="invested",
        )
    most = max((row.invested for row in earlier), default=Decimal(0))
    if invested < most:
        raise Invalid(
            _("An earlier report said %(sum)s invested; the total cannot be less now.")
            % {"sum": amount_text(most)},
            field="invested",
        )


def _lock(report: ProgressReport, by: User) -> tuple[ProgressReport, Role]:
    award, _parts = lock_ending(report.award)
    role = confirming_role(by, award)
    row = ProgressReport.objects.select_for_update().get(pk=report.pk)
    row.award = award
    if row.status != "submitted":
        raise WrongState(_("This report has already been dealt with."))
    if row.submitted_by_id == by.pk:
        raise NotPermitted(_("Whoever submitted the report may not confirm or return it."))
    return row, role


def confirming_role(user: User, award: Award) -> Role:
    """As what the person confirms reports: the project's secretary, or an officer."""
    if verifies(user, award.application, clock.today()):
        return Role.SECRETARY
    if has_role(user, Role.PROGRAMME_OFFICER):
        return Role.PROGRAMME_OFFICER
    raise NotPermitted(_("The project's service secretary or an officer confirms its reports."))


@transaction.atomic
def confirm_report(*, report: ProgressReport, text: str, by: User) -> ProgressReport:
    """The secretary or an officer has compared the report with what is there."""
    row, role = _lock(report, by)
    return _settle(row, "confirmed", "report.confirm", written(text, "reason"), by, role)


@transaction.atomic
def return_report(*, report: ProgressReport, reason: str, by: User) -> ProgressReport:
    """Returned with what is wrong; the firm writes the quarter's report again."""
    row, role = _lock(report, by)
    return _settle(row, "returned", "report.return", written(reason, "reason"), by, role)


def _settle(
    row: ProgressReport, status: str, action: str, text: str, by: User, role: Role
) -> ProgressReport:
    row.status, row.settlement = status, text
    row.settled_by, row.settled_at = by, clock.now()
    row.save(update_fields=["status", "settlement", "settled_by", "settled_at"])
    record_all([entry(row, action, by, role, source="submitted", target=status, why=text)])
    if status == "returned":
        people = firm_people(row.award.application)
        notify_all([_told(row, "report.returned", people, text)])
    return row


@transaction.atomic
def check_mid_term(*, award: Award, on: date, passed: bool, finding: str, by: User) -> MidTermCheck:
    """The secretary or an officer records the mid-term check, passed or to be put right."""
    locked, _parts = lock_ending(award)
    role = confirming_role(by, locked)
    if locked.application.status not in REPORTING:
        raise WrongState(_("A mid-term check is made while the project is under way."))
    start, today = in_force_since(locked), clock.today()
    if on > today or (start is not None and on < start):
        raise Invalid(_("The day lies between the agreement and today."), field="on")
    last = last_check(locked)
    if last is not None and last.passed:
        raise WrongState(_("The mid-term check has been passed already."))
    if last is not None and on < last.on:
        raise Invalid(_("Not before the check that was recorded last."), field="on")
    row = MidTermCheck.objects.create(
        award=locked,
        on=on,
        passed=passed,
        finding=written(finding, "finding"),
        checked_by=by,
        checked_at=clock.now(),
    )
    record_all([entry(row, "mid_term.check", by, role, why=row.finding)])
    kind = "mid_term.passed" if passed else "mid_term.failed"
    people = firm_people(locked.application)
    notify_all([told(row, kind, people, PAGE, day=day_of(on), text=row.finding)])
    return row
