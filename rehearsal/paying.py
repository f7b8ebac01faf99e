"""From awarded to paid: secretaries, agreements, claims, verification, maker, checker, voucher."""

import time
from decimal import Decimal

from accounts.models import User
from applications.models import Application
from applications.workflow import Status
from audit import clock
from awards.models import Award, Instalment, Payment
from awards.selectors.terms import target, terms_of
from awards.services import agreements, claims, payments
from rehearsal import treasury
from rehearsal.papers import pdf
from rehearsal.round import Round
from secretaries.models import AppointmentGap, ServiceAssignment
from secretaries.services import appointments, requests, visits

FULL = Decimal(1)
FEW = Decimal("0.7")  # of the jobs promised: the last instalment is cut
PATIENCE = 60.0  # seconds for the worker to appoint everybody


def appointed(round_: Round) -> int:
    """Wait until the worker has appointed a secretary (or told of the gap) for every award."""
    awarded = Application.objects.filter(call=round_.call, award__isnull=False)
    started = time.monotonic()
    while True:
        served = ServiceAssignment.objects.filter(
            application__in=awarded, valid_to=None, role="lead"
        ).count()
        gaps = AppointmentGap.objects.filter(application__in=awarded, closed_at=None).count()
        round_.progress("assigned", served, awarded.count())
        if served + gaps >= awarded.count():
            return served
        if time.monotonic() - started > PATIENCE:
            raise RuntimeError("no worker appointed the secretaries; is one running?")
        time.sleep(0.2)


def sign_for_projects(round_: Round) -> None:
    """Every secretary signs for what was appointed and calls the firm, within the first contact's
    working days; the firm confirms the call."""
    round_.wait_working_days(1)
    rows = ServiceAssignment.objects.filter(
        application__call=round_.call, valid_to=None, role="lead", accepted_at=None
    )
    for assignment in rows.select_related("application", "secretary__user").order_by("pk"):
        secretary = assignment.secretary.user
        appointments.accept(assignment=assignment, by=secretary)
        visit = visits.record_visit(
            assignment=assignment, on=clock.today(), kind="phone", people="项目负责人",
            summary="首次联系，告知服务内容和联系方式，了解开工准备情况。",
            next_action="基础施工时到现场走访", by=secretary,
        )  # fmt: skip
        visits.confirm_visit(visit=visit, by=round_.cast.owners[assignment.application.firm_id])


def sign_agreements(round_: Round) -> None:
    """Agreements drawn up, signed by the firm's owner and for the office with stamped scans."""
    cast = round_.cast
    round_.wait_working_days(3)
    for award in (
        Award.objects.filter(application__call=round_.call)
        .select_related("application")
        .order_by("pk")
    ):
        agreement = agreements.draw_up(award=award, by=cast["officer"])
        agreements.sign_for_firm(
            agreement=agreement,
            scan=pdf("任务书（乙方盖章）", f"{agreement.number} 乙方"),
            by=cast.owners[award.application.firm_id],
        )
        agreements.sign_for_office(
            agreement=agreement,
            scan=pdf("任务书（双方盖章）", f"{agreement.number} 甲方"),
            by=cast["officer"],
        )


def serve(round_: Round, application: Application, secretary: User) -> None:
    """A visit on site and a request of the firm: confirmed, answered, settled."""
    owner = round_.cast.owners[application.firm_id]
    assignment = ServiceAssignment.objects.get(application=application, valid_to=None, role="lead")
    visit = visits.record_visit(
        assignment=assignment, on=clock.today(), kind="site", people="项目负责人、车间主任",
        summary="查看主厂房和设备基础，施工按计划推进。", by=secretary,
    )  # fmt: skip
    visits.confirm_visit(visit=visit, by=owner)
    raised = requests.raise_request(
        application=application, category="utilities", level="general", title="临时用电增容",
        text="厂区临时用电容量不足，请协调增容。", by=owner,
    )  # fmt: skip
    requests.answer(
        request=raised, text="已与供电公司现场确认，三个工作日内完成增容。", by=secretary
    )
    requests.confirm(request=raised, satisfied=True, by=owner)


def release(
    round_: Round, application: Application, sequence: int, hired: Decimal = FULL
) -> Payment:
    """One instalment from claim to release, with so much of the jobs promised by now; the tries of
    one hand alone are refused.
    """
    cast = round_.cast
    owner = cast.owners[application.firm_id]
    instalment = Instalment.objects.get(award__application=application, sequence=sequence)
    claim = claims.claim_instalment(
        instalment=instalment,
        invested=invested_by(instalment),
        insured=insured_by(instalment, hired),
        statement="主体厂房封顶，主要设备到货，按协议节点申请拨付。",
        files=[pdf("拨付申请证明", f"{application.number} {sequence}")],
        by=owner,
    )
    secretary = ServiceAssignment.objects.get(
        application=application, valid_to=None, role="lead"
    ).secretary.user
    if sequence == 1:
        serve(round_, application, secretary)
    claims.verify_claim(claim=claim, text="现场核对发票与设备，情况属实。", by=secretary)
    payment = payments.enter_payment(claim=claim, payee=application.firm.name, by=cast["finance"])
    if "own payment released" not in round_.refusals.kinds:
        round_.refusals.expect(
            "own payment released",
            lambda: payments.release_payment(payment=payment, by=cast["finance"]),
        )
    return payments.release_payment(payment=payment, by=cast["finance2"])


def invested_by(instalment: Instalment) -> Decimal:
    """What is invested by now, in whole 万元: all that the agreement says once the last part is
    claimed."""
    terms = terms_of(instalment.award)
    before, planned = (target(terms, f"{name}_yuan") for name in ("invested", "fixed_assets"))
    now = before + (planned - before) * instalment.sequence // _parts(instalment)
    return Decimal(now // 10_000 * 10_000)


def insured_by(instalment: Instalment, hired: Decimal = FULL) -> int:
    """The staff insured by now: that share of what the agreement promises once the last part is
    claimed."""
    terms = terms_of(instalment.award)
    baseline, promised = (target(terms, f"{name}_headcount") for name in ("baseline", "promised"))
    added = int((promised - baseline) * hired)
    return baseline + added * instalment.sequence // _parts(instalment)


def _parts(instalment: Instalment) -> int:
    return len(instalment.award.application.call.rule_set.instalments)


def pay_all(round_: Round, instalments: int = 3, skip: int = 0) -> int:
    """The instalments in order, a month apart, each time in one batch for the treasury; `skip`
    leaves that many projects without theirs. The third project hires too few.
    """
    paid = 0
    for sequence in range(1, instalments + 1):
        round_.wait_working_days(20)
        served = [
            a
            for a in round_.applications(Status.AGREED, Status.IN_PROGRESS)
            if ServiceAssignment.objects.filter(application=a, valid_to=None, role="lead").exists()
        ]
        few = served[2] if len(served) > 2 else None
        walked = round_.walk("paid", served[skip:] if skip else served)
        released = [
            release(round_, application, sequence, FEW if application == few else FULL)
            for application in walked
        ]
        paid += treasury.pay(round_, released)
    return paid
