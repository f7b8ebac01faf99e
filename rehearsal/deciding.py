"""From ranked to awarded: the funding line, a deviation, the decision, notice, objection, award."""

from datetime import timedelta

from django.utils import timezone

from applications.models import Call
from applications.workflow import Status
from audit import clock
from awards.models import FundingList, Minutes, Outcome, PublicNotice
from awards.services import (
    decisions,
    deviations,
    funding,
    notices,
    objection_answers,
    objections,
    reserve,
)
from awards.services.minutes import record_minutes
from rehearsal.papers import pdf
from rehearsal.round import Round
from reviews.selectors.rankings import entry_of, sheet_for
from reviews.services.statements import issue_statement
from reviews.statements import content_of

MEETING = (
    ("approver", "省工业和信息化厅，厅长"),
    ("finance", "省财政厅，处长"),
    ("officer", "省工业和信息化厅，处长"),
)


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
    minutes = meet(round_, 8, "同意按评审结果安排资金，名单见附件。")
    round_.refusals.expect(
        "officer decides",
        lambda: funding.approve_list(
            funding_list=drawn, minutes=minutes, note="", by=cast["officer2"]
        ),
    )
    approved = funding.approve_list(
        funding_list=drawn,
        minutes=minutes,
        note="同意按评审结果安排。",
        by=cast["approver"],
    )
    round_.call.refresh_from_db()
    return approved


def meet(round_: Round, number: int, decisions: str) -> Minutes:
    """The department's meeting decides; its signed minutes are recorded."""
    year = round_.call.year
    return record_minutes(
        call=round_.call,
        number=f"厅务会纪要〔{year}〕{number}号",
        held_on=clock.today(),
        participants="\n".join(f"{round_.cast[who].name}，{office}" for who, office in MEETING),
        decisions=decisions,
        upload=pdf("会议纪要", f"{round_.call.number} {number}"),
        by=round_.cast["officer"],
    )


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
            proof=[pdf("现场照片", item.application.number or "")],
        )
        objections.accept_objection(
            objection=filed, finding="署名真实，线索具体，予以受理。", by=cast["officer"]
        )
        round_.refusals.expect(
            "officer answers the own objection",
            lambda filed=filed: objection_answers.answer_objection(  # type: ignore[misc]  # bound early on purpose
                objection=filed, upheld=False, answer="经核查不成立，予以驳回。", by=cast["officer"]
            ),
        )
        round_.wait_working_days(1)
        objection_answers.answer_objection(
            objection=filed,
            upheld=upheld,
            answer="经现场核查，反映的问题属实，取消资格。"
            if upheld
            else "经现场核查，投资凭证齐全，反映的问题不属实。",
            by=cast["approver"],
        )


def carry_out(round_: Round, notice: PublicNotice) -> None:
    """What was upheld takes effect once nobody has asked for its review in time."""
    approver = round_.cast["approver"]
    for upheld in notice.objections.filter(status="upheld").select_related("application"):
        round_.refusals.expect(
            "upheld objection carried out at once",
            lambda upheld=upheld: objection_answers.carry_out(objection=upheld, by=approver),  # type: ignore[misc]  # bound early on purpose
        )
        assert upheld.review_until is not None
        round_.wait_until(timezone.localdate(upheld.review_until) + timedelta(days=1))
        objection_answers.carry_out(objection=upheld, by=approver)


def award_all(round_: Round, notice: PublicNotice) -> int:
    """After the period (and a supplementary notice for whoever moved up) the approver awards."""
    cast = round_.cast
    round_.refusals.expect(
        "award during the notice", lambda: decisions.award(call=round_.call, by=cast["approver"])
    )
    object_and_answer(round_, notice)
    round_.wait_until(notice.ends_on + timedelta(days=1))
    decisions.award(call=round_.call, by=cast["approver"])
    carry_out(round_, notice)
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
