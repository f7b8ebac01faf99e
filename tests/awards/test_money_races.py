"""Two hands at one instant: awards, payments, letters and endings."""

import pytest

from audit import clock
from audit.refusals import Invalid, Refused, WrongState
from awards.models import Agreement, AllocationNotice, Award, Instalment, Payment
from awards.services import (
    agreements,
    decisions,
    envelopes,
    payments,
    terminations,
)
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_money import envelope
from tests.racing import race


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
        stages.signed(people, second)
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
        proposed = stages.ending(people, agreed.award)
        got = race(
            [
                lambda: terminations.confirm_termination(
                    termination=proposed, text=stages.WHY, by=people.approver
                ),
                lambda: payments.release_payment(payment=payment, by=people.finance2),
            ]
        )
        assert sum(isinstance(one, Refused) for one in got) == 1
        award = Award.objects.get(pk=agreed.award_id)
        released = Instalment.objects.get(pk=payment.instalment_id).status == "released"
        assert released == (award.revoked_at is None)
