"""Award, agreement, claims, payments and endings through their services, with their races."""

from datetime import timedelta
from decimal import Decimal

import pytest

from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, Refused, WrongState
from awards.models import Agreement, AllocationNotice, Award, Envelope, Instalment, Payment
from awards.services import (
    agreements,
    claims,
    decisions,
    endings,
    envelopes,
    payments,
    reserve,
)
from notifications.models import Job
from tests.awards import stages
from tests.awards.stages import WAN
from tests.racing import race

ENOUGH = "现场核查，目标全部完成。"


def envelope(call: Call) -> tuple[Decimal, Decimal, Decimal]:
    row = Envelope.objects.get(scheme=call.scheme, year=call.year)
    return row.ceiling, row.committed, row.paid


def allocated(people, call, number="吉财产业指〔2026〕89号"):
    return decisions.record_allocation(
        call=call, number=number, issued_on=clock.today(), by=people.finance
    )


class TestEnvelope:
    def test_two_officers_set_a_ceiling(self, people, ranked):
        asked = envelopes.propose_ceiling(
            scheme=ranked.scheme, year=2026, ceiling=stages.ENVELOPE, document_no="18号",
            by=people.finance,
        )  # fmt: skip
        assert envelope(ranked)[0] == 0
        with pytest.raises(NotPermitted):
            envelopes.confirm_ceiling(change=asked, by=people.finance)
        with pytest.raises(NotPermitted):
            envelopes.confirm_ceiling(change=asked, by=people.officer)
        envelopes.confirm_ceiling(change=asked, by=people.finance2)
        assert envelope(ranked)[0] == stages.ENVELOPE
        with pytest.raises(WrongState):
            envelopes.confirm_ceiling(change=asked, by=people.finance2)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"year": 2023}, "year"),
            ({"year": 2029}, "year"),
            ({"ceiling": Decimal("300000000.01")}, "ceiling"),
            ({"ceiling": Decimal("-1")}, "ceiling"),
            ({"document_no": "  "}, "document_no"),
        ],
    )
    def test_what_policy_or_paper_forbid(self, people, ranked, change, field):
        values = {"year": 2026, "ceiling": WAN, "document_no": "18号"} | change
        with pytest.raises(Invalid) as refused:
            envelopes.propose_ceiling(scheme=ranked.scheme, by=people.finance, **values)
        assert refused.value.field == field

    def test_a_wrong_entry_is_taken_back_and_entered_anew(self, people, ranked):
        def ask(sum_):
            return envelopes.propose_ceiling(
                scheme=ranked.scheme, year=2026, ceiling=sum_, document_no="18号",
                by=people.finance,
            )  # fmt: skip

        wrong = ask(WAN)
        with pytest.raises(WrongState):
            ask(2 * WAN)
        envelopes.refuse_ceiling(change=wrong, reason="金额录入有误", by=people.finance)
        with pytest.raises(WrongState):
            envelopes.confirm_ceiling(change=wrong, by=people.finance2)
        envelopes.confirm_ceiling(change=ask(2 * WAN), by=people.finance2)
        assert envelope(ranked)[0] == 2 * WAN

    def test_a_ceiling_does_not_fall_below_what_is_committed(self, people, awarded):
        call = awarded[0].application.call
        with pytest.raises(Invalid):
            stages.set_ceiling(people, call, 23_999 * WAN)
        stages.set_ceiling(people, call, 24_000 * WAN)
        assert envelope(call) == (24_000 * WAN, 24_000 * WAN, 0)


class TestAward:
    def test_awards_are_split_into_instalments_to_the_fen(self, people):
        example = (("A", "90.00", 1_234), ("B", "80.00", 1))
        call = stages.ranked(people, example, instalments=[33, 33, 34])
        first, second = stages.awarded(people, call)
        assert [i.amount for i in first.instalments.all()] == [
            Decimal("4072200.00"), Decimal("4072200.00"), Decimal("4195600.00"),
        ]  # fmt: skip
        assert sum(i.amount for i in second.instalments.all()) == WAN
        assert envelope(call) == (stages.ENVELOPE, 1_235 * WAN, 0)

    def test_every_award_has_its_job_for_a_secretary(self, awarded):
        assert sorted(Job.objects.values_list("key", flat=True)) == sorted(
            f"appoint:{a.application_id}" for a in awarded
        )
        assert Call.objects.get().status == CallStatus.AWARDED

    def test_nothing_is_awarded_before_the_period_is_over(self, people, noticed):
        stages.set_ceiling(people, noticed.call)
        with pytest.raises(WrongState):
            decisions.award(call=noticed.call, by=people.approver)
        stages.pass_day(noticed.ends_on - timedelta(days=1))
        with pytest.raises(WrongState):
            decisions.award(call=noticed.call, by=people.approver)
        stages.pass_day(noticed.ends_on)
        with pytest.raises(NotPermitted):
            decisions.award(call=noticed.call, by=people.officer)
        assert len(decisions.award(call=noticed.call, by=people.approver)) == 3
        with pytest.raises(WrongState):
            decisions.award(call=noticed.call, by=people.approver)

    def test_without_an_envelope_nothing_is_awarded(self, people, noticed):
        stages.pass_day(noticed.ends_on)
        with pytest.raises(WrongState):
            decisions.award(call=noticed.call, by=people.approver)

    def test_one_that_does_not_fit_is_named_and_nothing_is_awarded(self, people, noticed):
        stages.set_ceiling(people, noticed.call, 20_000 * WAN)
        stages.pass_day(noticed.ends_on)
        with pytest.raises(Invalid, match="P3"):
            decisions.award(call=noticed.call, by=people.approver)
        assert Award.objects.count() == 0
        assert envelope(noticed.call)[1] == 0
        assert set(
            Application.objects.filter(notice_item__isnull=False).values_list("status", flat=True)
        ) == {Status.ON_NOTICE}

    def test_the_allocation_notice_is_recorded_once(self, people, awarded):
        call = awarded[0].application.call
        with pytest.raises(NotPermitted):
            decisions.record_allocation(
                call=call, number="89号", issued_on=clock.today(), by=people.officer
            )
        for values, field in (
            ({"number": " ", "issued_on": clock.today()}, "number"),
            ({"number": "89号", "issued_on": clock.today() + timedelta(days=1)}, "issued_on"),
        ):
            with pytest.raises(Invalid) as refused:
                decisions.record_allocation(call=call, by=people.finance, **values)
            assert refused.value.field == field
        assert allocated(people, call).total == 24_000 * WAN
        with pytest.raises(Invalid):
            allocated(people, call)
        with pytest.raises(WrongState):
            allocated(people, call, "90号")


class TestAgreement:
    def test_both_sides_sign_and_it_is_in_force(self, people, awarded):
        award = awarded[0]
        with pytest.raises(WrongState):
            agreements.draw_up(award=award, by=people.officer)
        allocated(people, award.application.call)
        with pytest.raises(NotPermitted):
            agreements.draw_up(award=award, by=people.approver)
        agreement = agreements.draw_up(award=award, by=people.officer)
        with pytest.raises(WrongState):
            agreements.draw_up(award=award, by=people.officer)
        with pytest.raises(NotPermitted):
            agreements.sign_for_firm(agreement=agreement, by=people.officer)
        with pytest.raises(NotPermitted):
            agreements.sign_for_office(agreement=agreement, by=people.owner)
        agreements.sign_for_office(agreement=agreement, by=people.officer)
        with pytest.raises(WrongState):
            agreements.sign_for_office(agreement=agreement, by=people.officer2)
        assert Application.objects.get(pk=award.application_id).status == Status.AWARDED
        agreements.sign_for_firm(agreement=agreement, by=people.owner)
        assert Application.objects.get(pk=award.application_id).status == Status.AGREED
        assert agreement.content["amount"] == "30000000.00"

    def test_a_colleague_who_is_no_owner_does_not_sign(self, people, awarded, editor):
        allocated(people, awarded[0].application.call)
        agreement = agreements.draw_up(award=awarded[0], by=people.officer)
        with pytest.raises(NotPermitted):
            agreements.sign_for_firm(agreement=agreement, by=editor)


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
    def test_acceptance_waits_for_the_last_voucher(self, people, agreed):
        award = agreed.award
        for n in (1, 2):
            stages.paid(people, stages.part(agreed, n))
        with pytest.raises(WrongState):
            endings.accept(award=award, finding=ENOUGH, by=people.officer)
        stages.paid(people, stages.part(agreed, 3))
        with pytest.raises(NotPermitted):
            endings.accept(award=award, finding=ENOUGH, by=people.approver)
        with pytest.raises(Invalid):
            endings.accept(award=award, finding="好", by=people.officer)
        endings.accept(award=award, finding=ENOUGH, by=people.officer)
        assert Application.objects.get(pk=award.application_id).status == Status.COMPLETED
        with pytest.raises(WrongState):
            endings.terminate(award=award, reason="企业停产，无法继续。", by=people.approver)

    def test_termination_frees_what_was_not_paid(self, people, agreed):
        call = agreed.award.application.call
        stages.paid(people, stages.part(agreed, 1))
        waiting = stages.claimed(people, stages.part(agreed, 2))
        assert envelope(call)[1] == 24_000 * WAN
        with pytest.raises(NotPermitted):
            endings.terminate(award=agreed.award, reason="企业停产，无法继续。", by=people.officer)
        endings.terminate(award=agreed.award, reason="企业停产，无法继续。", by=people.approver)
        assert envelope(call)[1:] == (22_500 * WAN, 1_500 * WAN)
        with pytest.raises(WrongState):
            claims.verify_claim(claim=waiting, text=ENOUGH, by=people.secretary)
        with pytest.raises(WrongState):
            endings.terminate(award=agreed.award, reason="企业停产，无法继续。", by=people.approver)

    def test_a_released_payment_is_recorded_before_the_end(self, people, agreed):
        stages.released(people, stages.part(agreed, 1))
        with pytest.raises(WrongState):
            endings.terminate(award=agreed.award, reason="企业停产，无法继续。", by=people.approver)

    def test_an_entered_payment_is_not_released_after_the_end(self, people, agreed):
        payment = stages.entered(people, stages.part(agreed, 1))
        endings.terminate(award=agreed.award, reason="企业停产，无法继续。", by=people.approver)
        with pytest.raises(WrongState):
            payments.release_payment(payment=payment, by=people.finance2)

    def test_the_call_closes_when_everything_is_settled(self, people, awarded):
        call = awarded[0].application.call
        for award in awarded:
            with pytest.raises(WrongState):
                endings.close_call(call=call, by=people.officer)
            endings.terminate(award=award, reason="企业停产，无法继续。", by=people.approver)
        reserve.close_reserve(call=call, by=people.officer)
        assert endings.close_call(call=call, by=people.officer).status == CallStatus.CLOSED
        assert envelope(call)[1:] == (0, 0)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_approvers_award_once(self, people, noticed, approver2):
        stages.set_ceiling(people, noticed.call)
        stages.pass_day(noticed.ends_on)
        got = race(
            [
                lambda by=by: len(decisions.award(call=noticed.call, by=by))
                for by in (people.approver, approver2)
            ]
        )
        assert sorted(str(one) if isinstance(one, int) else type(one).__name__ for one in got) == [
            "3", "WrongState",
        ]  # fmt: skip
        assert (Award.objects.count(), envelope(noticed.call)[1]) == (3, 24_000 * WAN)

    def test_a_payment_is_released_and_recorded_once(self, people, agreed):
        payment = stages.entered(people, stages.part(agreed, 1))
        acts = [
            lambda: payments.release_payment(payment=payment, by=people.finance2) for _ in range(4)
        ]
        assert sum(isinstance(one, Payment) for one in race(acts)) == 1
        got = race(
            [
                lambda n=n: payments.record_paid(
                    payment=payment, voucher_no=f"V{n}", paid_on=clock.today(), by=people.finance
                )
                for n in range(8)
            ]
        )
        assert sum(isinstance(one, Payment) for one in got) == 1
        assert all(isinstance(one, Payment | WrongState) for one in got)
        assert Award.objects.get(pk=agreed.award_id).paid == 1_500 * WAN

    def test_one_voucher_number_for_two_payments_at_one_instant(self, people, ranked):
        first = stages.agreed(people, ranked)
        other = Award.objects.exclude(pk=first.award_id).order_by("pk")[0]
        second = agreements.draw_up(award=other, by=people.officer)
        agreements.sign_for_firm(agreement=second, by=people.owner)
        agreements.sign_for_office(agreement=second, by=people.officer)
        from secretaries.models import ServiceAssignment

        lead = ServiceAssignment.objects.get()
        lead.pk, lead.application = None, other.application
        lead.save()
        ready = [
            stages.released(people, stages.part(a, 1))
            for a in (first, Agreement.objects.get(pk=second.pk))
        ]
        got = race(
            [
                lambda p=p: payments.record_paid(
                    payment=p, voucher_no="ZF-1", paid_on=clock.today(), by=people.finance
                )
                for p in ready
            ]
        )
        assert sorted(type(one).__name__ for one in got) == ["Invalid", "Payment"]
        assert [one.field for one in got if isinstance(one, Invalid)] == ["voucher_no"]

    def test_two_finance_officers_enter_one_claim_and_confirm_one_ceiling(
        self, people, agreed, ranked
    ):
        claim = stages.verified(people, stages.part(agreed, 1))
        got = race(
            [
                lambda by=by: payments.enter_payment(claim=claim, payee=people.firm.name, by=by)
                for by in (people.finance, people.finance2)
            ]
        )
        assert sorted(type(one).__name__ for one in got) == ["Payment", "WrongState"]
        got = race(
            [
                lambda by=by: envelopes.propose_ceiling(
                    scheme=ranked.scheme, year=2027, ceiling=WAN, document_no="1号", by=by
                )
                for by in (people.finance, people.finance2)
            ]
        )
        assert sorted(type(one).__name__ for one in got) == ["EnvelopeChange", "WrongState"]

    def test_two_letters_at_one_instant_cover_every_award_once(self, people, awarded):
        call = awarded[0].application.call
        got = race(
            [
                lambda by=by, n=n: decisions.record_allocation(
                    call=call, number=f"{n}号", issued_on=clock.today(), by=by
                )
                for n, by in enumerate((people.finance, people.finance2))
            ]
        )
        assert sorted(type(one).__name__ for one in got) == ["AllocationNotice", "WrongState"]
        assert AllocationNotice.objects.count() == 1

    def test_a_termination_and_a_release_do_not_both_go_through(self, people, agreed):
        payment = stages.entered(people, stages.part(agreed, 1))
        got = race(
            [
                lambda: endings.terminate(
                    award=agreed.award, reason="企业停产，无法继续。", by=people.approver
                ),
                lambda: payments.release_payment(payment=payment, by=people.finance2),
            ]
        )
        assert sum(isinstance(one, Refused) for one in got) == 1
        award = Award.objects.get(pk=agreed.award_id)
        released = Instalment.objects.get(pk=payment.instalment_id).status == "released"
        assert released == (award.revoked_at is None)
