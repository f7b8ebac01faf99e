"""Public notices and objections: periods, who is held, who is told, what stays secret."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, TooLate, WrongState
from awards import tasks
from awards.models import Objection, PublicNotice
from awards.services import (
    decisions,
    notices,
    objection_answers,
    objections,
    recounts,
    reserve,
)
from calendars.notice_text import read
from calendars.services import confirm_year, propose_year
from calendars.wording import day_of
from notifications.models import Job, Message
from tests.awards import stages
from tests.calendars.test_years import NEXT, NUMBER
from tests.racing import race

TEXT = "该项目申报的已完成投资与现场情况不符，请予核查。"
NAME, IDENTITY, CONTACT = "鲁志远", "220302198001011235", "13800000000"


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=clock.SHANGHAI)


def dossier(title: str) -> Application:
    return Application.objects.get(title=title)


def objected(notice: PublicNotice, title: str = "P2", by=None, **more) -> Objection:
    values = {
        "objector_name": NAME,
        "objector_identity": IDENTITY,
        "objector_contact": CONTACT,
        "ground": "false",
        "text": TEXT,
        "proof": [stages.paper("现场照片")],
    } | more
    return objections.file_objection(notice=notice, application=dossier(title), by=by, **values)


def carried_out(people, filed: Objection) -> None:
    """Upheld, and nobody asked for the review while there was time."""
    filed.refresh_from_db()
    with pytest.raises(WrongState):
        objection_answers.carry_out(objection=filed, by=people.approver)
    stages.pass_day(day_of(filed.review_until))
    objection_answers.carry_out(objection=filed, by=people.approver)


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        (at("2023-07-31"), date(2023, 7, 31), date(2023, 8, 4)),
        (at("2024-04-28"), date(2024, 4, 28), date(2024, 5, 7)),  # a Sunday worked, then 五一
        (at("2026-03-07"), date(2026, 3, 9), date(2026, 3, 13)),  # decided on a Saturday
        (at("2026-02-14"), date(2026, 2, 14), date(2026, 2, 27)),  # a Saturday worked, then 春节
    ],
)
def test_five_working_days_the_first_included(noticed, first, last):
    assert (noticed.starts_on, noticed.ends_on, noticed.provisional) == (first, last, False)
    assert Call.objects.get(pk=noticed.call_id).status == CallStatus.ON_NOTICE
    assert [i.application.title for i in noticed.items.order_by("pk")] == ["P1", "P2", "P3"]
    assert set(
        Application.objects.filter(notice_item__isnull=False).values_list("status", flat=True)
    ) == {Status.ON_NOTICE}


@pytest.mark.parametrize("start", [at("2026-12-29")])
def test_a_period_into_an_unknown_year_is_provisional_and_awards_nothing(people, noticed):
    assert noticed.provisional
    stages.set_ceiling(people, noticed.call)
    stages.pass_day(noticed.ends_on + timedelta(days=5))
    with pytest.raises(WrongState):
        decisions.award(call=noticed.call, by=people.approver)


@pytest.mark.parametrize("start", [at("2026-12-29")])
def test_the_period_is_counted_again_once_the_year_is_known(people, noticed, sysadmin, secadmin):
    propose_year(year=2027, source_no=NUMBER, days=read(NEXT, 2027), by=sysadmin)
    confirm_year(year=2027, by=secadmin)
    tasks.recount(Job.objects.get(task="awards.tasks.recount").pk)
    noticed.refresh_from_db()
    assert (noticed.ends_on, noticed.provisional) == (date(2027, 1, 5), False)
    told = Event.objects.count()
    recounts.recount()
    noticed.refresh_from_db()
    assert (noticed.ends_on, noticed.provisional) == (date(2027, 1, 5), False)
    assert Event.objects.count() == told


def test_a_notice_is_published_once(people, noticed):
    with pytest.raises(WrongState):
        notices.publish_notice(call=noticed.call, by=people.officer)
    with pytest.raises(NotPermitted):
        notices.publish_notice(call=noticed.call, by=people.approver)


def test_nothing_is_published_before_the_decision(people, drawn):
    with pytest.raises(WrongState):
        notices.publish_notice(call=drawn.call, by=people.officer)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"objector_name": " "}, "objector_name"),
        ({"objector_identity": "123"}, "objector_identity"),
        ({"objector_contact": ""}, "objector_contact"),
        ({"text": "不服"}, "text"),
        ({"ground": "merit"}, "ground"),
        ({"ground": "other"}, "ground"),
        ({"proof": []}, "proof"),
        ({"proof": [stages.paper()] * 11}, "proof"),
        ({"proof": [SimpleUploadedFile("照片.jpg", b"MZ")]}, "proof"),
        ({"title": "P4"}, "application"),
    ],
)
def test_an_objection_needs_name_ground_and_facts(noticed, change, field):
    with pytest.raises(Invalid) as refused:
        objected(noticed, **change)
    assert refused.value.field == field
    assert Objection.objects.count() == 0


def test_objections_are_heard_from_the_first_day_to_the_end_of_the_last(noticed):
    clock.travel_to(at(noticed.ends_on.isoformat(), 23))
    assert objected(noticed).number == f"{noticed.number}-O1"
    stages.pass_day(noticed.ends_on)
    with pytest.raises(TooLate):
        objected(noticed)


def test_only_the_item_objected_to_is_held(people, noticed):
    filed = objected(noticed)
    assert dossier("P2").status == Status.ON_NOTICE
    objections.accept_objection(
        objection=filed, finding="署名真实，线索具体，予以受理。", by=people.officer
    )
    assert {t: dossier(t).status for t in ("P1", "P2", "P3")} == {
        "P1": Status.ON_NOTICE, "P2": Status.OBJECTION_HOLD, "P3": Status.ON_NOTICE,
    }  # fmt: skip
    stages.set_ceiling(people, noticed.call)
    stages.pass_day(noticed.ends_on)
    made = decisions.award(call=noticed.call, by=people.approver)
    assert [a.application.title for a in made] == ["P1", "P3"]


def test_an_objection_not_looked_at_yet_holds_the_award(people, noticed):
    filed = objected(noticed)
    stages.set_ceiling(people, noticed.call)
    stages.pass_day(noticed.ends_on)
    assert len(decisions.award(call=noticed.call, by=people.approver)) == 2
    objections.refuse_objection(
        objection=filed, finding="所述为学术观点分歧，不属于受理范围。", by=people.officer
    )
    assert len(decisions.award(call=noticed.call, by=people.approver)) == 1


def test_two_objections_hold_until_the_last_is_answered(people, noticed):
    one, two = objected(noticed), objected(noticed)
    for filed in (one, two):
        objections.accept_objection(
            objection=filed, finding="署名真实，线索具体，予以受理。", by=people.officer
        )
    answer = "经现场核查，反映的问题不属实。"
    objection_answers.answer_objection(
        objection=one, upheld=False, answer=answer, by=people.approver
    )
    assert dossier("P2").status == Status.OBJECTION_HOLD
    objection_answers.answer_objection(
        objection=two, upheld=False, answer=answer, by=people.approver
    )
    assert dossier("P2").status == Status.ON_NOTICE


def test_an_upheld_objection_moves_the_reserve_up_with_a_supplementary_notice(people, noticed):
    filed = objected(noticed)
    objections.accept_objection(
        objection=filed, finding="署名真实，线索具体，予以受理。", by=people.officer
    )
    objection_answers.answer_objection(
        objection=filed, upheld=True, answer="经现场核查，问题属实。", by=people.approver
    )
    assert dossier("P2").status == Status.OBJECTION_HOLD
    carried_out(people, filed)
    # 3亿 − 3,000 − 9,000 = 18,000: P4 (8,000) and P5 (4,000) both fit.
    assert {t: dossier(t).status for t in ("P2", "P4", "P5")} == {
        "P2": Status.DISQUALIFIED, "P4": Status.PROPOSED, "P5": Status.PROPOSED,
    }  # fmt: skip
    extra = notices.publish_notice(call=noticed.call, by=people.officer)
    assert (extra.number, extra.supplementary) == (f"{noticed.call.number}-N2", True)
    assert [i.application.title for i in extra.items.order_by("pk")] == ["P4", "P5"]


def test_each_step_of_an_objection_is_taken_once_and_by_another(people, noticed, house):
    filed = objected(noticed, by=people.officer2)
    with pytest.raises(NotPermitted):
        objections.accept_objection(
            objection=filed, finding="线索具体，予以受理。", by=people.officer2
        )
    with pytest.raises(NotPermitted):
        objections.accept_objection(
            objection=filed, finding="线索具体，予以受理。", by=people.approver
        )
    with pytest.raises(Invalid):
        objections.accept_objection(objection=filed, finding="受理", by=people.officer)
    objections.accept_objection(objection=filed, finding="线索具体，予以受理。", by=people.officer)
    with pytest.raises(WrongState):
        objections.refuse_objection(
            objection=filed, finding="线索并不具体，不予。", by=people.officer
        )
    with pytest.raises(NotPermitted):
        objection_answers.answer_objection(
            objection=filed, upheld=False, answer="经核查不成立，予以驳回。", by=people.officer
        )
    with pytest.raises(Invalid):
        objection_answers.answer_objection(
            objection=filed, upheld=False, answer="否", by=people.approver
        )
    objection_answers.answer_objection(
        objection=filed, upheld=False, answer="经核查不成立，予以驳回。", by=people.approver
    )
    with pytest.raises(WrongState):
        objection_answers.answer_objection(
            objection=filed, upheld=True, answer="经核查成立，取消资格。", by=people.approver
        )


def test_who_objects_is_told_to_nobody_who_need_not_know(people, noticed):
    """Neither the firm's messages nor the log that many read hold name, number or telephone."""
    filed = objected(noticed)
    objections.accept_objection(
        objection=filed, finding="署名真实，线索具体，予以受理。", by=people.officer
    )
    objection_answers.answer_objection(
        objection=filed, upheld=True, answer="经现场核查，问题属实。", by=people.approver
    )
    secrets = (NAME, IDENTITY, CONTACT, TEXT)
    said = [f"{m.context} {m.url}" for m in Message.objects.all()]
    said += [f"{e.reason} {e.before} {e.after} {e.object_label}" for e in Event.objects.all()]
    assert said
    assert [(s, text) for s in secrets for text in said if s in text] == []


def test_a_disqualified_project_frees_its_money_and_says_why(people, noticed):
    with pytest.raises(Invalid) as refused:
        reserve.disqualify(application=dossier("P3"), reason="太短", by=people.approver)
    assert refused.value.field == "reason"
    with pytest.raises(NotPermitted):
        reserve.disqualify(
            application=dossier("P3"), reason="企业已被列入失信名单。", by=people.officer
        )
    moved = reserve.disqualify(
        application=dossier("P3"), reason="企业已被列入失信名单。", by=people.approver
    )
    assert [a.title for a in moved] == ["P4", "P5"]
    with pytest.raises(WrongState):
        reserve.disqualify(
            application=dossier("P3"), reason="企业已被列入失信名单。", by=people.approver
        )


def test_the_reserve_list_closes_when_nothing_is_open(people, noticed):
    with pytest.raises(WrongState):
        reserve.close_reserve(call=noticed.call, by=people.officer)
    stages.set_ceiling(people, noticed.call)
    stages.pass_day(noticed.ends_on)
    decisions.award(call=noticed.call, by=people.approver)
    with pytest.raises(NotPermitted):
        reserve.close_reserve(call=noticed.call, by=people.approver)
    assert reserve.close_reserve(call=noticed.call, by=people.officer) == 2
    assert {dossier(t).status for t in ("P4", "P5")} == {Status.NOT_FUNDED}


@pytest.mark.django_db(transaction=True)
def test_objections_filed_at_one_instant_each_get_a_number(noticed):
    filed = race([lambda: objected(noticed).number for _ in range(8)])
    assert sorted(filed) == [f"{noticed.number}-O{n}" for n in range(1, 9)]


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_one_instant_are_one_answer(people, noticed, approver2):
    filed = objected(noticed)
    objections.accept_objection(
        objection=filed, finding="署名真实，线索具体，予以受理。", by=people.officer
    )

    def answer(upheld, by):
        return objection_answers.answer_objection(
            objection=filed, upheld=upheld, answer="经现场核查，已有结论。", by=by
        ).status

    got = race([lambda: answer(True, people.approver), lambda: answer(False, approver2)])
    assert sum(isinstance(one, WrongState) for one in got) == 1
    filed.refresh_from_db()
    assert filed.status in got
    assert dossier("P2").status == (
        Status.OBJECTION_HOLD if filed.status == "upheld" else Status.ON_NOTICE
    )
