"""Quarterly reports with their due dates, and the mid-term check."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import User
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import Award
from awards.quarters import Quarter
from awards.selectors.progress import owed
from awards.services import progress
from awards.waiting import waiting_for
from calendars.selectors import working_days
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.tables import pairs, tried
from tests.awards.test_guards import refused
from tests.awards.test_witnesses import lines

WHY = "与发票台账和社保缴费人数核对一致。"


@pytest.fixture
def award(agreed):
    return Award.objects.select_related("agreement").get(pk=agreed.award_id)


def due_rows(award):
    return owed(award, list(award.progress_reports.all()), clock.now(), working_days())


def test_due_by_the_calendar_and_then_overdue(people, award):
    """Ten working days after 31 March 2026: Qingming (4-6 April) does not count."""
    assert due_rows(award) == []
    quarter = stages.pass_quarter()
    [one] = due_rows(award)
    assert (one.quarter, one.due_at.date()) == (Quarter(2026, 1), date(2026, 4, 15))
    assert not one.late
    clock.travel_to(one.due_at + timedelta(minutes=1))
    assert due_rows(award)[0].late
    stages.reported(people, award, quarter)
    assert not due_rows(award)[0].late


def test_it_waits_for_the_firm_then_for_secretary_and_officer(people, award, supervisor):
    page = reverse("awards:progress", args=[award.pk])

    def waits(person):
        items = waiting_for(User.objects.get(pk=person.pk), clock.now())
        return page in [item.url for item in items]

    assert not waits(people.owner)
    quarter = stages.pass_quarter()
    assert waits(people.owner)
    row = stages.reported(people, award, quarter)
    assert not waits(people.owner)
    assert [p for p in (people.secretary, people.officer, supervisor) if waits(p)] == [
        people.secretary,
        people.officer,
    ]
    progress.return_report(report=row, reason=WHY, by=people.secretary)
    assert waits(people.owner)
    stages.reported(people, award, quarter, insured=151)
    assert lines() == []


def test_what_cannot_be_reported(people, award, editor, applicant2):
    with pytest.raises(WrongState):
        stages.reported(people, award, Quarter(2026, 1))
    quarter = stages.pass_quarter()
    for person in (editor, applicant2, people.officer, people.secretary):
        with pytest.raises(NotPermitted):
            stages.reported(people, award, quarter, by=person)
    with pytest.raises(WrongState):
        stages.reported(people, award, Quarter(2025, 4))
    with pytest.raises(WrongState):
        stages.reported(people, award, Quarter(2026, 2))
    for change, field in (
        ({"invested": Decimal(-1)}, "invested"),
        ({"insured": -1}, "insured"),
        ({"text": "短"}, "text"),
    ):
        with pytest.raises(Invalid) as caught:
            stages.reported(people, award, quarter, **change)
        assert caught.value.field == field
    stages.reported(people, award, quarter)
    with pytest.raises(WrongState):
        stages.reported(people, award, quarter)


def test_what_was_invested_does_not_shrink(people, award):
    first = stages.pass_quarter()
    row = stages.reported(people, award, first)
    progress.confirm_report(report=row, text=WHY, by=people.secretary)
    second = stages.pass_quarter()
    with pytest.raises(Invalid) as caught:
        stages.reported(people, award, second, invested=1_999 * WAN)
    assert caught.value.field == "invested"


OFFICE = ("officer", "officer2", "secretary")
ALLOWED = {
    "none": pairs("submit", "owner"),
    "submitted": pairs("confirm", *OFFICE) | pairs("return", *OFFICE),
    "confirmed": set(),
    "returned": pairs("submit", "owner"),
}


@pytest.mark.parametrize("state", ALLOWED)
def test_state_by_person_by_act(
    people, award, state, supervisor, lead, applicant2, editor, auditor, secretary2
):
    persons = {
        "owner": people.owner, "editor": editor, "rival": applicant2, "officer": people.officer,
        "officer2": people.officer2, "approver": people.approver, "finance": people.finance,
        "secretary": people.secretary, "secretary2": secretary2, "supervisor": supervisor,
        "lead": lead, "auditor": auditor,
    }  # fmt: skip
    quarter = stages.pass_quarter()
    acts = {"submit": lambda by: stages.reported(people, award, quarter, by=by)}
    if state != "none":
        row = stages.reported(people, award, quarter)
        acts |= {
            "confirm": lambda by: progress.confirm_report(report=row, text=WHY, by=by),
            "return": lambda by: progress.return_report(report=row, reason=WHY, by=by),
        }
        if state != "submitted":
            acts["confirm" if state == "confirmed" else "return"](people.secretary)
    done, barred = tried(acts, persons)
    assert done == ALLOWED[state]
    if state == "submitted":
        assert pairs("confirm", "owner", "secretary2", "finance", "lead") <= barred


def test_an_older_quarter_reports_no_more_than_a_later_one(people, award):
    first = stages.pass_quarter()
    clock.travel_to(datetime(2026, 7, 2, 9, tzinfo=clock.SHANGHAI))
    second = stages.reported(people, award, Quarter(2026, 2), invested=5_000 * WAN)
    progress.confirm_report(report=second, text=WHY, by=people.secretary)
    with pytest.raises(Invalid) as caught:
        stages.reported(people, award, first, invested=5_000 * WAN + Decimal("0.01"))
    assert caught.value.field == "invested"
    stages.reported(people, award, first, invested=5_000 * WAN)


def test_what_waits_for_the_check_says_so_until_it_is_passed(people, client_of):
    agreement = stages.agreed(people, stages.ranked(people, midterm_before=2))
    stages.paid(people, stages.part(agreement, 1))
    part = reverse("awards:instalment", args=[stages.part(agreement, 2).pk])
    page = reverse("awards:progress", args=[agreement.award_id])
    officer, owner = client_of(people.officer), client_of(people.owner)

    def said():
        folded = {one.act.name: one.act.folded for one in officer.get(page).context["acts"]}
        words = "中期检查通过后方可申请第 2 期拨付", "中期检查通过后，项目单位方可申请本期拨付"
        return (
            *(words[0] in client.get(page).content.decode() for client in (officer, owner)),
            *(words[1] in client.get(part).content.decode() for client in (officer, owner)),
            folded.get("check"),
        )

    assert said() == (True, True, True, True, False)
    for passed, found in ((False, (True, True, True, True, False)), (True, (False,) * 4)):
        progress.check_mid_term(
            award=agreement.award, on=clock.today(), passed=passed, finding=WHY, by=people.officer
        )
        assert said()[: len(found)] == found
    read = owner.get(page).content.decode()
    assert ("通过" in read, "须整改" in read) == (True, True)  # either check says what it found


def test_the_check_opens_the_instalment_that_wants_it(people):
    agreement = stages.agreed(people, stages.ranked(people, midterm_before=2))
    award = agreement.award
    stages.paid(people, stages.part(agreement, 1))
    with pytest.raises(WrongState):
        stages.claimed(people, stages.part(agreement, 2))
    claim = reverse("awards:claim_new", args=[stages.part(agreement, 2).pk])
    page = reverse("awards:progress", args=[award.pk])

    def waits():
        asked = ((people.owner, claim), (people.secretary, page), (people.officer, page))
        people_ = [(User.objects.get(pk=user.pk), url) for user, url in asked]
        return [url in [i.url for i in waiting_for(u, clock.now())] for u, url in people_]

    def check(passed, by, on=None):
        return progress.check_mid_term(
            award=award, on=on or clock.today(), passed=passed, finding=WHY, by=by
        )

    for person in (people.owner, people.finance, people.approver):
        with pytest.raises(NotPermitted):
            check(True, person)
    with pytest.raises(Invalid):
        check(True, people.officer, clock.today() + timedelta(days=1))
    check(False, people.secretary)
    with pytest.raises(Invalid) as caught:  # not put right before it was found
        check(True, people.officer, clock.today() - timedelta(days=1))
    assert caught.value.field == "on"
    with pytest.raises(WrongState):
        stages.claimed(people, stages.part(agreement, 2))
    assert waits() == [False, True, True]
    check(True, people.officer)
    assert waits() == [True, False, False]
    stages.claimed(people, stages.part(agreement, 2))
    with pytest.raises(WrongState):
        check(False, people.officer)
    assert lines() == []


def test_the_page_shows_and_takes_it(people, award, client_of, applicant2):
    page = reverse("awards:progress", args=[award.pk])
    stages.pass_quarter()
    assert client_of(applicant2).get(page).status_code == 404
    assert client_of(people.finance).post(page, {"act": "report"}).status_code == 403
    owner = client_of(people.owner)
    typed = {"act": "report", "report-invested": "2000", "report-insured": "150",
             "report-text": "主体厂房封顶，设备进场安装。"}  # fmt: skip
    assert owner.post(page, {**typed, "report-insured": ""}).status_code == 422
    assert owner.post(page, typed).status_code == 302
    assert owner.post(page, typed).status_code == 409
    day = f'type="date" name="check-on" value="{clock.today().isoformat()}"'
    assert day in client_of(people.secretary).get(page).content.decode()
    seen = {"act": "confirm", "confirm-reason": WHY}
    assert client_of(people.secretary).post(page, seen).status_code == 302
    assert "2,000" in owner.get(page).content.decode()


def test_an_overdue_report_is_counted_in_working_days_on_both_pages(people, award, client_of):
    """Due 15 April 2026; six working days later it is Thursday the 23rd."""
    stages.pass_quarter()
    clock.travel_to(datetime(2026, 4, 23, 9, tzinfo=clock.SHANGHAI))
    owner = client_of(people.owner)
    for page in (reverse("portal:workbench"), reverse("awards:progress", args=[award.pk])):
        assert "超 6 个工作日" in owner.get(page).content.decode()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE awards_progressreport SET insured = 999",
        "UPDATE awards_progressreport SET status = 'submitted', settled_by_id = NULL",
        "UPDATE awards_progressreport SET settlement = 'x'",
        "DELETE FROM awards_progressreport",
    ],
)
def test_a_confirmed_report_stays(people, award, sql):
    row = stages.reported(people, award, stages.pass_quarter())
    progress.confirm_report(report=row, text=WHY, by=people.officer)
    assert refused(sql) != ""
