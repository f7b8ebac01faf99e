"""Acceptance: applied for with an audit report, graded by one person, settled by another."""

from decimal import Decimal

import pytest
from django.urls import reverse

from applications.models import Application, CallStatus
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import Acceptance, Award
from awards.services import acceptance, claims, terminations
from awards.waiting import waiting_for
from tests.awards import stages
from tests.awards.tables import pairs, tried
from tests.awards.test_guards import refused
from tests.awards.test_witnesses import lines, sql

WHY = "各项指标均已核对，意见如上。"


@pytest.fixture
def award(kept, people, ranked):
    return kept.build(
        "all_paid",
        lambda: stages.all_paid(people, stages.agreed(people, ranked)),
        on=("ranked",),
    )


def status(award):
    return Application.objects.get(pk=award.application_id).status


def offered(client, path):
    return [one.act.name for one in client.get(path).context["acts"]]


def waiting(user):
    return [item.url for item in waiting_for(user, clock.now())]


def test_accepted_by_two(people, award, client_of):
    row = stages.graded(people, award)
    assert (row.grade, row.status) == ("good", "graded")
    with pytest.raises(NotPermitted):
        acceptance.settle(acceptance=row, text=WHY, by=people.officer)
    acceptance.settle(acceptance=row, text=WHY, by=people.officer2)
    award.refresh_from_db()
    assert (award.accepted_by, award.acceptance) == (people.officer2, row.reasons)
    assert status(award) == Status.COMPLETED
    page = client_of(people.owner).get(reverse("awards:acceptance", args=[award.pk]))
    assert "良" in page.content.decode()
    assert lines() == []


def test_a_poor_project_is_not_accepted_and_may_apply_again(people, award):
    row = stages.graded(people, award, "59.99")
    acceptance.settle(acceptance=row, text=WHY, by=people.approver)
    award.refresh_from_db()
    row.refresh_from_db()
    assert (row.status, row.grade, award.accepted_at) == ("failed", "poor", None)
    assert status(award) == Status.IN_PROGRESS
    stages.accepted(people, award)
    assert status(award) == Status.COMPLETED
    assert Acceptance.objects.filter(award=award).count() == 2
    assert lines() == []


def test_a_project_is_not_accepted_while_its_termination_waits(people, award, client_of):
    row = stages.graded(people, award)
    path = reverse("awards:acceptance", args=[award.pk])
    assert offered(client_of(people.officer2), path) == ["settle", "send_back"]
    ended = stages.ending(people, award)
    with pytest.raises(WrongState):
        acceptance.settle(acceptance=row, text=WHY, by=people.officer2)
    assert offered(client_of(people.officer2), path) == ["send_back"]
    assert path not in waiting(people.officer2)
    page = client_of(people.officer2).get(path).content.decode()
    assert "终止决定作出前，本项目不得验收。" in page
    assert reverse("awards:ending", args=[award.pk]) in page
    terminations.refuse_termination(termination=ended, reason=WHY, by=people.approver)
    assert path in waiting(people.officer2)
    acceptance.settle(acceptance=row, text=WHY, by=people.officer2)
    assert status(award) == Status.COMPLETED


def test_a_poor_project_is_settled_while_its_termination_waits(people, award, client_of):
    row = stages.graded(people, award, "59.99")
    stages.ending(people, award)
    path = reverse("awards:acceptance", args=[award.pk])
    assert offered(client_of(people.officer2), path) == ["settle", "send_back"]
    assert path in waiting(people.officer2)
    acceptance.settle(acceptance=row, text=WHY, by=people.officer2)
    row.refresh_from_db()
    assert (row.status, status(award)) == ("failed", Status.IN_PROGRESS)


def test_what_is_sent_back_is_graded_anew(people, award):
    row = stages.graded(people, award)
    acceptance.send_back(acceptance=row, reason=WHY, by=people.approver)
    row.refresh_from_db()
    assert (row.status, row.points, row.grade, row.graded_by) == ("applied", None, "", None)
    acceptance.grade(acceptance=row, points=Decimal(91), reasons=WHY, by=people.officer2)
    acceptance.settle(acceptance=row, text=WHY, by=people.officer)
    assert status(award) == Status.COMPLETED


def test_the_call_closes_with_its_last_project(people, ranked, award):
    Award.objects.exclude(pk=award.pk).update(revocation="")
    for other in Application.objects.filter(call=ranked).exclude(pk=award.application_id):
        Application.objects.filter(pk=other.pk).update(status=Status.COMPLETED)
    stages.accepted(people, award)
    ranked.refresh_from_db()
    assert ranked.status == CallStatus.CLOSED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"invested": Decimal(-1)}, "invested"),
        ({"insured": -1}, "insured"),
        ({"summary": "短"}, "summary"),
    ],
)
def test_an_application_says_what_is_missing(people, award, change, field):
    with pytest.raises(Invalid) as caught:
        stages.applied(people, award, **change)
    assert caught.value.field == field


def test_not_before_every_instalment_is_settled(people, agreed):
    stages.paid(people, stages.part(agreed, 1))
    with pytest.raises(WrongState):
        stages.applied(people, agreed.award)


def test_with_the_last_instalment_forfeited_it_can_still_be_accepted(people, agreed):
    award = stages.all_paid(people, agreed, insured=112)
    stages.accepted(people, award)
    award.refresh_from_db()
    assert award.accepted_at is not None
    assert award.paid + award.cut == award.amount
    assert lines() == []


STATES = ("none", "applied", "graded", "accepted", "failed", "returned")
SECOND = ("officer2", "approver")
ALLOWED = {
    "none": pairs("apply", "owner"),
    "applied": pairs("grade", "officer", "officer2") | pairs("return", "officer", "officer2"),
    "graded": pairs("settle", *SECOND) | pairs("send_back", *SECOND),
    "accepted": set(),
    "failed": pairs("apply", "owner"),
    "returned": pairs("apply", "owner"),
}


def reach(people, award, state):
    """The acceptance in this state."""
    if state in ("none", "applied"):
        return stages.applied(people, award)
    if state == "returned":
        row = stages.applied(people, award)
        return acceptance.return_to_firm(acceptance=row, reason=WHY, by=people.officer)
    row = stages.graded(people, award, "50" if state == "failed" else "86")
    if state == "graded":
        return row
    return acceptance.settle(acceptance=row, text=WHY, by=people.officer2)


@pytest.mark.parametrize("state", STATES)
def test_state_by_person_by_act(
    people, award, state, supervisor, lead, applicant2, editor, auditor, expert
):
    persons = {
        "owner": people.owner, "editor": editor, "rival": applicant2, "officer": people.officer,
        "officer2": people.officer2, "approver": people.approver, "finance": people.finance,
        "secretary": people.secretary, "supervisor": supervisor, "lead": lead,
        "auditor": auditor, "expert": expert,
    }  # fmt: skip
    row = None if state == "none" else reach(people, award, state)
    acts = {"apply": lambda by: stages.applied(people, award, by=by)}
    if row is not None:
        acts |= {
            "grade": lambda by: acceptance.grade(
                acceptance=row, points=Decimal(70), reasons=WHY, by=by
            ),
            "return": lambda by: acceptance.return_to_firm(acceptance=row, reason=WHY, by=by),
            "settle": lambda by: acceptance.settle(acceptance=row, text=WHY, by=by),
            "send_back": lambda by: acceptance.send_back(acceptance=row, reason=WHY, by=by),
        }
    done, barred = tried(acts, persons)
    assert done == ALLOWED[state]
    if state == "graded":
        assert pairs("settle", "officer", "owner", "finance", "supervisor", "auditor") <= barred


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE awards_acceptance SET reasons = 'x'", "what was settled stays"),
        ("UPDATE awards_acceptance SET status = 'applied'", "what was settled stays"),
        ("DELETE FROM awards_acceptance", "rows are kept"),
        ("UPDATE awards_acceptance SET report_digest = 'x'", "stays"),
    ],
)
def test_what_was_settled_stays(people, award, statement, why):
    stages.accepted(people, award)
    assert why in refused(statement)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE awards_acceptance SET status = 'accepted'", "acceptance_settled"),
        (("UPDATE awards_acceptance SET settled_by_id = graded_by_id, settled_at = now(),"
          " settlement = 'x', status = 'accepted'"), "acceptance_by_two"),
        ("UPDATE awards_acceptance SET status = 'returned'", "does not follow"),
        (("UPDATE awards_award SET accepted_at = now(), accepted_by_id = decided_by_id,"
          " acceptance = 'x' WHERE paid = amount"), "accepted without an acceptance by two"),
        (("UPDATE awards_acceptance SET grade = 'poor', settled_by_id = applied_by_id,"
          " settled_at = now(), settlement = 'x', status = 'accepted'"), "acceptance_by_two"),
    ],
)  # fmt: skip
def test_the_database_wants_two_people(people, award, statement, why):
    stages.graded(people, award)
    assert why in refused(statement)


def test_a_changed_grade_is_named(people, award):
    row = stages.accepted(people, award)
    sql(f"UPDATE awards_acceptance SET grade = 'excellent' WHERE id = {row.pk}")
    [line] = lines()
    assert f"awards.acceptance {row.pk}" in line


def test_the_report_goes_to_whom_the_award_is_open(people, award, client_of, applicant2):
    row = stages.applied(people, award)
    url = reverse("awards:audit_report", args=[row.pk])
    assert client_of(people.owner).get(url).status_code == 200
    assert client_of(applicant2).get(url).status_code == 404
    assert (
        client_of(people.owner).get(reverse("awards:audit_report", args=[999])).status_code == 404
    )


def test_the_pages_refuse_in_words(people, award, client_of, applicant2):
    page = reverse("awards:acceptance", args=[award.pk])
    assert client_of(applicant2).get(page).status_code == 404
    assert client_of(people.finance).post(page, {"act": "grade"}).status_code == 403
    assert client_of(people.officer).post(page, {"act": "grade"}).status_code == 409
    assert client_of(people.owner).post(page, {"act": "apply"}).status_code == 422


def test_a_claim_after_the_end_is_refused(people, award):
    stages.accepted(people, award)
    with pytest.raises(WrongState):
        claims.claim_instalment(
            instalment=stages.part(award.agreement, 3),
            invested=Decimal(1),
            insured=1,
            statement=WHY,
            files=[stages.paper()],
            by=people.owner,
        )
