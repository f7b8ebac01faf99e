"""The last instalment follows the jobs achieved, when its claim is verified."""

from decimal import Decimal

import pytest
from django.urls import reverse

from awards.bookkeeping import ledger as bookkeeping
from awards.models import Award, Envelope, LedgerEntry
from awards.selectors.jobs import Bounds, bounds_of
from awards.services import payments
from notifications.models import Message
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_guards import refused

LAST = 600 * WAN  # 20 % of P1's 3,000 万元; 168 new jobs are promised beyond 112


@pytest.fixture
def last(people, agreed):
    for n in (1, 2):
        stages.paid(people, stages.part(agreed, n))
    return stages.part(agreed, 3)


def told(kind):
    return Message.objects.filter(kind=kind).count()


def test_enough_jobs_are_paid_in_full(people, agreed, last):
    """247 insured are 135 new jobs, 80.35 % of the promise; so are all 280."""
    claim = stages.verified(people, last, insured=247)
    last.refresh_from_db()
    assert (claim.jobs_promised, claim.jobs_achieved) == (168, 135)
    assert (last.cut, last.status, told("award.cut")) == (0, "verified", 0)


def test_too_few_jobs_cut_the_payment_in_proportion(people, agreed, last, client_of):
    before = Envelope.objects.get()
    claim = stages.verified(people, last, insured=246)
    last.refresh_from_db()
    payable = Decimal("4785714.29")
    assert (last.payable, last.cut, last.status) == (payable, LAST - payable, "verified")
    award = Award.objects.get(pk=agreed.award_id)
    envelope = Envelope.objects.get()
    assert award.cut == envelope.available - before.available == LAST - payable
    assert LedgerEntry.objects.filter(kind="released").get().amount == LAST - payable
    payment = payments.enter_payment(claim=claim, payee=people.firm.name, by=people.finance)
    assert payment.amount == payable
    assert told("award.cut") == 1
    for page in ("awards:claim", "awards:instalment"):
        key = claim.pk if page == "awards:claim" else last.pk
        shown = client_of(people.owner).get(reverse(page, args=[key])).content.decode()
        assert "79.76%" in shown
        assert "4,785,714.29" in shown
    assert list(bookkeeping()) == []


def test_half_of_the_promise_still_counts_less_is_not_paid(people, agreed, last):
    stages.verified(people, last, insured=112 + 83)
    last.refresh_from_db()
    assert (last.payable, last.status) == (0, "forfeited")
    assert Award.objects.get(pk=agreed.award_id).cut == LAST
    assert (told("award.forfeited"), told("award.cut")) == (1, 0)
    assert list(bookkeeping()) == []


def test_earlier_instalments_do_not_ask_for_jobs(people, agreed):
    claim = stages.verified(people, stages.part(agreed, 1), insured=0)
    assert claim.jobs_promised is None
    assert stages.part(agreed, 1).cut == 0


def test_the_secretary_sees_it_before_confirming(people, last, client_of):
    claim = stages.claimed(people, last, insured=246)
    page = client_of(people.secretary).get(reverse("awards:claim", args=[claim.pk]))
    assert "4,785,714.29" in page.content.decode()


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE awards_award SET cut = 1", "its instalments say"),
        ("UPDATE awards_instalment SET cut = 1 WHERE status = 'paid'", "what is cut stands"),
        ("UPDATE awards_instalment SET cut = 1 WHERE sequence = 3", "its instalments say"),
        ("UPDATE awards_instalment SET status = 'forfeited' WHERE sequence = 3", "forfeited_when"),
        ("UPDATE awards_instalment SET cut = amount WHERE sequence = 3", "forfeited_when"),
        ("UPDATE awards_award SET cut = amount", "award_paid_within"),
        (
            (
                "UPDATE awards_instalment SET cut = 1 WHERE id IN (SELECT id FROM awards_instalment"
                " WHERE sequence = 3 LIMIT 1); UPDATE awards_award SET cut = 1 WHERE id ="
                " (SELECT award_id FROM awards_instalment WHERE cut = 1)"
            ),
            "due back, the ledger says",
        ),
        ("UPDATE awards_claim SET jobs_achieved = 1, jobs_promised = 1 WHERE false", ""),
    ],
)
def test_the_database_holds_cuts_against_sums(people, agreed, sql, why):
    stages.paid(people, stages.part(agreed, 1))
    found = refused(sql)
    assert why in found if why else found == ""


def test_jobs_are_written_once(people, last):
    stages.verified(people, last, insured=246)
    assert "written once" in refused(
        "UPDATE awards_claim SET jobs_achieved = 168 WHERE jobs_achieved IS NOT NULL"
    )
    assert "what is cut stands" in refused("UPDATE awards_instalment SET cut = 0 WHERE cut > 0")


def test_the_firm_is_told_before_it_claims(people, agreed, last, client_of):
    """80 % of 168 are 134.4 jobs: 135, with the 112 before 247 insured; half are 84."""
    asked = reverse("awards:claim_new", args=[last.pk])
    shown = client_of(people.owner).get(asked)
    assert shown.context["bounds"] == Bounds(promised=168, baseline=112, full=247, part=196)
    assert "参保人数达到 247 人的全额拨付" in shown.content.decode()
    assert bounds_of(stages.part(agreed, 2)) is None
