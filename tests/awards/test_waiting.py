"""What waits for whom, from the ranking to the last voucher."""

from django.urls import reverse

from accounts.models import User
from applications.workflow import Status
from audit import clock
from awards import waiting_acts
from awards.selectors import firm_acts, office_acts
from awards.services import agreements, decisions, envelopes, funding, notices, payments
from awards.waiting import waiting_for
from tests import making
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_notices import objected


def urls(person) -> list[str]:
    return [i.url for i in waiting_for(User.objects.get(pk=person.pk), clock.now())]


def test_each_act_waits_for_the_hand_that_takes_it(people, ranked, approver, supervisor, editor):
    funding_page = reverse("awards:funding", args=[ranked.number])
    stages.set_ceiling(people, ranked)
    assert urls(people.officer) == [funding_page]
    listed = stages.drawn(people, ranked)
    assert (urls(people.officer), urls(approver)) == ([funding_page], [])
    funding.submit_list(funding_list=listed, by=people.officer)
    assert (urls(people.officer), urls(approver)) == ([], [funding_page])
    kept = stages.minutes(people, ranked)
    funding.approve_list(funding_list=listed, minutes=kept, note="", by=approver)
    assert (urls(people.officer), urls(approver)) == ([funding_page], [])
    notice = notices.publish_notice(call=ranked, by=people.officer)
    filed = objected(notice)
    objection = reverse("awards:objection", args=[filed.pk])
    assert (urls(people.officer), urls(approver)) == ([objection], [])
    from awards.services import objection_answers, objections

    objections.accept_objection(
        objection=filed, finding="署名真实，线索具体，予以受理。", by=people.officer
    )
    assert (urls(people.officer), urls(approver)) == ([], [objection])
    objection_answers.answer_objection(
        objection=filed, upheld=False, answer="经核查不成立，予以驳回。", by=approver
    )
    stages.pass_day(notice.ends_on)
    (item,) = waiting_for(approver, clock.now())
    assert (item.url, item.count) == (funding_page, 3)
    assert urls(supervisor) == urls(editor) == []


def test_from_award_to_voucher(people, ranked, secretary, editor):
    stages.set_ceiling(people, ranked)
    notice = stages.noticed(people, ranked)
    stages.pass_day(notice.ends_on)
    award = decisions.award(call=ranked, by=people.approver)[0]
    assert urls(people.finance) == [reverse("awards:funding", args=[ranked.number])]
    decisions.record_allocation(
        call=ranked, number="89号", issued_on=clock.today(), by=people.finance
    )
    assert urls(people.finance) == []
    assert urls(people.officer) == [reverse("awards:agreements")]
    agreement = agreements.draw_up(award=award, by=people.officer)
    signing = reverse("awards:agreement", args=[agreement.pk])
    assert urls(people.owner) == [signing]
    assert urls(editor) == []
    agreements.sign_for_firm(agreement=agreement, by=people.owner, scan=stages.paper())
    assert signing in urls(people.officer)
    agreements.sign_for_office(agreement=agreement, by=people.officer, scan=stages.paper())
    stages.serve(people, award.application)
    part = stages.part(agreement, 1)
    assert urls(people.owner) == [reverse("awards:claim_new", args=[part.pk])]
    claim = stages.claimed(people, part)
    assert urls(people.owner) == []
    assert urls(secretary) == [reverse("awards:claim", args=[claim.pk])]
    from awards.services import claims

    claims.verify_claim(claim=claim, text="现场核对，情况属实。", by=secretary)
    page = reverse("awards:payments")
    assert urls(people.finance) == urls(people.finance2) == [f"{page}?state=verified"]
    payment = payments.enter_payment(claim=claim, payee=people.firm.name, by=people.finance)
    assert (urls(people.finance), urls(people.finance2)) == ([], [f"{page}?state=entered"])
    payments.release_payment(payment=payment, by=people.finance2)
    assert urls(people.finance) == [f"{page}?state=released"]
    payments.record_paid(payment=payment, voucher_no="1", paid_on=clock.today(), by=people.finance)
    for n in (2, 3):
        stages.paid(people, stages.part(agreement, n))
    page = reverse("awards:acceptance", args=[award.pk])
    assert page in urls(people.owner)
    stages.graded(people, award)
    assert page not in urls(people.owner) + urls(people.officer)
    assert page in urls(people.officer2)
    assert page in urls(people.approver)


def test_a_call_waits_to_be_closed_once_every_project_is_settled(people, ranked):
    awards = stages.awarded(people, ranked)
    page = reverse("awards:funding", args=[ranked.number])
    assert page not in urls(people.officer)
    for award in awards:
        making.move(award.application, Status.COMPLETED)
    assert page in urls(people.officer)
    making.move(awards[0].application, Status.IN_PROGRESS)
    assert page not in urls(people.officer)


def test_a_ceiling_waits_for_the_other_finance_officer(people, ranked):
    envelopes.propose_ceiling(
        scheme=ranked.scheme, year=2026, ceiling=WAN, document_no="1号", by=people.finance
    )
    assert urls(people.finance) == []
    assert urls(people.finance2) == [reverse("awards:envelope")]


def test_every_kind_of_act_has_its_words(people):
    now, one = clock.now(), people.officer
    asked = [
        *office_acts.of_officer(now), *office_acts.recalls(now), office_acts.to_grade(),
        *office_acts.of_approver(one, now), office_acts.deviations(one), office_acts.graded(one),
        *(office_acts.amendments(one, status) for status in ("proposed", "endorsed")),
        office_acts.reports(one, every=True), office_acts.checks(one, every=True),
        office_acts.claims(one),
        *office_acts.of_finance(one), *firm_acts.of_firms([people.firm.pk], now),
    ]  # fmt: skip
    kinds = [rows.query.sql_with_params()[1][0] for rows in asked]
    assert sorted([*kinds, "report"]) == sorted(waiting_acts.KINDS)
