"""A row of service altered, added or removed behind the application's back is named."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import translation

from audit import clock
from audit.witnesses import registered
from secretaries.models import (
    Escalation,
    OverdueInquiry,
    ProjectMilestone,
    ServiceRequest,
)
from secretaries.selectors.appraising import quarter_of
from secretaries.services import (
    appointments,
    appraisals,
    backups,
    clocks,
    extensions,
    holds,
    inquiries,
    milestones,
    pauses,
    ratings,
    requests,
    settings,
    visits,
)
from tests.applications.test_uploads import png
from tests.secretaries.test_clocks import EVIDENCE
from tests.secretaries.test_requests import Served

pytestmark = pytest.mark.django_db

T = "secretaries_"
NODES = {
    "signed": "landing",
    "started": "building",
    "counted": "building",
    "running": "production",
}
# What is done by hand, and of which rows verification must speak.
ALTERED = {
    "UPDATE {T}serviceassignment SET valid_to = valid_to + interval '1 day'": "serviceassignment ",
    "UPDATE {T}serviceassignment SET handover_note = 'x'": "serviceassignment ",
    'UPDATE {T}visit SET "on" = "on" - 1': "visit ",
    "UPDATE {T}visit SET summary = 'x'": "visit ",
    "UPDATE {T}visit SET confirmed_by_id = NULL, confirmed_at = NULL": "visit ",
    "UPDATE {T}visitphoto SET digest = 'x'": "visit ",
    "DELETE FROM {T}visitphoto": "visit ",
    "UPDATE {T}servicerequest SET text = 'x'": "servicerequest ",
    "UPDATE {T}servicerequest SET contested = NOT contested": "servicerequest ",
    "UPDATE {T}serviceclock SET due_at = due_at + interval '1 day'": "servicerequest ",
    "UPDATE {T}serviceclock SET stopped_at = started_at WHERE kind = 'response'": "servicerequest ",
    "UPDATE {T}requesthold SET since = since - interval '1 day'": "servicerequest ",
    "DELETE FROM {T}requesthold": "servicerequest ",
    "UPDATE {T}clockpause SET last = last + 1": "servicerequest ",
    "UPDATE {T}extension SET days = days + 1": "servicerequest ",
    "UPDATE {T}requestaction SET text = 'x' WHERE kind = 'raise'": "request ",
    "DELETE FROM {T}requestaction WHERE kind = 'raise'": "request ",
    "UPDATE {T}escalation SET overdue = 0": "escalation ",
    "DELETE FROM {T}escalation": "escalation ",
    "UPDATE {T}overdueinquiry SET step = 'x'": "overdueinquiry ",
    "UPDATE {T}overdueinquiry SET measures = 'x'": "overdueinquiry ",
    "UPDATE {T}satisfaction SET score = 5": "satisfaction ",
    "UPDATE {T}projectmilestone SET reached_on = reached_on - 1": "projectmilestone ",
    "UPDATE {T}projectmilestone SET planned_on = planned_on + 1": "projectmilestone ",
    "UPDATE {T}projectmilestone SET evidence = 'x' WHERE evidence = ''": "milestone ",
    "UPDATE {T}projectmilestone SET planned_on = planned_on + 1 WHERE evidence = ''": "milestone ",
    "UPDATE {T}investmentreport SET invested = invested * 2": "investmentreport ",
    "UPDATE {T}secretaryappraisal SET score = 100": "secretaryappraisal ",
    "UPDATE {T}servicesettings SET values = '{{}}' WHERE version = 2": "servicesettings ",
    "UPDATE {T}milestonenode SET days = days + 1": "milestonetemplate ",
}


def lines() -> list[str]:
    with translation.override("en"):
        return [
            line
            for name, check in registered().items()
            if name.startswith("secretaries.")
            for line in check()
        ]


def by_hand(statement: str) -> list[str]:
    """What verification says after it, as a database superuser would do it; then it is undone."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        found = lines()
        transaction.set_rollback(True)
    return found


@pytest.fixture
def cast() -> Served:
    """Every kind of act was done once."""
    cast = Served()
    by, owner, lead = cast.zhao.user, cast.owner, cast.lead
    appraise(cast)
    appointments.accept(assignment=cast.assignment, by=by)
    picture = [SimpleUploadedFile("1.png", png())]
    visit = visits.record_visit(
        assignment=cast.assignment, on=clock.today(), kind="site", people="张", summary="看现场",
        photos=picture, by=by,
    )  # fmt: skip
    visits.confirm_visit(visit=visit, by=owner)
    settle(cast)
    overdue(cast)
    signed, building = (
        ProjectMilestone.objects.get(node__mark=mark) for mark in ("signed", "started")
    )
    milestones.reach(milestone=signed, on=clock.today(), evidence="已核对协议原件", by=by)
    milestones.plan_anew(milestone=building, on=date(2030, 1, 1), reason="冬季停工顺延", by=by)
    milestones.record_investment(
        application=cast.it, month=clock.today(), invested=Decimal(500), by=by
    )
    change: dict[str, Any] = {"reason": "微调", "seen": 1, "by": lead}
    nodes = [milestones.Node(stage, mark, mark, 5, mark) for mark, stage in NODES.items()]
    milestones.set_template(nodes=nodes, **change)
    settings.set_numbers(values={"hard_days": 29}, document_no="吉工信〔2026〕9号", **change)
    other = cast.secretary("孙启明")
    backups.set_backup(assignment=cast.assignment, backup=other, by=lead)
    appointments.hand_over(
        assignment=cast.assignment, to=other, note="规划许可在办，每周五碰头。", by=lead
    )
    return cast


def settle(cast: Served) -> None:
    """A request passed on, signed for, assisted, paused, given more time, reopened, settled."""
    by, owner = cast.zhao.user, cast.owner
    row = cast.ask(level="complex")
    requests.reply(request=row, text="已受理，三日内反馈。", by=by)
    holds.pass_on(request=row, unit="供电公司", text="", by=by)
    holds.sign_for(request=row, hold=row.holds.last().pk, name="李工", by=by)
    holds.ask_assistance(request=row, unit="住建局", text="请出具意见", by=by)
    holds.record_assistance(request=row, hold=row.holds.last().pk, text="住建意见已出", by=by)
    holds.pass_on(request=row, unit="水务集团", text="", by=by)
    holds.send_back(request=row, hold=row.holds.last().pk, text="不属本单位职责", by=by)
    pauses.pause_clock(request=row, reason="firm", evidence=EVIDENCE, by=by)
    pauses.resume_clock(request=row, text="材料已补齐", by=by)
    extensions.ask_extension(request=row, days=2, reason="需省级协调办理", by=by)
    extensions.decide_extension(request=row, granted=True, text="同意延期两日", by=cast.lead)
    requests.answer(request=row, text="已接通临时用电。", by=by)
    requests.confirm(request=row, satisfied=False, text="正式用电仍未接通", by=owner)
    pauses.pause_clock(request=row, reason="law", evidence=EVIDENCE, by=by)
    requests.add_note(request=row, text="公示期满前不计时", by=owner)
    requests.answer(request=row, text="正式用电已接通。", by=by)
    requests.record_call_back(request=row, text="已电话回访，企业确认。", by=by)
    requests.confirm(request=row, satisfied=True, by=owner)
    ratings.rate_request(request=row, score=3, comment="办成了", by=owner)


def overdue(cast: Served) -> None:
    """A request whose clock climbs the whole ladder, and its inquiry."""
    cast.ask(title="施工许可")
    clocks.watch_clocks(clock.now() + timedelta(days=60))
    inquiry = OverdueInquiry.objects.get()
    inquiries.explain(inquiry=inquiry, text="未及时转办，已整改。", by=cast.zhao.user)
    inquiries.close_inquiry(
        inquiry=inquiry, cause="follow_up", responsible="四平市工信局", finding="at_fault",
        measures="约谈并限三日内办结。", by=cast.lead,
    )  # fmt: skip


def appraise(cast: Served) -> None:
    """As if the secretary had served in the quarter before."""
    this, served = quarter_of(clock.today()).before, cast.it.service_assignments
    served.update(valid_from=clock.now() - timedelta(days=200))
    appraisals.appraise_quarter(year=this.year, quarter=this.number, by=cast.lead)
    served.update(valid_from=cast.assignment.valid_from)


def test_what_the_services_wrote_agrees_and_each_change_by_hand_is_named(cast: Served) -> None:
    assert (Escalation.objects.exists(), ServiceRequest.objects.count()) == (True, 2)
    assert lines() == []
    said = {statement: by_hand(statement.format(T=T)) for statement in ALTERED}
    silent = [
        statement
        for statement, named in ALTERED.items()
        if not any(line.removeprefix("secretaries.").startswith(named) for line in said[statement])
    ]
    assert silent == []
