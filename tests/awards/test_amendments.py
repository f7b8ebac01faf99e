"""Amendments: the officer decides, above the frozen share the approver; versions side by side."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import Amendment, Award, Envelope
from awards.selectors.terms import terms_of
from awards.services import amendments
from awards.waiting import waiting_for
from awards.wording import term_text
from notifications.models import Message
from papers.codes import code_of
from tests import making
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.tables import pairs, tried
from tests.awards.test_guards import refused
from tests.awards.test_witnesses import lines

WHY = "市场变化，设备选型调整，经董事会决议。"
# 280 before, 112 of them the baseline: 168 jobs are promised
SMALL = {"promised_headcount": 260}  # 20 less, 11.90 %
LARGE = {"promised_headcount": 200}  # 80 less, 47.62 %


@pytest.fixture
def award(agreed):
    return Award.objects.select_related("agreement").get(pk=agreed.award_id)


def asked(people, award, wanted=None, by=None):
    return amendments.propose_amendment(
        award=award, wanted=wanted or SMALL, reason=WHY, by=by or people.owner
    )


def granted(row, by):
    return amendments.grant_amendment(amendment=row, text=WHY, by=by)


def taken_back(row, by):
    return amendments.withdraw_amendment(amendment=row, reason=WHY, by=by)


def waits(person, award):
    items = waiting_for(User.objects.get(pk=person.pk), clock.now())
    return reverse("awards:amendments", args=[award.pk]) in [item.url for item in items]


def test_a_small_change_the_officer_grants(people, award):
    row = asked(people, award)
    assert (row.changes[0]["percent"], row.to_approver) == ("11.90", False)
    assert (waits(people.officer, award), waits(people.approver, award)) == (True, False)
    granted(row, people.officer)
    row.refresh_from_db()
    assert (row.status, row.version) == ("granted", 2)
    assert terms_of(award)["targets"]["promised_headcount"] == "260"
    assert award.agreement.content["targets"]["promised_headcount"] == "280"
    assert lines() == []


def test_a_large_change_needs_the_approver_too(people, award):
    row = granted(asked(people, award, LARGE), people.officer)
    assert (row.status, terms_of(award)["targets"]["promised_headcount"]) == ("endorsed", "280")
    assert (waits(people.officer, award), waits(people.approver, award)) == (False, True)
    with pytest.raises(NotPermitted):
        granted(row, people.officer2)
    granted(row, people.approver)
    assert terms_of(award)["targets"]["promised_headcount"] == "200"
    assert lines() == []


def test_exactly_the_share_stays_with_the_officer(people, award):
    assert not asked(people, award, {"amount": 2_400 * WAN}).to_approver


def test_small_steps_add_up_to_a_large_one(people, award):
    """Each is measured from what the approver last agreed to, not from the step before."""
    granted(asked(people, award), people.officer)
    second = asked(people, award, {"promised_headcount": 240})
    assert (second.changes[0]["was"], second.changes[0]["percent"]) == ("260", "23.81")
    granted(granted(second, people.officer), people.approver)
    third = asked(people, award, {"promised_headcount": 230})  # 10 of 128 jobs
    assert (third.changes[0]["percent"], third.to_approver) == ("7.81", False)


def test_small_cuts_of_money_add_up_too(people, award):
    for wan, approver in ((2_500, False), (2_300, True)):
        row = asked(people, award, {"amount": wan * WAN})
        assert row.to_approver == approver
        granted(row, people.officer)
    granted(row, people.approver)


def test_whoever_endorsed_does_not_decide_as_an_approver_later(people, award, client_of):
    row = granted(asked(people, award, LARGE), people.officer)
    promoted(people.officer)
    for act in (
        granted,
        lambda row, by: amendments.refuse_amendment(amendment=row, reason=WHY, by=by),
    ):
        with pytest.raises(NotPermitted):
            act(row, User.objects.get(pk=people.officer.pk))
    assert not waits(people.officer, award)
    page = reverse("awards:amendments", args=[award.pk])
    assert 'value="grant"' not in client_of(people.officer).get(page).content.decode()
    granted(row, people.approver)


def promoted(officer):
    """An officer becomes an approver: the one role ends, the other is given."""
    held = officer.grants.get()
    held.revoked_at, held.revoked_by, held.revocation = clock.now(), held.confirmed_by, "调任"
    held.save()
    making.grant(officer, Role.APPROVER)


def test_the_agreement_says_what_was_signed_and_what_is_in_force(people, award, client_of):
    page = reverse("awards:agreement", args=[award.agreement.pk])
    owner = client_of(people.owner)
    assert "现行" not in owner.get(page).content.decode()
    granted(asked(people, award, {**SMALL, "amount": 2_800 * WAN}), people.officer)
    shown = owner.get(page)
    assert [tuple(map(str, one)) for one in shown.context["changed"]] == [
        ("承诺参保人数", "280 人", "260 人"), ("资助金额", "3,000 万元", "2,800 万元")
    ]  # fmt: skip
    text = shown.content.decode()
    assert reverse("awards:amendments", args=[award.pk]) in text
    assert ">280 人<" in text
    assert "现行：400" in text  # of the last instalment of 600


def test_a_genuine_agreement_that_is_out_of_date_says_so(people, award, client_of):
    number, public = award.agreement.number, client_of(None)
    code = code_of(settings.STEELYARD_AUDIT_KEY, number, award.agreement.digest)

    def verified():
        sent = {"number": number, "digest": code}
        page = public.post(reverse("portal:verify"), sent).content.decode()
        return [words in page for words in ("现行金额为 2,800 万元", "已于")]

    assert verified() == [False, False]
    granted(asked(people, award, {"amount": 2_800 * WAN}), people.officer)
    assert verified() == [True, False]
    stages.terminated(people, award)
    assert verified() == [True, True]


def test_jobs_are_then_measured_by_the_new_promise(people, award):
    """240 promised beyond 112 are 128 jobs; 215 insured are 103, 80.47 %."""
    row = granted(asked(people, award, {"promised_headcount": 240}), people.officer)
    granted(row, people.approver)
    for n in (1, 2):
        stages.paid(people, stages.part(award.agreement, n))
    claim = stages.verified(people, stages.part(award.agreement, 3), insured=215)
    assert (claim.jobs_promised, claim.jobs_achieved) == (128, 103)
    assert stages.part(award.agreement, 3).cut == 0


def test_less_money_falls_away_from_the_last_instalment(people, award):
    stages.paid(people, stages.part(award.agreement, 1))
    before = Envelope.objects.get()
    row = asked(people, award, {"amount": 2_800 * WAN})
    granted(row, people.officer)
    assert [stages.part(award.agreement, n).cut for n in (1, 2, 3)] == [0, 0, 200 * WAN]
    assert Envelope.objects.get().available == before.available + 200 * WAN
    stages.paid(people, stages.part(award.agreement, 2))
    claim = stages.verified(people, stages.part(award.agreement, 3), insured=246)
    part = stages.part(award.agreement, 3)
    expected = (400 * WAN * 134 / 168).quantize(Decimal("0.01"))
    assert (claim.jobs_payable, part.payable) == (400 * WAN, expected)
    assert lines() == []


def test_a_whole_instalment_may_fall_away(people, award):
    row = granted(asked(people, award, {"amount": 2_000 * WAN}), people.officer)
    granted(row, people.approver)
    parts = [stages.part(award.agreement, n) for n in (1, 2, 3)]
    assert [p.payable for p in parts] == [1_500 * WAN, 500 * WAN, 0]
    assert parts[2].status == "forfeited"
    assert lines() == []


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "reason"),
        ({"promised_headcount": 280}, "reason"),
        ({"promised_headcount": -1}, "promised_headcount"),
        ({"amount": 3_001 * WAN}, "amount"),
        ({"finishes_on": date(2025, 1, 1)}, "finishes_on"),
    ],
)
def test_what_cannot_be_asked(people, award, wanted, field):
    with pytest.raises(Invalid) as caught:
        amendments.propose_amendment(award=award, wanted=wanted, reason=WHY, by=people.owner)
    assert caught.value.field == field


def test_what_is_paid_or_claimed_stays(people, award):
    stages.paid(people, stages.part(award.agreement, 1))
    row = asked(people, award, {"amount": 1_600 * WAN})
    stages.claimed(people, stages.part(award.agreement, 2))
    granted(row, people.officer)
    with pytest.raises(WrongState):
        granted(row, people.approver)


DECIDED = pairs("grant", "officer", "officer2") | pairs("refuse", "officer", "officer2")
TAKEN_BACK = pairs("withdraw", "owner")
ALLOWED = {
    "none": pairs("propose", "owner"),
    "proposed": DECIDED | TAKEN_BACK,
    "endorsed": pairs("grant", "approver") | pairs("refuse", "approver") | TAKEN_BACK,
    "granted": pairs("propose", "owner"),
    "refused": pairs("propose", "owner"),
    "withdrawn": pairs("propose", "owner"),
}


@pytest.mark.parametrize("state", ALLOWED)
def test_state_by_person_by_act(
    people, award, state, supervisor, lead, applicant2, editor, auditor
):
    persons = {
        "owner": people.owner, "editor": editor, "rival": applicant2, "officer": people.officer,
        "officer2": people.officer2, "approver": people.approver, "finance": people.finance,
        "secretary": people.secretary, "supervisor": supervisor, "lead": lead,
        "auditor": auditor,
    }  # fmt: skip
    acts = {"propose": lambda by: asked(people, award, {"tax_yuan": 9 * WAN}, by=by)}
    if state != "none":
        row = asked(people, award, LARGE if state == "endorsed" else SMALL)
        acts |= {
            "grant": lambda by: granted(row, by),
            "refuse": lambda by: amendments.refuse_amendment(amendment=row, reason=WHY, by=by),
            "withdraw": lambda by: taken_back(row, by),
        }
        if state == "withdrawn":
            taken_back(row, people.owner)
        if state in ("endorsed", "granted", "refused"):
            acts["refuse" if state == "refused" else "grant"](people.officer)
    assert tried(acts, persons)[0] == ALLOWED[state]


def test_the_page_shows_the_versions_side_by_side(people, award, client_of, applicant2):
    page = reverse("awards:amendments", args=[award.pk])
    assert client_of(applicant2).get(page).status_code == 404
    typed = {
        "act": "propose", "propose-fixed_assets_yuan": "32000", "propose-promised_headcount": "260",
        "propose-average_wage_yuan": "", "propose-tax_yuan": "", "propose-amount": "3000",
        "propose-finishes_on": "", "propose-reason": WHY,
    }  # fmt: skip
    owner = client_of(people.owner)
    assert client_of(people.finance).post(page, typed).status_code == 403
    assert owner.post(page, {**typed, "propose-amount": "x"}).status_code == 422
    assert owner.post(page, typed).status_code == 302
    assert [c["name"] for c in Amendment.objects.get().changes] == ["promised_headcount"]
    assert owner.post(page, typed).status_code == 409
    decided = {"act": "grant", "grant-reason": WHY}
    officer = client_of(people.officer)
    assert officer.post(page, decided).status_code == 302
    assert "已批准，并已通知企业。" in officer.get(page).content.decode()
    shown = owner.get(page).content.decode()
    assert (shown.count(">280 人<"), shown.count(">260 人<")) == (2, 2)
    assert ">280 人 → 260 人<" in shown  # on a phone
    assert 'value="260"' in shown  # a whole number, where it is asked for again
    assert term_text("finishes_on", "2027-06-30") == "2027年6月30日"


@pytest.mark.parametrize(("wanted", "asked_of"), [(SMALL, "officer"), (LARGE, "approver")])
def test_the_firm_takes_back_what_it_asked_for(people, award, client_of, wanted, asked_of):
    row = asked(people, award, wanted)
    if wanted is LARGE:
        granted(row, people.officer)
    page, person = reverse("awards:amendments", args=[award.pk]), getattr(people, asked_of)
    owner, typed = client_of(people.owner), {"act": "withdraw", "withdraw-reason": WHY}
    assert 'value="withdraw"' not in client_of(person).get(page).content.decode()
    assert client_of(person).post(page, typed).status_code == 409
    short = owner.post(page, {**typed, "withdraw-reason": "短"})
    assert (short.status_code, "短</textarea>" in short.content.decode()) == (422, True)
    assert waits(person, award)
    assert owner.post(page, typed).status_code == 302
    assert owner.post(page, typed).status_code == 409
    row.refresh_from_db()
    assert (row.status, row.settled_by) == ("withdrawn", people.owner)
    assert not waits(person, award)
    assert Message.objects.filter(kind="amendment.withdrawn", recipient=person).count() == 1
    assert "申报单位已撤回" in owner.get(page).content.decode()
    assert terms_of(award)["targets"]["promised_headcount"] == "280"
    asked(people, award)
    assert lines() == []


def test_what_was_taken_back_stays_so(people, award):
    taken_back(asked(people, award), people.owner)
    assert "what was settled stays" in refused("UPDATE awards_amendment SET status = 'proposed'")


def test_nobody_grants_what_they_asked_for(people, award):
    asked(people, award)
    assert "amendment_by_other_hands" in refused(
        "UPDATE awards_amendment SET status = 'refused', settled_by_id = proposed_by_id,"
        " settled_at = now(), settlement = 'x'"
    )


def test_whoever_decides_reads_who_decides_next(people, award, client_of):
    """A large one is endorsed by an officer, then granted by the approver."""
    row = asked(people, award, LARGE)
    assert row.to_approver
    page = reverse("awards:amendments", args=[award.pk])
    decided = {"act": "grant", "grant-reason": WHY}
    said = [
        client_of(person).post(page, decided, follow=True).content.decode()
        for person in (people.officer, people.approver)
    ]
    assert "已同意，转审定人员审定。" in said[0]
    assert "已批准，并已通知企业。" in said[1]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE awards_amendment SET content = '{}'",
        "UPDATE awards_amendment SET changes = '[]'",
        "DELETE FROM awards_amendment",
    ],
)
def test_a_granted_amendment_stays(people, award, sql):
    granted(asked(people, award), people.officer)
    assert refused(sql) != ""


def test_a_large_one_is_not_granted_past_the_approver(people, award):
    asked(people, award, LARGE)
    assert "large_amendment_goes_to_approver" in refused(
        "UPDATE awards_amendment SET status = 'granted', version = 2, content = '{}', digest = 'x',"
        " settled_by_id = (SELECT decided_by_id FROM awards_award LIMIT 1), settled_at = now(),"
        " settlement = 'x'"
    )
