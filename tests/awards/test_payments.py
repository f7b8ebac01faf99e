"""Claims, payments and endings through their services."""

from datetime import timedelta
from decimal import Decimal

import pytest

from applications.models import Application, CallStatus
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import Award
from awards.services import (
    claims,
    endings,
    payments,
    reserve,
)
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_money import ENOUGH, envelope


class TestPayments:
    def test_from_claim_to_voucher(self, people, agreed):
        first = stages.part(agreed, 1)
        stages.paid(people, first)
        award = Award.objects.get(pk=agreed.award_id)
        assert award.paid == 1_500 * WAN
        assert envelope(award.application.call)[2] == 1_500 * WAN
        assert Application.objects.get(pk=award.application_id).status == Status.IN_PROGRESS
        assert [
            (e.action, e.actor_id)
            for e in Event.objects.filter(action__startswith="payment.").order_by("id")
        ] == [
            ("payment.enter", people.finance.pk),
            ("payment.release", people.finance2.pk),
            ("payment.record_paid", people.finance.pk),
        ]

    def test_instalments_are_claimed_in_their_order_by_an_owner(self, people, agreed, editor):
        with pytest.raises(WrongState):
            stages.claimed(people, stages.part(agreed, 2))
        with pytest.raises(NotPermitted):
            stages.claimed(people, stages.part(agreed, 1), by=editor)
        stages.claimed(people, stages.part(agreed, 1))
        with pytest.raises(WrongState):
            stages.claimed(people, stages.part(agreed, 1))

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"invested": Decimal(-1)}, "invested"),
            ({"insured": -1}, "insured"),
            ({"statement": "短"}, "statement"),
            ({"files": []}, "files"),
            ({"files": [stages.paper()] * 21}, "files"),
        ],
    )
    def test_a_claim_says_what_is_missing(self, people, agreed, change, field):
        with pytest.raises(Invalid) as refused:
            stages.claimed(people, stages.part(agreed, 1), **change)
        assert refused.value.field == field
        assert stages.part(agreed, 1).status == "planned"

    def test_what_was_invested_does_not_shrink(self, people, agreed):
        stages.paid(people, stages.part(agreed, 1))
        with pytest.raises(Invalid) as refused:
            stages.claimed(people, stages.part(agreed, 2), invested=999 * WAN)
        assert refused.value.field == "invested"

    def test_a_returned_claim_stays_and_a_new_one_follows(self, people, agreed):
        first = stages.part(agreed, 1)
        claim = stages.claimed(people, first)
        for person in (people.owner, people.officer, people.finance):
            with pytest.raises(NotPermitted):
                claims.verify_claim(claim=claim, text=ENOUGH, by=person)
        with pytest.raises(Invalid):
            claims.return_claim(claim=claim, reason="缺", by=people.secretary)
        claims.return_claim(claim=claim, reason="缺少设备付款凭证，请补充。", by=people.secretary)
        with pytest.raises(WrongState):
            claims.verify_claim(claim=claim, text=ENOUGH, by=people.secretary)
        stages.verified(people, first)
        assert first.claims.count() == 2

    def test_maker_and_checker_are_two_people(self, people, agreed):
        first = stages.part(agreed, 1)
        claim = stages.verified(people, first)
        with pytest.raises(NotPermitted):
            payments.enter_payment(claim=claim, payee=people.firm.name, by=people.officer)
        with pytest.raises(Invalid) as refused:
            payments.enter_payment(claim=claim, payee="别的公司", by=people.finance)
        assert refused.value.field == "payee"
        payment = payments.enter_payment(claim=claim, payee=people.firm.name, by=people.finance)
        with pytest.raises(WrongState):
            payments.record_paid(
                payment=payment, voucher_no="1", paid_on=clock.today(), by=people.finance
            )
        with pytest.raises(NotPermitted):
            payments.release_payment(payment=payment, by=people.finance)
        payments.release_payment(payment=payment, by=people.finance2)
        with pytest.raises(WrongState):
            payments.release_payment(payment=payment, by=people.finance2)

    def test_a_voucher_stands_once_and_not_before_the_release(self, people, agreed):
        paid = stages.paid(people, stages.part(agreed, 1))
        second = stages.released(people, stages.part(agreed, 2))
        for values, field in (
            ({"voucher_no": " ", "paid_on": clock.today()}, "voucher_no"),
            ({"voucher_no": paid.voucher_no, "paid_on": clock.today()}, "voucher_no"),
            ({"voucher_no": "2", "paid_on": clock.today() + timedelta(days=1)}, "paid_on"),
            ({"voucher_no": "2", "paid_on": clock.today() - timedelta(days=1)}, "paid_on"),
        ):
            with pytest.raises(Invalid) as refused:
                payments.record_paid(payment=second, by=people.finance, **values)
            assert refused.value.field == field
        with pytest.raises(WrongState):
            payments.record_paid(
                payment=paid, voucher_no="3", paid_on=clock.today(), by=people.finance
            )


class TestEndings:
    def test_termination_frees_what_was_not_paid(self, people, agreed):
        call = agreed.award.application.call
        stages.paid(people, stages.part(agreed, 1))
        waiting = stages.claimed(people, stages.part(agreed, 2))
        assert envelope(call)[1] == 24_000 * WAN
        stages.terminated(people, agreed.award)
        assert envelope(call)[1:] == (22_500 * WAN, 1_500 * WAN)
        with pytest.raises(WrongState):
            claims.verify_claim(claim=waiting, text=ENOUGH, by=people.secretary)
        with pytest.raises(WrongState):
            stages.terminated(people, agreed.award)

    def test_a_released_payment_is_recorded_before_the_end(self, people, agreed):
        stages.released(people, stages.part(agreed, 1))
        with pytest.raises(WrongState):
            stages.terminated(people, agreed.award)

    def test_an_entered_payment_is_not_released_after_the_end(self, people, agreed):
        payment = stages.entered(people, stages.part(agreed, 1))
        stages.terminated(people, agreed.award)
        with pytest.raises(WrongState):
            payments.release_payment(payment=payment, by=people.finance2)

    def test_the_call_closes_when_everything_is_settled(self, people, awarded):
        call = awarded[0].application.call
        for award in awarded:
            with pytest.raises(WrongState):
                endings.close_call(call=call, by=people.officer)
            stages.terminated(people, award)
        reserve.close_reserve(call=call, by=people.officer)
        assert endings.close_call(call=call, by=people.officer).status == CallStatus.CLOSED
        assert envelope(call)[1:] == (0, 0)
