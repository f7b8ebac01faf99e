"""Idle projects recalled, projects ended by two people, money clawed back with interest."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import User
from applications.models import Application
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.bookkeeping import ledger as bookkeeping
from awards.models import Award, Envelope, LedgerEntry, Recall, Repayment
from awards.services import clawbacks, recalls, terminations
from awards.tasks import recall_idle
from awards.waiting import waiting_for
from notifications.models import Message
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.tables import pairs, tried
from tests.awards.test_guards import refused
from tests.awards.test_witnesses import lines, sql
from tests.racing import overtaken

WHY = "情况已核实，按程序办理。"


@pytest.fixture
def award(kept, people, ranked):
    """P1's first instalment, 1,500 万元, is paid."""

    def make():
        agreement = stages.agreed(people, ranked)
        stages.paid(people, stages.part(agreement, 1))
        return Award.objects.get(pk=agreement.award_id)

    return kept.build("first_paid", make, on=("ranked",))


def waits(person):
    return [i.url for i in waiting_for(User.objects.get(pk=person.pk), clock.now())]


def stand_still(award, months=3):
    """Three months after the first instalment was paid."""
    stages.pass_day(date(2026, 3 + months, 9))


def recalled(award):
    stand_still(award)
    assert recall_idle() == 1
    return Recall.objects.get(award=award)


class TestRecall:
    def test_after_three_months_without_an_act(self, people, award):
        paid = stages.part(award.agreement, 1).payment.paid_on
        stages.pass_day(paid + timedelta(days=90))
        assert recall_idle() == 0
        stages.pass_day(paid + timedelta(days=91))
        assert recall_idle() == 1
        row = Recall.objects.get()
        assert (row.idle_since, row.status) == (paid, "issued")
        assert recall_idle() == 0
        assert reverse("awards:ending", args=[award.pk]) in waits(people.owner)
        assert lines() == []

    def test_a_report_or_a_claim_is_an_act(self, people, award):
        quarter = stages.pass_quarter()
        stages.reported(people, award, quarter)
        stand_still(award)
        assert recall_idle() == 0

    def test_what_lies_with_the_office_is_not_idle(self, people, award):
        stages.claimed(people, stages.part(award.agreement, 2))
        stand_still(award, months=6)
        assert recall_idle() == 0

    def test_what_follows_without_a_reply_is_said_while_it_is_awaited(
        self, people, award, client_of
    ):
        row, page = recalled(award), reverse("awards:ending", args=[award.pk])
        assert "逾期未答复的" in client_of(people.owner).get(page).content.decode()
        recalls.reply(recall=row, text="设备延期交付，七月恢复安装。", by=people.owner)
        assert "逾期未答复的" not in client_of(people.owner).get(page).content.decode()

    def test_a_lifted_recall_begins_the_time_anew(self, people, award):
        row = recalled(award)
        recalls.reply(recall=row, text="设备延期交付，七月恢复安装。", by=people.owner)
        assert reverse("awards:ending", args=[award.pk]) in waits(people.officer)
        recalls.lift(recall=row, reason=WHY, by=people.officer)
        assert recall_idle() == 0
        stand_still(award, months=7)
        assert recall_idle() == 1
        assert lines() == []

    def test_the_reply_has_its_time(self, people, award):
        row = recalled(award)
        with pytest.raises(WrongState):
            stages.ending(people, award, ground="idle")
        clock.travel_to(row.due_at + timedelta(minutes=1))
        with pytest.raises(WrongState):
            recalls.reply(recall=row, text=WHY, by=people.owner)
        assert reverse("awards:ending", args=[award.pk]) in waits(people.officer)
        stages.ending(people, award, ground="idle")
        row.refresh_from_db()
        assert row.status == "upheld"

    def test_without_a_recall_idle_is_no_ground(self, people, award):
        with pytest.raises(Invalid) as caught:
            stages.ending(people, award, ground="idle")
        assert caught.value.field == "ground"


@pytest.mark.django_db(transaction=True)
def test_a_second_beat_issues_nothing_twice(people, award):
    stand_still(award)
    got = overtaken(recall_idle, recall_idle)
    assert got in (0, None)
    assert Recall.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_recall_is_issued_to_a_firm_that_claims_meanwhile(people, award):
    stand_still(award)
    part = stages.part(award.agreement, 2)
    assert overtaken(lambda: stages.claimed(people, part), recall_idle) == 0
    assert Recall.objects.count() == 0


class TestTermination:
    def test_two_people_end_a_project_and_claw_back_with_interest(self, people, award):
        stand_still(award)
        before = Envelope.objects.get()
        stages.terminated(people, award, claw_back=1_500 * WAN)
        award.refresh_from_db()
        assert (award.revoked_by, award.revocation) == (people.approver, stages.WHY)
        assert Application.objects.get(pk=award.application_id).status == Status.TERMINATED
        assert reverse("awards:clawback", args=[award.pk]) in waits(people.finance)
        order = ordered(people, award)
        days = (clock.today() - stages.part(award.agreement, 1).payment.paid_on).days
        expected = (1_500 * WAN * Decimal("3.45") * days / 36500).quantize(Decimal("0.01"))
        assert (order.principal, order.interest) == (1_500 * WAN, expected)
        assert Envelope.objects.get().available == before.available + 1_500 * WAN
        assert lines() == []

    def test_a_claim_of_an_ended_project_waits_for_nobody(self, people, award):
        claim = stages.claimed(people, stages.part(award.agreement, 2))
        page = reverse("awards:claim", args=[claim.pk])
        assert page in waits(people.secretary)
        stages.terminated(people, award)
        assert page not in waits(people.secretary)

    def test_the_approver_may_refuse(self, people, award):
        row = stages.ending(people, award)
        with pytest.raises(WrongState):
            stages.ending(people, award)
        terminations.refuse_termination(termination=row, reason=WHY, by=people.approver)
        assert Application.objects.get(pk=award.application_id).status == Status.IN_PROGRESS
        stages.terminated(people, award)
        assert lines() == []

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"claw_back": 1_501 * WAN}, "claw_back"),
            ({"claw_back": Decimal(-1)}, "claw_back"),
            ({"ground": "whim"}, "ground"),
            ({"reason": "短"}, "reason"),
        ],
    )
    def test_what_cannot_be_put_forward(self, people, award, change, field):
        with pytest.raises(Invalid) as caught:
            stages.ending(people, award, **change)
        assert caught.value.field == field

    def test_whoever_put_it_forward_takes_it_back(self, people, award, client_of):
        row = stages.ending(people, award)
        page, typed = reverse("awards:ending", args=[award.pk]), {"act": "withdraw"}
        typed["withdraw-reason"] = WHY
        for person in (people.officer2, people.approver, people.owner):
            with pytest.raises(NotPermitted):
                taken_back(row, person)
            assert client_of(person).post(page, typed).status_code == 409
        officer = client_of(people.officer)
        assert officer.post(page, {**typed, "withdraw-reason": "短"}).status_code == 422
        assert page in waits(people.approver)
        assert officer.post(page, typed).status_code == 302
        assert officer.post(page, typed).status_code == 409
        row.refresh_from_db()
        assert (row.status, row.settled_by) == ("withdrawn", people.officer)
        assert page not in waits(people.approver)
        told = Message.objects.filter(kind="termination.withdrawn", recipient=people.approver)
        assert told.count() == 1
        with pytest.raises(WrongState):
            terminations.confirm_termination(termination=row, text=WHY, by=people.approver)
        stages.terminated(people, award)
        assert lines() == []

    def test_the_recall_of_what_was_taken_back_is_a_ground_again(self, people, award):
        row = recalled(award)
        clock.travel_to(row.due_at + timedelta(minutes=1))
        taken_back(stages.ending(people, award, ground="idle"), people.officer)
        again = stages.ending(people, award, ground="idle")
        assert again.recall == row
        taken_back(again, people.officer)
        stages.reported(people, award, stages.pass_quarter())
        with pytest.raises(Invalid) as caught:
            stages.ending(people, award, ground="idle")
        assert caught.value.field == "ground"
        assert lines() == []

    def test_another_than_who_put_it_forward_cannot_have_taken_it_back(self, people, award):
        stages.ending(people, award)
        assert "termination_by_two" in refused(
            "UPDATE awards_termination SET status = 'withdrawn', settled_at = now(), settlement ="
            " 'x', settled_by_id = (SELECT decided_by_id FROM awards_award LIMIT 1)"
        )

    def test_whoever_puts_it_forward_does_not_decide(self, people, award):
        stages.ending(people, award)
        assert "termination_by_two" in refused(
            "UPDATE awards_termination SET status = 'confirmed', settled_by_id = proposed_by_id,"
            " settled_at = now(), settlement = 'x'"
        )


def taken_back(row, by):
    return terminations.withdraw_termination(termination=row, reason=WHY, by=by)


def owing(people, award, wan=1_500):
    stages.terminated(people, award, claw_back=wan * WAN)
    return ordered(people, award)


def ordered(people, award, by=None, number="吉财追〔2026〕1号"):
    """What the termination decided, ordered back by a letter."""
    ended = award.terminations.get(status="confirmed")
    return clawbacks.order_clawback(termination=ended, document_no=number, by=by or people.finance)


def receipt(order, amount, by, number="HK-1", on=None):
    return clawbacks.enter_repayment(
        clawback=order, amount=amount, paid_on=on or clock.today(), document_no=number, by=by
    )


class TestClawback:
    def test_part_payments_until_nothing_is_owed(self, people, award):
        stand_still(award)
        order = owing(people, award)
        first = receipt(order, 500 * WAN, people.finance)
        assert (first.interest, first.principal) == (order.interest, 500 * WAN - order.interest)
        envelope = Envelope.objects.get()
        assert envelope.recovered == 0
        with pytest.raises(NotPermitted):
            clawbacks.confirm_repayment(repayment=first, by=people.finance)
        clawbacks.confirm_repayment(repayment=first, by=people.finance2)
        assert Envelope.objects.get().recovered == first.principal
        entry = LedgerEntry.objects.get(kind="recovered")
        assert (entry.repayment, entry.document) == (first, "HK-1")
        clock.travel_to(clock.now() + timedelta(days=30))
        left = order.principal - first.principal
        interest = (left * Decimal("3.45") * 30 / 36500).quantize(Decimal("0.01"))
        with pytest.raises(Invalid) as caught:
            receipt(order, left + interest + Decimal("0.01"), people.finance2, "HK-2")
        assert caught.value.field == "amount"
        last = receipt(order, left + interest, people.finance2, "HK-2")
        assert reverse("awards:clawback", args=[award.pk]) in waits(people.finance)
        clawbacks.confirm_repayment(repayment=last, by=people.finance)
        order.refresh_from_db()
        assert order.settled_at == Repayment.objects.get(pk=last.pk).confirmed_at
        assert Envelope.objects.get().recovered == order.principal
        with pytest.raises(WrongState):
            receipt(order, WAN, people.finance, "HK-3")
        assert lines() == []

    def test_the_firm_alone_is_asked_to_pay(self, people, award, client_of):
        order = owing(people, award)
        page, asked = reverse("awards:clawback", args=[award.pk]), "请于"
        for person, there in ((people.owner, True), (people.finance, False)):
            shown = client_of(person).get(page).content.decode()
            assert (f"缴款时请注明文号{order.document_no}" in shown) == there
            assert (asked in shown) == there

    def test_interest_alone_moves_no_ledger(self, people, award):
        stand_still(award)
        order = owing(people, award)
        row = receipt(order, order.interest, people.finance)
        clawbacks.confirm_repayment(repayment=row, by=people.finance2)
        assert (row.principal, LedgerEntry.objects.filter(kind="recovered").count()) == (0, 0)
        assert list(bookkeeping()) == []

    def test_what_is_refused_is_entered_anew(self, people, award):
        order = owing(people, award)
        row = receipt(order, 100 * WAN, people.finance)
        with pytest.raises(WrongState):
            receipt(order, 100 * WAN, people.finance2, "HK-2")
        clawbacks.refuse_repayment(repayment=row, reason=WHY, by=people.finance2)
        again = receipt(order, 90 * WAN, people.finance)
        clawbacks.confirm_repayment(repayment=again, by=people.finance2)
        assert Envelope.objects.get().recovered == again.principal
        assert lines() == []

    def test_who_entered_a_receipt_takes_it_back(self, people, award, client_of):
        order = owing(people, award)
        row = receipt(order, 100 * WAN, people.finance)
        for person in (people.finance2, people.officer):
            with pytest.raises(NotPermitted):
                clawbacks.withdraw_repayment(repayment=row, reason=WHY, by=person)
        page = reverse("awards:clawback", args=[award.pk])
        typed = {"act": "withdraw", "withdraw-reason": WHY}
        assert client_of(people.finance2).post(page, typed).status_code == 409
        assert client_of(people.finance).post(page, typed).status_code == 302
        assert "已撤回" in client_of(people.finance).get(page).content.decode()
        with pytest.raises(WrongState):
            clawbacks.confirm_repayment(repayment=row, by=people.finance2)
        again = receipt(order, 90 * WAN, people.finance)  # by the same receipt
        clawbacks.confirm_repayment(repayment=again, by=people.finance2)
        assert lines() == []

    def test_a_receipt_says_what_is_missing(self, people, award):
        order = owing(people, award)
        for change, field in (
            ({"number": " "}, "document_no"),
            ({"on": clock.today() + timedelta(days=1)}, "paid_on"),
            ({"on": clock.today() - timedelta(days=1)}, "paid_on"),
        ):
            with pytest.raises(Invalid) as caught:
                receipt(order, WAN, people.finance, **change)
            assert caught.value.field == field
        row = receipt(order, WAN, people.finance)
        clawbacks.confirm_repayment(repayment=row, by=people.finance2)
        with pytest.raises(Invalid) as caught:
            receipt(order, WAN, people.finance, " hk-1")
        assert caught.value.field == "document_no"

    @pytest.mark.parametrize(
        ("statement", "why"),
        [
            ("UPDATE awards_clawback SET principal = 1", "what was recorded stays"),
            ("UPDATE awards_clawback SET rate = 0", "what was recorded stays"),
            ("DELETE FROM awards_clawback", "rows are kept"),
            (
                "UPDATE awards_repayment SET confirmed_by_id = entered_by_id, confirmed_at = now()",
                "repayment_maker_is_not_checker",
            ),
            ("UPDATE awards_repayment SET amount = 1", "what was recorded stays"),
            (
                (
                    "UPDATE awards_repayment SET confirmed_at = now(), confirmed_by_id ="
                    " (SELECT decided_by_id FROM awards_award LIMIT 1)"
                ),
                "not booked as confirmed",
            ),
            ("UPDATE awards_termination SET claw_back = 0", "stays"),
            (
                (
                    "SET CONSTRAINTS award_ended_on_record IMMEDIATE;"
                    "UPDATE awards_award SET revoked_at = now(), revoked_by_id = decided_by_id,"
                    " revocation = 'x' WHERE revoked_at IS NULL AND paid = 0"
                ),
                "ended without a termination by two",
            ),
        ],
    )
    def test_the_database_holds_it(self, people, award, statement, why):
        receipt(owing(people, award), WAN, people.finance)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        assert why in refused(statement)

    def test_a_changed_repayment_is_named(self, people, award):
        row = receipt(owing(people, award), 100 * WAN, people.finance)
        clawbacks.confirm_repayment(repayment=row, by=people.finance2)
        sql(f"UPDATE awards_repayment SET principal = 1, interest = amount - 1 WHERE id = {row.pk}")
        assert any(f"awards.repayment {row.pk}" in line for line in lines())
        assert any("the ledger says another sum" in line or "账" in line for line in lines())


@pytest.fixture
def persons(people, supervisor, lead, applicant2, editor, auditor):
    return {
        "owner": people.owner, "editor": editor, "rival": applicant2, "officer": people.officer,
        "officer2": people.officer2, "approver": people.approver, "finance": people.finance,
        "finance2": people.finance2, "secretary": people.secretary, "supervisor": supervisor,
        "lead": lead, "auditor": auditor,
    }  # fmt: skip


RECALL = {
    "issued": pairs("reply", "owner") | pairs("lift", "officer", "officer2"),
    "replied": pairs("lift", "officer", "officer2"),
    "lifted": set(),
}


@pytest.mark.parametrize("state", RECALL)
def test_recall_by_state_by_person(people, award, persons, state):
    row = recalled(award)
    acts = {
        "reply": lambda by: recalls.reply(recall=row, text=WHY, by=by),
        "lift": lambda by: recalls.lift(recall=row, reason=WHY, by=by),
    }
    if state == "replied":
        acts["reply"](people.owner)
    elif state == "lifted":
        acts["lift"](people.officer)
    assert tried(acts, persons)[0] == RECALL[state]


TERMINATION = {
    "none": pairs("propose", "officer", "officer2"),
    "proposed": pairs("confirm", "approver") | pairs("refuse", "approver"),
    "refused": pairs("propose", "officer", "officer2"),
    "confirmed": set(),
}


@pytest.mark.parametrize("state", TERMINATION)
def test_termination_by_state_by_person(people, award, persons, state):
    acts = {"propose": lambda by: stages.ending(people, award, by=by)}
    if state != "none":
        row = stages.ending(people, award)
        acts |= {
            "confirm": lambda by: terminations.confirm_termination(
                termination=row, text=WHY, by=by
            ),
            "refuse": lambda by: terminations.refuse_termination(
                termination=row, reason=WHY, by=by
            ),
        }
        if state != "proposed":
            acts["confirm" if state == "confirmed" else "refuse"](people.approver)
    assert tried(acts, persons)[0] == TERMINATION[state]


REPAYMENT = {
    "decided": pairs("order", "finance", "finance2"),
    "owed": pairs("enter", "finance", "finance2"),
    "pending": pairs("confirm", "finance2") | pairs("refuse", "finance2"),
    "confirmed": pairs("enter", "finance", "finance2"),
}


@pytest.mark.parametrize("state", REPAYMENT)
def test_repayment_by_state_by_person(people, award, persons, state):
    stages.terminated(people, award, claw_back=1_500 * WAN)
    acts = {"order": lambda by: ordered(people, award, by)}
    if state != "decided":
        order = ordered(people, award)
        acts["enter"] = lambda by: receipt(order, 100 * WAN, by, "HK-9")
    if state not in ("decided", "owed"):
        row = receipt(order, 100 * WAN, people.finance)
        acts |= {
            "confirm": lambda by: clawbacks.confirm_repayment(repayment=row, by=by),
            "refuse": lambda by: clawbacks.refuse_repayment(repayment=row, reason=WHY, by=by),
        }
        if state == "confirmed":
            acts["confirm"](people.finance2)
    assert tried(acts, persons)[0] == REPAYMENT[state]


def test_the_pages(people, award, client_of, applicant2):
    row = recalled(award)
    page, back = (reverse(f"awards:{name}", args=[award.pk]) for name in ("ending", "clawback"))
    owner = client_of(people.owner)
    assert owner.post(page, {"act": "reply", "reply-reason": WHY}).status_code == 302
    assert owner.post(page, {"act": "reply", "reply-reason": WHY}).status_code == 409
    assert client_of(people.finance).post(page, {"act": "lift"}).status_code == 403
    assert (
        client_of(applicant2).get(page).status_code == client_of(applicant2).get(back).status_code
    )
    put = {"act": "propose", "propose-ground": "idle", "propose-reason": WHY,
           "propose-claw_back": "1500"}  # fmt: skip
    assert client_of(people.officer).post(page, put).status_code == 302
    assert client_of(people.officer).post(page, {"act": "confirm"}).status_code == 409
    decide = {"act": "confirm", "confirm-reason": WHY}
    quarters = reverse("awards:progress", args=[award.pk])
    assert "pill is-late" in owner.get(quarters).content.decode()
    assert client_of(people.approver).post(page, decide).status_code == 302
    # an ended project owes no report, and its agreement is not in force any more
    assert "pill is-late" not in owner.get(quarters).content.decode()
    for name, args in (("agreements", []), ("agreement", [award.agreement.pk])):
        shown = owner.get(reverse(f"awards:{name}", args=args)).content.decode()
        assert (shown.count(">已终止<"), shown.count(">生效<")) == (1, 0)
    row.refresh_from_db()
    assert row.status == "upheld"
    letter = {"act": "order", "order-document_no": "吉财追〔2026〕1号"}
    assert client_of(people.finance).post(back, letter).status_code == 302
    shown = owner.get(back).content.decode()
    assert "1,500" in shown
    order = award.clawback
    since = stages.part(award.agreement, 1).payment.paid_on
    days, interest = (clock.today() - since).days, f"{order.interest:,.2f}"
    assert f"15,000,000.00 × 3.45% × {days} ÷ 365 = {interest}" in shown
    typed = {"act": "enter", "enter-amount": "500", "enter-paid_on": clock.today().isoformat(),
             "enter-document_no": "HK-1"}  # fmt: skip
    assert client_of(people.officer).post(back, typed).status_code == 403
    assert client_of(people.finance).post(back, typed).status_code == 302
    assert client_of(people.finance).post(back, {"act": "confirm"}).status_code == 409
    assert client_of(people.finance2).post(back, {"act": "confirm"}).status_code == 302
    shown = owner.get(back).content.decode()
    assert "HK-1" in shown
    assert "5,000,000.00" in shown
