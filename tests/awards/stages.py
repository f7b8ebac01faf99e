"""Each stage of the money, reached through the services by the people who may."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Organisation, User
from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from audit import clock
from awards.models import (
    Acceptance,
    Agreement,
    Award,
    Claim,
    FundingList,
    Instalment,
    Minutes,
    Payment,
    PaymentBatch,
    ProgressReport,
    PublicNotice,
    Termination,
)
from awards.quarters import Quarter, quarter_of
from awards.services import (
    acceptance,
    agreements,
    batches,
    claims,
    decisions,
    envelopes,
    funding,
    notices,
    payments,
    progress,
    terminations,
)
from rehearsal.papers import pdf
from reviews.models import Ranking, RankingEntry
from secretaries.models import ServiceAssignment, ServiceSecretary
from tests import making
from tests.awards import meeting

WAN = Decimal(10_000)
ENVELOPE = 30_000 * WAN
# The worked example of the cut-off modes: title, points, sum asked for in 万元.
EXAMPLE = (
    ("P1", "91.20", 3_000),
    ("P2", "88.45", 12_000),
    ("P3", "86.10", 9_000),
    ("P4", "83.00", 8_000),
    ("P5", "79.95", 4_000),
    ("P6", "58.00", 1_000),
)


@dataclass
class People:
    officer: User
    officer2: User
    approver: User
    finance: User
    finance2: User
    owner: User
    firm: Organisation
    secretary: User


def set_ceiling(people: People, call: Call, ceiling: Decimal = ENVELOPE) -> None:
    change = envelopes.propose_ceiling(
        scheme=call.scheme,
        year=call.year,
        ceiling=ceiling,
        document_no=f"吉财预〔{call.year}〕18号",
        by=people.finance,
    )
    envelopes.confirm_ceiling(change=change, by=people.finance2)


def ranked(
    people: People,
    example: tuple[tuple[Any, ...], ...] = EXAMPLE,
    mode: str = "strict",
    envelope: Decimal = ENVELOPE,
    panel_of: Mapping[str, int] | None = None,
    **rules: Any,
) -> Call:
    """A call whose ranking stands; entries below 60 points have no rank."""
    call = making.call(
        people.officer,
        status=CallStatus.RANKED,
        envelope=envelope,
        max_request=min(envelope, 20_000 * WAN),
        rules={"cut_off": mode, **rules},
    )
    ranking = Ranking.objects.create(
        call=call,
        version=1,
        rules={"floor": "60.00", "cut_off": mode, **rules},
        digest="1" * 64,
        computed_by=people.officer,
        computed_at=clock.now(),
    )
    for place, (title, total, wan, *kind) in enumerate(example, start=1):
        made = making.dossier(
            call,
            people.firm,
            title=title,
            status=Status.SCORED,
            requested=wan * WAN,
            kind=making.industry(*kind),
        )
        points = Decimal(total)
        ranked_ = points >= 60
        RankingEntry.objects.create(
            ranking=ranking,
            application=made,
            rank=place if ranked_ else None,
            panel=(panel_of or {}).get(title, 1),
            panel_rank=place if ranked_ else None,
            industry=made.industry.code,
            prefecture=made.region.line.code,
            state="ranked" if ranked_ else "below_floor",
            total=points,
            quality=points - 20,
            employment=Decimal(20),
            requested=wan * WAN,
            scores=7,
            details={},
        )
    return call


def drawn(people: People, call: Call) -> FundingList:
    return funding.draw_funding_list(call=call, by=people.officer)


def approved(people: People, call: Call) -> FundingList:
    if not call.scheme.envelopes.filter(year=call.year).exists():
        set_ceiling(people, call)
    listed = drawn(people, call)
    funding.submit_list(funding_list=listed, by=people.officer)
    return funding.approve_list(
        funding_list=listed, minutes=minutes(people, call), note="同意。", by=people.approver
    )


def minutes(people: People, call: Call, **more: Any) -> Minutes:
    """The minutes of the meeting that decides on a list, held today."""
    return meeting.minutes(call, more.pop("by", people.officer), **more)


def noticed(people: People, call: Call) -> PublicNotice:
    approved(people, call)
    return notices.publish_notice(call=call, by=people.officer)


def pass_day(day: date) -> None:
    """On the morning after the day."""
    clock.travel_to(datetime.combine(day + timedelta(days=1), time(9), tzinfo=clock.SHANGHAI))


def awarded(people: People, call: Call) -> list[Award]:
    notice = noticed(people, call)
    pass_day(notice.ends_on)
    return decisions.award(call=call, by=people.approver)


def serve(people: People, application: Application) -> None:
    """Appoint the secretary, as the worker would."""
    unit = making.organisation("梅河口市工信局", application.region, "authority")
    profile = ServiceSecretary.objects.create(
        user=people.secretary,
        unit=unit,
        active_from=date(2024, 1, 1),
        max_load=9,
        phone="0435-3200000",
    )
    ServiceAssignment.objects.create(
        application=application,
        secretary=profile,
        role="lead",
        valid_from=clock.now(),
        first_contact_due=clock.now(),
        reason={},
    )


def agreed(people: People, call: Call) -> Agreement:
    first = awarded(people, call)[0]
    decisions.record_allocation(
        call=call, number="吉财产业指〔2026〕89号", issued_on=clock.today(), by=people.finance
    )
    agreement = agreements.draw_up(award=first, by=people.officer)
    signed(people, agreement)
    serve(people, first.application)
    agreement.refresh_from_db()
    return agreement


def signed(people: People, agreement: Agreement) -> None:
    """By both sides, each with its scan."""
    firm, office = (pdf(f"任务书（{who}盖章）", who) for who in ("乙方", "双方"))
    agreements.sign_for_firm(agreement=agreement, by=people.owner, scan=firm)
    agreements.sign_for_office(agreement=agreement, by=people.officer, scan=office)


def paper(name: str = "付款凭证") -> SimpleUploadedFile:
    return pdf(name, "设备付款凭证")


def part(agreement: Agreement, sequence: int) -> Instalment:
    return Instalment.objects.get(award=agreement.award_id, sequence=sequence)


def claimed(people: People, instalment: Instalment, **more: Any) -> Claim:
    values: dict[str, Any] = {
        "invested": 1_000 * WAN,
        "insured": 280,
        "statement": "主体厂房封顶，主要设备到货。",
        "files": [paper()],
        "by": people.owner,
        **more,
    }
    return claims.claim_instalment(instalment=instalment, **values)


def verified(people: People, instalment: Instalment, **more: Any) -> Claim:
    claim = claimed(people, instalment, **more)
    return claims.verify_claim(
        claim=claim, text="现场核对发票与设备，情况属实。", by=people.secretary
    )


def entered(people: People, instalment: Instalment) -> Payment:
    claim = verified(people, instalment)
    return payments.enter_payment(claim=claim, payee=people.firm.name, by=people.finance)


def released(people: People, instalment: Instalment) -> Payment:
    return payments.release_payment(payment=entered(people, instalment), by=people.finance2)


def all_released(people: People, call: Call) -> list[Payment]:
    """The first instalments of P1, P2 and P3, released and in no batch yet."""
    first = agreed(people, call)
    lead = ServiceAssignment.objects.get(application=first.award.application_id)
    made = [first]
    for award in Award.objects.exclude(pk=first.award_id).order_by("pk"):
        agreement = agreements.draw_up(award=award, by=people.officer)
        agreements.sign_for_firm(agreement=agreement, by=people.owner)
        agreements.sign_for_office(agreement=agreement, by=people.officer)
        lead.pk, lead.application_id = None, award.application_id
        lead.save()
        made.append(Agreement.objects.get(pk=agreement.pk))
    return [released(people, part(agreement, 1)) for agreement in made]


def formed(people: People, call: Call) -> PaymentBatch:
    payments_ = all_released(people, call)
    return batches.form_batch(payments=[p.pk for p in payments_], by=people.finance)


def sent(people: People, call: Call) -> PaymentBatch:
    return batches.send_batch(batch=formed(people, call), by=people.finance2)


def paid(people: People, instalment: Instalment) -> Payment:
    payment = released(people, instalment)
    return payments.record_paid(
        payment=payment,
        voucher_no=f"ZF2026-{instalment.pk}",
        paid_on=clock.today(),
        by=people.finance,
    )


def all_paid(people: People, agreement: Agreement, **last: Any) -> Award:
    """Every instalment is paid; `last` are what the last claim says otherwise."""
    for sequence in (1, 2):
        paid(people, part(agreement, sequence))
    claim = verified(people, part(agreement, 3), **last)
    if part(agreement, 3).status == "verified":
        payment = payments.enter_payment(claim=claim, payee=people.firm.name, by=people.finance)
        payments.release_payment(payment=payment, by=people.finance2)
        payments.record_paid(
            payment=payment, voucher_no=f"ZF-{claim.pk}", paid_on=clock.today(), by=people.finance
        )
    return Award.objects.get(pk=agreement.award_id)


def applied(people: People, award: Award, **more: Any) -> Acceptance:
    values: dict[str, Any] = {
        "invested": 32_000 * WAN,
        "insured": 280,
        "summary": "投资、就业、税收指标均已完成。",
        "report": paper("审计报告"),
        "by": people.owner,
        **more,
    }
    return acceptance.apply(award=award, **values)


def graded(people: People, award: Award, points: str = "86") -> Acceptance:
    return acceptance.grade(
        acceptance=applied(people, award),
        points=Decimal(points),
        reasons="投资与就业指标完成，效益指标略低于承诺。",
        by=people.officer,
    )


def accepted(people: People, award: Award) -> Acceptance:
    return acceptance.settle(
        acceptance=graded(people, award), text="评价客观，同意验收。", by=people.officer2
    )


def pass_quarter() -> Quarter:
    """On the second day after the quarter; the quarter that is over."""
    quarter = quarter_of(clock.today())
    pass_day(quarter.last_day + timedelta(days=1))
    return quarter


def reported(people: People, award: Award, quarter: Quarter, **more: Any) -> ProgressReport:
    values: dict[str, Any] = {
        "invested": 2_000 * WAN,
        "insured": 150,
        "text": "主体厂房封顶，设备进场安装。",
        "by": people.owner,
        **more,
    }
    return progress.submit_report(award=award, quarter=quarter, **values)


WHY = "企业停产，无法继续。"


def ending(people: People, award: Award, **more: Any) -> Termination:
    """A termination put forward by the officer; nothing is clawed back unless said."""
    values: dict[str, Any] = {"ground": "other", "reason": WHY, "by": people.officer, **more}
    return terminations.propose_termination(award=award, **values)


def terminated(people: People, award: Award, **more: Any) -> Termination:
    proposed = ending(people, award, **more)
    return terminations.confirm_termination(
        termination=proposed, text="同意终止，按程序办理。", by=people.approver
    )
