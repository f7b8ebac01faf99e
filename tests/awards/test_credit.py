"""What projects come to enters the credit record of their firm, and later calls see it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from applications.models import CreditRecord
from applications.services import checks, credit
from applications.waiting import waiting_for
from applications.witnessing import credit as witness
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import Award
from awards.services import acceptance, clawbacks
from awards.services.credit import note_unpaid
from tests import making
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.tables import pairs, tried
from tests.awards.test_recoveries import ordered, receipt

WHY = "情况不属实，附证明材料。"


@pytest.fixture
def award(kept, people, ranked):
    def make():
        agreement = stages.agreed(people, ranked)
        stages.paid(people, stages.part(agreement, 1))
        return Award.objects.get(pk=agreement.award_id)

    return kept.build("first_paid", make, on=("ranked",))


def found(people):
    """What the credit check of a new dossier of the firm finds."""
    later = making.dossier(
        making.call(people.officer), people.firm, title="二期项目", status=Status.RECOMMENDED
    )
    return {
        f.code.partition(":")[0]: f.severity
        for f in checks.find(later, clock.today())
        if f.kind == "credit"
    }


@pytest.mark.parametrize(
    ("ground", "kind", "severity"),
    [("other", "terminated", "warn"), ("false", "false", "veto")],
)
def test_a_termination_is_seen_by_later_calls_until_it_expires(
    people, award, ground, kind, severity
):
    stages.terminated(people, award, ground=ground)
    row = CreditRecord.objects.get()
    assert (row.kind, row.until.year - row.since.year) == (kind, 3)
    assert found(people) == {kind: severity}
    clock.travel_to(clock.now() + timedelta(days=3 * 366))
    assert found(people) == {}
    assert list(witness()) == []


def test_a_failed_acceptance_is_recorded(people, agreed):
    award = stages.all_paid(people, agreed)
    row = stages.graded(people, award, "41")
    acceptance.settle(acceptance=row, text=WHY, by=people.officer2)
    assert found(people) == {"not_accepted": "warn"}


def test_what_is_not_paid_back_bars_until_it_is(people, award):
    stages.terminated(people, award, claw_back=1_500 * WAN)
    order = ordered(people, award)
    clock.travel_to(order.due_at - timedelta(minutes=5))
    assert note_unpaid() == 0
    clock.travel_to(order.due_at + timedelta(days=1))
    assert (note_unpaid(), note_unpaid()) == (1, 0)
    unpaid = CreditRecord.objects.get(kind="unpaid")
    assert unpaid.until is None
    assert found(people)["unpaid"] == "veto"
    owed = 1_500 * WAN + order.interest
    row = receipt(order, owed, people.finance)
    clawbacks.confirm_repayment(repayment=row, by=people.finance2)
    unpaid.refresh_from_db()
    assert unpaid.until is None  # the interest since the order is still owed
    from awards.interest import until
    from awards.selectors.recoveries import balance_of

    rest = until(balance_of(order, order.repayments.all()), order.rate, clock.today()).total
    last = receipt(order, rest, people.finance, "HK-2")
    clawbacks.confirm_repayment(repayment=last, by=people.finance2)
    unpaid.refresh_from_db()
    assert unpaid.until.year == clock.today().year + 3
    assert list(witness()) == []


def objected(people):
    return credit.object_to_record(record=CreditRecord.objects.get(), text=WHY, by=people.owner)


def test_what_is_withdrawn_counts_no_more(people, award):
    stages.terminated(people, award)
    row = objected(people)
    page = reverse("applications:credit_record", args=[row.pk])
    officer = User.objects.get(pk=people.officer.pk)
    assert page in [item.url for item in waiting_for(officer, clock.now())]
    credit.decide_on_record(record=row, keep=False, text=WHY, by=people.officer)
    assert found(people) == {}
    assert list(witness()) == []
    with pytest.raises(WrongState):
        credit.decide_on_record(record=row, keep=True, text=WHY, by=people.officer2)


STATES = {
    "recorded": pairs("object", "owner"),
    "objected": pairs("keep", "officer", "officer2") | pairs("withdraw", "officer", "officer2"),
    "kept": set(),
}


@pytest.mark.parametrize("state", STATES)
def test_state_by_person_by_act(
    people, award, state, supervisor, lead, applicant2, editor, auditor
):
    persons = {
        "owner": people.owner, "editor": editor, "rival": applicant2, "officer": people.officer,
        "officer2": people.officer2, "approver": people.approver, "finance": people.finance,
        "secretary": people.secretary, "supervisor": supervisor, "lead": lead,
        "auditor": auditor,
    }  # fmt: skip
    stages.terminated(people, award)
    row = CreditRecord.objects.get()

    def decide(keep):
        return lambda by: credit.decide_on_record(record=row, keep=keep, text=WHY, by=by)

    acts = {
        "object": lambda by: credit.object_to_record(record=row, text=WHY, by=by),
        "keep": decide(True),
        "withdraw": decide(False),
    }
    if state != "recorded":
        objected(people)
    if state == "kept":
        acts["keep"](people.officer)
    assert tried(acts, persons)[0] == STATES[state]


def test_an_entry_of_a_public_list_is_not_ours_to_withdraw(people):
    row = CreditRecord.objects.create(
        uscc=people.firm.uscc, kind="dishonest", text="未履行", source="公开网", since=clock.today()
    )
    with pytest.raises(WrongState):
        credit.object_to_record(record=row, text=WHY, by=people.owner)


def test_the_pages(people, award, client_of, applicant2, expert, supervisor):
    stages.terminated(people, award)
    row = CreditRecord.objects.get()
    page, listed = (
        reverse("applications:credit_record", args=[row.pk]),
        reverse("applications:credit_list"),
    )
    assert client_of(expert).get(listed).status_code == 403
    assert client_of(applicant2).get(page).status_code == 404
    assert award.application.title in client_of(people.owner).get(listed).content.decode()
    assert award.application.title not in client_of(applicant2).get(listed).content.decode()
    assert client_of(supervisor).post(page, {"text": WHY}).status_code == 403
    assert client_of(people.officer).post(page, {"text": WHY}).status_code == 409
    assert client_of(people.owner).post(page, {"text": "短"}).status_code == 422
    assert client_of(people.owner).post(page, {"text": WHY}).status_code == 302
    assert client_of(people.owner).post(page, {"text": WHY}).status_code == 409
    withdraw = {"text": WHY, "withdraw": "1"}
    assert client_of(people.officer).post(page, withdraw).status_code == 302
    row.refresh_from_db()
    assert row.decision == "withdrawn"


def test_an_objection_says_something(people, award):
    stages.terminated(people, award)
    with pytest.raises(Invalid):
        credit.object_to_record(record=CreditRecord.objects.get(), text="短", by=people.owner)
    with pytest.raises(NotPermitted):
        credit.object_to_record(record=CreditRecord.objects.get(), text=WHY, by=people.officer)
