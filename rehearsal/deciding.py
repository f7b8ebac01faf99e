"""From ranked to awarded: the funding line, a deviation, the decision, notice, objection, award."""

from datetime import timedelta

from applications.models import Call
from applications.workflow import Status
from audit import clock
from awards.models import FundingList, Outcome, PublicNotice
from awards.services import decisions, deviations, funding, notices, objections, reserve
from rehearsal.round import Round
from reviews.selectors.rankings import entry_of, sheet_for
from reviews.services.statements import issue_statement
from reviews.statements import content_of


def decide(round_: Round) -> FundingList:
    """The line is drawn, one deviation asked for and refused, one list sent back, then approved."""
    cast = round_.cast
    round_.wait_working_days(2)
    drawn = funding.draw_funding_list(call=round_.call, by=cast["officer"])
    last = (
        drawn.items.filter(outcome=Outcome.FUNDED)
        .select_related("application")
        .order_by("-position")[0]
    )
    deviation = deviations.propose_deviation(
        funding_list=drawn,
        application=last.application,
        kind="hold_back",
        reason="现场核查发现用地预审尚未批复，建议暂缓。",
        by=cast["officer"],
    )
    round_.refusals.expect(
        "own deviation confirmed",
        lambda: deviations.confirm_deviation(deviation=deviation, by=cast["officer"]),
    )
    round_.refusals.expect(
        "list submitted with an open deviation",
        lambda: funding.submit_list(funding_list=drawn, by=cast["officer"]),
    )
    deviations.refuse_deviation(deviation=deviation, by=cast["officer2"])
    funding.submit_list(funding_list=drawn, by=cast["officer"])
    round_.refusals.expect(
        "officer decides",
        lambda: funding.approve_list(
            funding_list=drawn, minutes_no="1", note="", by=cast["officer2"]
        ),
    )
    approved = funding.approve_list(
        funding_list=drawn,
        minutes_no=f"厅务会纪要〔{round_.call.year}〕8号",
        note="同意按评审结果安排。",
        by=cast["approver"],
    )
    round_.call.refresh_from_db()
    return approved


def put_on_notice(round_: Round, wait: int = 2) -> PublicNotice:
    """The proposed projects go on public notice, so many working days after the decision."""
    round_.wait_working_days(wait)
    notice = notices.publish_notice(call=round_.call, by=round_.cast["officer"])
    round_.call = Call.objects.get(pk=round_.call.pk)
    _ask_for_points(round_, notice)
    return notice


def _ask_for_points(round_: Round, notice: PublicNotice) -> None:
    """The owner of each firm on the notice takes the statement of its points."""
    for item in notice.items.select_related("application").order_by("pk"):
        entry = entry_of(round_.call, item.application_id)
        sheet = sheet_for(entry.application) if entry is not None else None
        assert entry is not None
        assert sheet is not None
        issue_statement(
            entry=entry,
            content=content_of(entry, sheet),
            by=round_.cast.owners[item.application.firm_id],
        )


def object_and_answer(round_: Round, notice: PublicNotice) -> None:
    """Two objections: one not upheld (released), one upheld (the reserve moves up)."""
    cast = round_.cast
    items = list(notice.items.select_related("application").order_by("pk"))
    round_.wait_working_days(1)
    chosen = [items[len(items) // 2], items[-1]] if len(items) > 2 else []
    for item, upheld in zip(chosen, (False, True), strict=False):
        filed = objections.file_objection(
            notice=notice,
            application=item.application,
            objector_name="鲁志远",
            objector_identity="220302198001011235",
            objector_contact="13800000000",
            ground="false",
            text="该项目申报的已完成投资与现场情况不符，请予核查。",
        )
        objections.accept_objection(
            objection=filed, finding="署名真实，线索具体，予以受理。", by=cast["officer"]
        )
        round_.refusals.expect(
            "officer answers the own objection",
            lambda filed=filed: objections.answer_objection(  # type: ignore[misc]  # bound early on purpose
                objection=filed, upheld=False, answer="经核查不成立，予以驳回。", by=cast["officer"]
            ),
        )
        round_.wait_working_days(1)
        objections.answer_objection(
            objection=filed,
            upheld=upheld,
            answer="经现场核查，反映的问题属实，取消资格。"
            if upheld
            else "经现场核查，投资凭证齐全，反映的问题不属实。",
            by=cast["approver"],
        )


def award_all(round_: Round, notice: PublicNotice) -> int:
    """After the period (and a supplementary notice for whoever moved up) the approver awards."""
    cast = round_.cast
    round_.refusals.expect(
        "award during the notice", lambda: decisions.award(call=round_.call, by=cast["approver"])
    )
    object_and_answer(round_, notice)
    round_.wait_until(notice.ends_on + timedelta(days=1))
    decisions.award(call=round_.call, by=cast["approver"])
    if round_.applications(Status.PROPOSED):
        extra = notices.publish_notice(call=round_.call, by=cast["officer"])
        round_.wait_until(extra.ends_on + timedelta(days=1))
        decisions.award(call=round_.call, by=cast["approver"])
    round_.call.refresh_from_db()
    return len(round_.applications(Status.AWARDED))


def allocate(round_: Round) -> None:
    """The finance department's letter is recorded; the reserve list closes."""
    round_.wait_working_days(2)
    decisions.record_allocation(
        call=round_.call,
        number=f"吉财产业指〔{round_.call.year}〕{round_.call.sequence}89号",
        issued_on=clock.today(),
        by=round_.cast["finance"],
    )
    reserve.close_reserve(call=round_.call, by=round_.cast["officer"])
