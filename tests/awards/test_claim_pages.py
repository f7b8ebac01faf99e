"""A claim's pages: why the last one was returned, and a form only where it is due."""

import pytest
from django.urls import reverse

from accounts.models import User
from audit import clock
from awards.services import claims, progress
from awards.waiting import waiting_for
from tests.awards import stages
from tests.awards.stages import WAN

SEEN = "与发票台账核对一致，情况属实。"
REASON = "缺少第三季度参保证明，请补充。"


@pytest.fixture
def first(agreed):
    return stages.part(agreed, 1)


@pytest.fixture
def returned(people, first):
    claim = stages.claimed(people, first)
    return claims.return_claim(claim=claim, reason=REASON, by=people.secretary)


def test_why_a_claim_was_returned_stands_where_it_is_made_again(people, first, returned, client_of):
    owner = client_of(people.owner)
    (item,) = waiting_for(User.objects.get(pk=people.owner.pk), clock.now())
    assert (item.url, REASON in item.why) == (reverse("awards:claim_new", args=[first.pk]), True)
    claim = reverse("awards:claim", args=[returned.pk])
    for name in ("instalment", "claim_new"):
        page = owner.get(reverse(f"awards:{name}", args=[first.pk])).content.decode()
        assert (page.count(REASON), page.count(claim)) == (1, 1)
    stages.claimed(people, first)
    assert REASON not in owner.get(item.url, follow=True).content.decode()


def test_beside_a_claim_stands_what_was_said_to_be_invested(people, agreed, client_of):
    """2,000 万元 by the confirmed report; a first claim of 1,500 says less, and is not refused."""
    report = stages.reported(people, agreed.award, stages.pass_quarter(), invested=2_000 * WAN)
    progress.confirm_report(report=report, text=SEEN, by=people.secretary)
    claim = stages.claimed(people, stages.part(agreed, 1), invested=1_500 * WAN)
    for person in (people.secretary, people.finance):
        shown = client_of(person).get(reverse("awards:claim", args=[claim.pk]))
        assert [(one.source, one.amount) for one in shown.context["known"]] == [
            ("report", 2_000 * WAN)  # the dossier said nothing
        ]
        assert "2,000 万元，见已确认的 2026 年第 1 季度报告" in shown.content.decode()
        assert shown.content.decode().count("申请所报少于此数") == 1


def test_the_form_is_there_only_for_the_instalment_whose_turn_it_is(
    people, agreed, first, client_of
):
    owner = client_of(people.owner)
    turns = [reverse("awards:claim_new", args=[part.pk]) for part in agreed.award.instalments.all()]
    pages = [
        reverse("awards:instalment", args=[part.pk]) for part in agreed.award.instalments.all()
    ]

    def offered():
        return [
            turn in owner.get(page).content.decode()
            for turn, page in zip(turns, pages, strict=True)
        ]

    assert [owner.get(turn).status_code for turn in turns] == [200, 302, 302]
    assert offered() == [True, False, False]
    stages.claimed(people, first)
    assert [owner.get(turn).status_code for turn in turns] == [302, 302, 302]
    assert offered() == [False, False, False]


def test_the_office_reads_beside_the_audited_figures_what_was_verified(people, agreed, client_of):
    award = stages.all_paid(people, agreed, insured=281)
    stages.applied(people, award)
    page = client_of(people.officer).get(reverse("awards:acceptance", args=[award.pk]))
    text = page.content.decode()
    assert (text.count("现场核实 281 人"), text.count("现场核实 1,000 万元")) == (1, 1)
