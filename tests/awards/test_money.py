"""Award, agreement, claims, payments and endings through their services, with their races."""

from datetime import timedelta
from decimal import Decimal

import pytest

from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import Envelope, LedgerEntry
from awards.services import (
    agreements,
    decisions,
    envelopes,
    funding,
)
from notifications.models import Job
from tests.awards import stages
from tests.awards.stages import WAN

ENOUGH = "现场核查，目标全部完成。"


def envelope(call: Call) -> tuple[Decimal, Decimal, Decimal]:
    row = Envelope.objects.get(scheme=call.scheme, year=call.year)
    return row.ceiling, row.taken, row.paid


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

    def test_a_list_is_approved_only_within_the_years_envelope(self, people, ranked):
        """Without one nothing is decided; one that does not fit is named, and nothing is either."""
        listed = stages.drawn(people, ranked)
        funding.submit_list(funding_list=listed, by=people.officer)

        kept = stages.minutes(people, ranked)

        def approve():
            return funding.approve_list(
                funding_list=listed, minutes=kept, note="", by=people.approver
            )

        with pytest.raises(WrongState):
            approve()
        stages.set_ceiling(people, ranked, 20_000 * WAN)
        with pytest.raises(Invalid, match="P3"):
            approve()
        assert envelope(ranked) == (20_000 * WAN, 0, 0)
        assert LedgerEntry.objects.exclude(kind="ceiling_raised").count() == 0
        assert set(Application.objects.values_list("status", flat=True)) == {Status.SCORED}
        stages.set_ceiling(people, ranked, 24_000 * WAN)
        approve()
        row = Envelope.objects.get()
        assert (row.reserved, row.available) == (24_000 * WAN, 0)

    def test_what_a_list_reserved_the_awards_commit(self, people, awarded):
        row = Envelope.objects.get()
        held = (row.available, row.reserved, row.committed, row.paid)
        assert held == (6_000 * WAN, 0, 24_000 * WAN, 0)
        kinds = LedgerEntry.objects.order_by("number").values_list("kind", "amount", "document")
        number = awarded[0].application.notice_item.notice.number
        assert list(kinds) == [
            ("ceiling_raised", 30_000 * WAN, "吉财预〔2026〕18号"),
            *(("reserved", n * WAN, "厅务会纪要〔2026〕8号") for n in (3_000, 12_000, 9_000)),
            *(("awarded", n * WAN, number) for n in (3_000, 12_000, 9_000)),
        ]

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
