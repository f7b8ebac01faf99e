"""From paid to closed: reports, acceptance by two, a recall, terminations, money clawed back."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import partial

from django.db.models import Sum
from django.utils import timezone

from applications.models import Application
from applications.workflow import Status
from audit import clock
from awards.models import Acceptance, Award, Clawback, ProgressReport, Recall, Termination
from awards.quarters import quarter_of
from awards.selectors.progress import owed
from awards.selectors.terms import target, terms_of
from awards.services import acceptance, clawbacks, credit, progress, recalls, terminations
from calendars.selectors import working_days
from rehearsal.papers import pdf
from rehearsal.round import Round
from secretaries.models import InvestmentReport, ServiceAssignment
from secretaries.tasks import daily

REASON = "经核查情况属实，按任务书和本批次规则办理。"


@dataclass
class Closure:
    """What became of the projects: how many were accepted, failed, recalled, terminated, repaid."""

    accepted: int = 0
    failed: int = 0
    recalled: int = 0
    terminated: int = 0
    repaid: int = 0
    unpaid: int = 0
    ended: str = "0.00"  # awards of the terminated, yuan

    def report(self) -> dict[str, int | str]:
        return asdict(self)


def close_all(round_: Round) -> Closure:
    """Half of the projects to their end: one stands still, one fails, the others are accepted."""
    closure = Closure()
    report_all(round_)
    waiting = _ending(round_)
    idle, poor, good = waiting[:1], waiting[1:2], waiting[2:]
    for application in round_.walk("closed", good):
        accept(round_, application, "86.50")
        closure.accepted += 1
    for application in poor:
        accept(round_, application, "41")
        closure.failed += 1
        end(round_, application, "failed")
        pay_back(round_, application)
        closure.repaid += 1
    for application in idle:
        closure.recalled += recall(round_, application)
        end(round_, application, "idle")
        order(round_, application)
        closure.unpaid += leave_unpaid(round_, application)
    closure.terminated = len(idle) + len(poor)
    ended = Award.objects.filter(application__call=round_.call, revoked_at__isnull=False)
    closure.ended = str(ended.aggregate(s=Sum("amount"))["s"] or Decimal("0.00"))
    report_all(round_)
    daily()
    return closure


def _ending(round_: Round) -> list[Application]:
    """The later half of the projects; what the secretary who signs in serves stays under way."""
    under_way = round_.applications(Status.IN_PROGRESS)
    theirs = ServiceAssignment.objects.filter(secretary__user__username="secretary", valid_to=None)
    kept = set(theirs.values_list("application_id", flat=True))
    return [row for row in under_way[len(under_way) // 2 :] if row.pk not in kept]


def report_all(round_: Round, *silent: Application) -> None:
    """Every project under way reports what is due; those that are silent do not."""
    for application in round_.applications(Status.AGREED, Status.IN_PROGRESS):
        if application not in silent:
            report(round_, application)


def report(round_: Round, application: Application) -> None:
    """Every quarter that is over and not reported, confirmed by the secretary."""
    for row in file_reports(round_, application):
        if "report confirmed by its own firm" not in round_.refusals.kinds:
            round_.refusals.expect(
                "report confirmed by its own firm",
                partial(progress.confirm_report, report=row, text=REASON, by=row.submitted_by),
            )
        secretary = ServiceAssignment.objects.get(
            application=application, valid_to=None, role="lead"
        ).secretary.user
        progress.confirm_report(report=row, text="与发票、社保缴费人数核对一致。", by=secretary)


def file_reports(round_: Round, application: Application) -> list[ProgressReport]:
    """The firm reports on every quarter that is over and has no report, the oldest first."""
    award = Award.objects.select_related("agreement", "application__call").get(
        application=application
    )
    standing = list(award.progress_reports.exclude(status="returned"))
    missing = [one for one in owed(award, standing, clock.now(), working_days()) if not one.report]
    return [
        progress.submit_report(
            award=award,
            quarter=one.quarter,
            invested=invested_by(application),
            insured=target(terms_of(award), "promised_headcount"),
            text="设备全部投产，用工按计划到位。",
            by=round_.cast.owners[application.firm_id],
        )
        for one in reversed(missing)
    ]


def invested_by(application: Application) -> Decimal:
    """What the secretary has recorded as invested so far, yuan."""
    return InvestmentReport.objects.filter(application=application).latest("month").invested


def apply_for_acceptance(round_: Round, application: Application) -> Acceptance:
    award = Award.objects.get(application=application)
    return acceptance.apply(
        award=award,
        invested=invested_by(application),
        insured=target(terms_of(award), "promised_headcount"),
        summary="建设内容全部完成，投资、就业、税收指标见审计报告。",
        report=pdf("审计报告", f"{application.number}"),
        by=round_.cast.owners[application.firm_id],
    )


def accept(round_: Round, application: Application, points: str) -> None:
    """Applied for with an audit report, graded by one officer, settled by another."""
    cast, row = round_.cast, apply_for_acceptance(round_, application)
    acceptance.grade(acceptance=row, points=Decimal(points), reasons=REASON, by=cast["officer"])
    if "acceptance settled by the grader" not in round_.refusals.kinds:
        round_.refusals.expect(
            "acceptance settled by the grader",
            lambda: acceptance.settle(acceptance=row, text=REASON, by=cast["officer"]),
        )
    acceptance.settle(acceptance=row, text=REASON, by=cast["officer2"])


def end(round_: Round, application: Application, ground: str) -> None:
    """An officer puts the termination forward with all that was paid, the approver decides."""
    cast = round_.cast
    award = Award.objects.get(application=application)
    row = terminations.propose_termination(
        award=award, ground=ground, reason=REASON, claw_back=award.paid, by=cast["officer"]
    )
    if "termination decided by an officer" not in round_.refusals.kinds:
        round_.refusals.expect(
            "termination decided by an officer",
            lambda: terminations.confirm_termination(
                termination=row, text=REASON, by=cast["officer"]
            ),
        )
    terminations.confirm_termination(termination=row, text=REASON, by=cast["approver"])


def order(round_: Round, application: Application) -> Clawback:
    ended = Termination.objects.get(award__application=application, status="confirmed")
    return clawbacks.order_clawback(
        termination=ended,
        document_no=f"吉财追〔{clock.today().year}〕{application.number}",
        by=round_.cast["finance"],
    )


def pay_back(round_: Round, application: Application) -> None:
    """In two parts; more than is owed is refused."""
    cast, row = round_.cast, order(round_, application)
    half = (row.principal / 2).quantize(Decimal("0.01"))
    for number, amount in enumerate((half, row.principal + row.interest - half), start=1):
        made = clawbacks.enter_repayment(
            clawback=row,
            amount=amount,
            paid_on=clock.today(),
            document_no=f"HK-{application.number}-{number}",
            by=cast["finance"],
        )
        if "own repayment confirmed" not in round_.refusals.kinds:
            round_.refusals.expect(
                "own repayment confirmed",
                partial(clawbacks.confirm_repayment, repayment=made, by=cast["finance"]),
            )
        clawbacks.confirm_repayment(repayment=made, by=cast["finance2"])


def recall(round_: Round, application: Application) -> int:
    """Nothing happens for months, while the others report; the clock recalls the money and nobody
    replies in time. How many were recalled."""
    round_.wait_until(quarter_of(clock.today()).following.following.last_day)
    report_all(round_, application)
    recalled = recalls.recall_idle()
    row = Recall.objects.get(award__application=application, status="issued")
    round_.refusals.expect(
        "termination before the firm's time to reply",
        lambda: terminations.propose_termination(
            award=row.award, ground="idle", reason=REASON, by=round_.cast["officer"]
        ),
    )
    round_.wait_until(timezone.localdate(row.due_at), hour=23)
    round_.let_pass(minutes=90)
    return recalled


def leave_unpaid(round_: Round, application: Application) -> int:
    """The firm pays nothing: its credit record says so."""
    row = Clawback.objects.get(award__application=application)
    round_.wait_until(timezone.localdate(row.due_at), hour=23)
    round_.let_pass(minutes=90)
    return credit.note_unpaid()
