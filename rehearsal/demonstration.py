"""The demo's house: 2024 in payment, 2025 heard and on public notice, 2026 under review, and a
call open now.

The clock only runs forward, so the calls are driven side by side, as in a real office: the
earlier one goes on where the later one waits.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import Q

from accounts.models import User
from applications.models import Application
from applications.workflow import Status
from audit import clock
from awards.models import Instalment
from awards.services import claims, objections, payments
from rehearsal import (
    checking,
    closing,
    deciding,
    filing,
    hearing,
    paying,
    people,
    reviewing,
    serving,
    visiting,
)
from rehearsal.papers import pdf
from rehearsal.people import Cast
from rehearsal.round import Progress, Round, silent
from rehearsal.worker import Worker, drain, seal
from secretaries.models import ServiceAssignment
from secretaries.services import appraisals, clocks

SEED = 22
EXPERTS = 42
TODAY = date(2026, 5, 28)
# Mornings on which 2024's firms report on the quarter before, while no other call is under way.
REPORTED = (date(2024, 10, 12), date(2025, 1, 8), date(2025, 4, 9), date(2025, 7, 8))


@dataclass
class Demonstration:
    """Builds the demo in an empty rehearsal database. `password` is that of every sign-in."""

    password: str
    progress: Progress = silent

    def build(self) -> None:
        """Everything, in about two minutes on two cores."""
        rng = Random(SEED)
        with Worker():
            clock.travel_to(_nine(date(2024, 1, 15)))
            cast = people.appoint_officials(self.password)
            people.admit_experts(cast, rng, EXPERTS, self.password)
            people.appoint_secretaries(cast, rng, 12, self.password)
            first = self._in_payment(cast, rng)
            for day in REPORTED:
                first.wait_until(day)
                closing.report_all(first)
            self._in_service(first, date(2025, 7, 28), "0.55")
            second = self._round(cast, rng, date(2025, 9, 8), 18, 30_000, hearing.RULES)
            self._to_ranking(second)
            closing.report_all(first)
            third = self._round(cast, rng, date(2026, 2, 2), 20, 24_000)
            current = self._round(cast, rng, TODAY - timedelta(days=20), 6, 6_000)
            filing.submit_all(third)
            self._in_service(first, date(2026, 3, 2), "0.70")
            closing.report_all(first)
            serving.settle_some(first)
            checking.screen_all(third)
            self._drawn(third, meanwhile=current)
            self._in_service(first, TODAY - timedelta(days=16), "0.85")
            self._reports(first)
            self._clocks_run(first)
            self._under_review(third)
            self._open_now(current)
            self._on_notice(second)
            self._claims(first)
            clock.travel_to(max(clock.now(), _nine(TODAY)))
            clocks.watch_clocks()
            appraisals.appraise_last_quarter()
            drain()
            seal()

    def _round(
        self,
        cast: Cast,
        rng: Random,
        opens_on: date,
        count: int,
        envelope_wan: int,
        rules: dict[str, Any] | None = None,
    ) -> Round:
        return Round(
            cast=cast,
            rng=rng,
            count=count,
            opens_on=opens_on,
            progress=self.progress,
            password=self.password,
            first_serial=opens_on.year * 1000 + opens_on.month,
            envelope_wan=envelope_wan,
            year=max(2024, opens_on.year),
            rules=rules or {},
        )

    def _to_ranking(self, round_: Round) -> None:
        filing.submit_all(round_)
        checking.screen_all(round_)
        reviewing.review_all(round_)
        reviewing.close_paper(round_)
        if round_.call.rule_set.has_hearing:
            hearing.hear_all(round_, absent=1)
        reviewing.rank_all(round_)
        visiting.check_on_the_spot(round_)

    def _in_payment(self, cast: Cast, rng: Random) -> Round:
        """2024: awarded, secretaries at work, the first instalment paid to most."""
        round_ = self._round(cast, rng, date(2024, 3, 4), 20, 30_000)
        self._to_ranking(round_)
        deciding.decide(round_)
        deciding.award_all(round_, deciding.put_on_notice(round_))
        paying.appointed(round_)
        paying.sign_for_projects(round_)
        deciding.allocate(round_)
        paying.sign_agreements(round_)
        serving.raise_one_late(round_)
        serving.record_milestones(round_)
        paying.pay_all(round_, instalments=1)
        serving.inquire(round_)
        return round_

    def _drawn(self, round_: Round, meanwhile: Round) -> None:
        """2026: the experts are drawn. The year's second call is published before the clock
        passes its opening.
        """
        reviewing.draw_experts(round_)
        reviewing.answer_invitations(round_)
        filing.set_up_call(meanwhile)

    def _in_service(self, round_: Round, day: date, share: str) -> None:
        """2024's projects are visited; so much of their investment is made by that day."""
        round_.wait_until(day)
        serving.keep_company(round_, Decimal(share))

    def _reports(self, round_: Round) -> None:
        """The last quarter: the firm that signs in owes its report, the secretary who signs in has
        one to confirm."""
        owing = Q(firm__memberships__user__username="applicant")
        theirs = Q(
            service_assignments__secretary__user__username="secretary",
            service_assignments__valid_to=None,
        )
        kept = Application.objects.filter(owing | theirs, call=round_.call).distinct()
        closing.report_all(round_, *kept)
        for application in kept.filter(theirs, ~owing, status=Status.IN_PROGRESS):
            closing.file_reports(round_, application)

    def _clocks_run(self, round_: Round) -> None:
        """Two of their requests: one is overdue on the demo's day, one is due."""
        serving.raise_one_red(round_)
        round_.wait_until(TODAY - timedelta(days=7))
        clocks.watch_clocks()
        serving.raise_one_amber(round_)

    def _under_review(self, round_: Round) -> None:
        """2026: two thirds of the experts have signed; the one who signs in is at work."""
        reviewing.open_review(round_)
        reviewing.score_all(round_, share=0.6, leave="E0001")

    def _open_now(self, round_: Round) -> None:
        """A call that is open now: firms fill in, regions have their first dossiers."""
        for position, dossier in enumerate(filing.invent(round_)):
            filing.file_one(round_, dossier, position, submit=position > 0)

    def _on_notice(self, round_: Round) -> None:
        """2025: decided late, on public notice since two days, with one objection waiting."""
        deciding.decide(round_)
        round_.wait_until(TODAY - timedelta(days=2))
        notice = deciding.put_on_notice(round_, wait=0)
        item = notice.items.select_related("application").order_by("pk")[1]
        objections.file_objection(
            notice=notice,
            application=item.application,
            objector_name="鲁志远",
            objector_identity="220302198001011235",
            objector_contact="13800000000",
            ground="false",
            text="该项目申报的已完成投资与现场情况不符，请予核查。",
            proof=[pdf("现场照片", item.application.number or "")],
        )

    def _claims(self, round_: Round) -> None:
        """2024's second instalments: each hand has one before it."""
        waiting = list(
            Instalment.objects.filter(
                award__application__call=round_.call,
                sequence=2,
                award__application__status=Status.IN_PROGRESS,
            )
            .select_related("award__application__firm")
            .order_by("pk")
        )
        mine = [i for i in waiting if _secretary(i).username == "secretary"]
        others = [i for i in waiting if i not in mine]
        for instalment, upto in zip([*mine[1:2], *others], (1, 1, 2, 2, 3, 3, 4), strict=False):
            self._claim(round_, instalment, upto)

    def _claim(self, round_: Round, instalment: Instalment, upto: int) -> None:
        application = instalment.award.application
        claim = claims.claim_instalment(
            instalment=instalment,
            invested=paying.invested_by(instalment),
            insured=paying.insured_by(instalment),
            statement="设备安装完成八成，已试运行两条产线，申请第二期拨付。",
            files=[pdf("第二期拨付证明", f"{application.number} 2")],
            by=round_.cast.owners[application.firm_id],
        )
        if upto < 2:
            return
        claims.verify_claim(
            claim=claim, text="现场核对发票与设备，情况属实。", by=_secretary(instalment)
        )
        if upto < 3:
            return
        payment = payments.enter_payment(
            claim=claim, payee=application.firm.name, by=round_.cast["finance"]
        )
        if upto > 3:
            payments.release_payment(payment=payment, by=round_.cast["finance2"])


def _secretary(instalment: Instalment) -> User:
    return ServiceAssignment.objects.get(
        application=instalment.award.application, valid_to=None, role="lead"
    ).secretary.user


def _nine(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=clock.SHANGHAI)
