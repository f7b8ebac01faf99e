"""Service while projects are built: a late request and its inquiry, milestones, an appraisal."""

from decimal import Decimal

from audit import clock
from rehearsal.round import Round
from secretaries.models import OverdueInquiry, ServiceAssignment, ServiceRequest
from secretaries.selectors.milestones import milestones_of
from secretaries.services import (
    appraisals,
    clocks,
    holds,
    inquiries,
    milestones,
    ratings,
    requests,
)

REACHED = 4  # nodes that each project's secretary records: the stage of the landing


def raise_one_late(round_: Round) -> None:
    """The first project's firm raises a request; a department lets it lie for two months."""
    assignment = _assignments(round_)[0]
    application, secretary = assignment.application, assignment.secretary.user
    raised = requests.raise_request(
        application=application, category="permits", level="general", title="施工许可补办",
        text="施工许可材料已齐，住建部门迟迟未出具意见，请协调。",
        by=round_.cast.owners[application.firm_id],
    )  # fmt: skip
    requests.reply(request=raised, text="已受理，转住建部门办理，三日内反馈进展。", by=secretary)
    holds.pass_on(request=raised, unit="住房和城乡建设局", text="请按时限办理", by=secretary)


def record_milestones(round_: Round) -> None:
    """Every secretary records the nodes of the landing and what was invested this month."""
    for assignment in _assignments(round_):
        by, today = assignment.secretary.user, clock.today()
        for row in milestones_of(assignment.application)[:REACHED]:
            milestones.reach(milestone=row, on=today, evidence="已核对原件", by=by)
        milestones.record_investment(
            application=assignment.application, month=today, invested=Decimal(5_000_000), by=by
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


def _assignments(round_: Round, **more: object) -> list[ServiceAssignment]:
    rows = ServiceAssignment.objects.filter(
        application__call=round_.call, valid_to=None, role="lead", **more
    )
    return list(rows.select_related("application", "secretary__user").order_by("pk"))
