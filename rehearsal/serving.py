"""Service while projects are built: a late request and its inquiry, milestones, an appraisal."""

from datetime import timedelta
from decimal import Decimal

from applications.models import Application
from audit import clock
from rehearsal.round import Round
from secretaries.models import (
    Escalation,
    OverdueInquiry,
    SecretaryAppraisal,
    ServiceAssignment,
    ServiceRequest,
)
from secretaries.selectors.milestones import milestones_of
from secretaries.services import (
    appraisals,
    clocks,
    holds,
    inquiries,
    milestones,
    ratings,
    requests,
    visits,
)

REACHED = 4  # nodes that each project's secretary records: the stage of the landing
NEEDS = (
    ("finance", "流动资金贷款对接", "订单增加，需流动资金贷款三千万元，请协调银行对接。"),
    ("labour", "冬季用工补充", "节后返岗不足，需补充普工二十名，请协调招聘。"),
    ("permits", "消防验收排期", "二号车间已完工，请协调住建部门安排消防验收。"),
)


def raise_one_late(round_: Round) -> None:
    """The first project's firm raises a request; a department lets it lie for two months."""
    assignment = _assignments(round_)[0]
    application, secretary = assignment.application, assignment.secretary.user
    text = "施工许可材料已齐，住建部门迟迟未出具意见，请协调。"
    raised = _asked(round_, application, "permits", "施工许可补办", text)
    requests.reply(request=raised, text="已受理，转住建部门办理，三日内反馈进展。", by=secretary)
    holds.pass_on(request=raised, unit="住房和城乡建设局", text="请按时限办理", by=secretary)


def raise_one_red(round_: Round) -> None:
    """A general request that two departments have handed on without settling it in time."""
    assignment = _shown(round_)
    application, secretary = assignment.application, assignment.secretary.user
    text = "二期设备月底进场，现有变压器容量不足，需增容至1000千伏安，请协调。"
    raised = _asked(round_, application, "utilities", "二期厂房用电增容", text)
    requests.reply(request=raised, text="已转供电公司勘查，两日内答复方案。", by=secretary)
    holds.pass_on(request=raised, unit="供电公司", text="请现场勘查并出具方案", by=secretary)
    holds.sign_for(request=raised, hold=holds.leading(raised).pk, name="王工", by=secretary)


def raise_one_amber(round_: Round) -> None:
    """A general request whose time is nearly used up on the demo's day."""
    assignment = _shown(round_)
    application, secretary = assignment.application, assignment.secretary.user
    text = "新产线需数控操作工三十名，请协调职业院校与人力资源市场组织专场招聘。"
    raised = _asked(round_, application, "labour", "数控操作工招聘", text)
    requests.reply(request=raised, text="已联系人社部门，本周内安排专场招聘。", by=secretary)
    holds.pass_on(request=raised, unit="人力资源和社会保障局", text="", by=secretary)


def record_milestones(round_: Round) -> None:
    """Every secretary records the nodes of the landing and what was invested this month."""
    for assignment in _assignments(round_):
        by, today = assignment.secretary.user, clock.today()
        for row in milestones_of(assignment.application)[:REACHED]:
            milestones.reach(milestone=row, on=today, evidence="已核对原件", by=by)
        milestones.record_investment(
            application=assignment.application,
            month=today,
            by=by,
            invested=_invested(assignment.application, Decimal(0)),
        )


def inquire(round_: Round) -> None:
    """The ladder opens an inquiry; the secretary explains, the lead closes it; the request is
    answered, marked, and the quarter is appraised."""
    clocks.watch_clocks()
    row = ServiceRequest.objects.get(inquiry__isnull=False, application__call=round_.call)
    inquiry = OverdueInquiry.objects.get(request=row)
    secretary = _assignments(round_, application=row.application)[0].secretary.user
    close = {
        "cause": "unit",
        "responsible": "住房和城乡建设局",
        "finding": "at_fault",
        "measures": "通报住房和城乡建设局，限三个工作日内出具意见，此类事项建立周调度。",
    }
    round_.refusals.expect(
        "inquiry closed by its subject",
        lambda: inquiries.close_inquiry(inquiry=inquiry, by=secretary, **close),
    )
    inquiries.explain(
        inquiry=inquiry, text="已三次催办，住建部门因人员调整未及时办理。", by=secretary
    )
    inquiries.close_inquiry(inquiry=inquiry, by=round_.cast["lead"], **close)
    owner = round_.cast.owners[row.application.firm_id]
    requests.answer(request=row, text="住建部门已出具意见，施工许可已补办。", by=secretary)
    requests.confirm(request=row, satisfied=True, by=owner)
    ratings.rate_request(request=row, score=3, comment="办成了，但太慢", by=owner)
    appraisals.appraise_last_quarter()


def report(round_: Round) -> dict[str, int]:
    """What the service of the call's projects came to: requests, rungs of the ladder told of,
    inquiries opened and closed; and the appraisals of all secretaries."""
    asked = ServiceRequest.objects.filter(application__call=round_.call)
    inquired = OverdueInquiry.objects.filter(request__in=asked)
    return {
        "requests": asked.count(),
        "told": Escalation.objects.filter(clock__request__in=asked).count(),
        "inquiries": inquired.count(),
        "closed": inquired.filter(closed_at__isnull=False).count(),
        "appraised": SecretaryAppraisal.objects.count(),
    }


def keep_company(round_: Round, share: Decimal) -> None:
    """Every secretary visits and records what was reached since, with the share of the investment
    made by then; every fourth project lags behind its plan."""
    today = clock.today()
    for place, assignment in enumerate(_assignments(round_)):
        application, by = assignment.application, assignment.secretary.user
        visit = visits.record_visit(
            assignment=assignment, on=today, kind="site", people="项目负责人、车间主任",
            summary="查看设备安装、用工和安全生产情况，进度与计划相符。",
            next_action="下次核对用工花名册" if place % 2 else "", by=by,
        )  # fmt: skip
        if place % 5:
            visits.confirm_visit(visit=visit, by=round_.cast.owners[application.firm_id])
        rows = milestones_of(application).filter(reached_on=None, planned_on__lt=today)
        lags = place % 4 == 0
        for row in list(rows)[: 3 if lags else None]:
            on = today if lags else min(today, row.planned_on + timedelta(days=place % 7 - 3))
            milestones.reach(milestone=row, on=on, evidence="已核对批文和现场", by=by)
        made = _invested(application, share * (Decimal("0.8") if lags else 1))
        milestones.record_investment(application=application, month=today, invested=made, by=by)


def _invested(application: Application, share: Decimal) -> Decimal:
    """What the dossier says is invested, and that share of what is planned beyond it; yuan."""
    figures = application.submissions.order_by("-version")[0].content["figures"]
    before, planned = (Decimal(figures[f"{name}_yuan"]) for name in ("invested", "fixed_assets"))
    return (before + (planned - before) * share).quantize(Decimal(1))


def settle_some(round_: Round) -> None:
    """A third of the firms raise a request that is settled the same day, and mark it."""
    for place, assignment in enumerate(_assignments(round_)[::3]):
        application, by = assignment.application, assignment.secretary.user
        owner = round_.cast.owners[application.firm_id]
        raised = _asked(round_, application, *NEEDS[place % len(NEEDS)])
        requests.answer(request=raised, text="已与主管部门对接，事项已办结。", by=by)
        requests.confirm(request=raised, satisfied=True, by=owner)
        ratings.rate_request(request=raised, score=5 - place % 2, by=owner)


def _asked(
    round_: Round, application: Application, category: str, title: str, text: str
) -> ServiceRequest:
    """A general request of the project's firm."""
    return requests.raise_request(
        application=application, category=category, level="general", title=title, text=text,
        by=round_.cast.owners[application.firm_id],
    )  # fmt: skip


def _shown(round_: Round) -> ServiceAssignment:
    """Of the secretary who signs in, where one of the round's projects is theirs."""
    rows = _assignments(round_)
    return next((row for row in rows if row.secretary.user.username == "secretary"), rows[0])


def _assignments(round_: Round, **more: object) -> list[ServiceAssignment]:
    rows = ServiceAssignment.objects.filter(
        application__call=round_.call, valid_to=None, role="lead", **more
    )
    return list(rows.select_related("application", "secretary__user").order_by("pk"))
