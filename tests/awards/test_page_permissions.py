"""Who opens which page of the money, and who may act."""

import pytest
from django.db import transaction
from django.urls import reverse

from awards.models import Award, FundingList, Payment
from awards.services import envelopes
from tests import making
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_notices import objected

PROVINCE = {"officer", "supervisor", "approver", "finance"}
OFFICE = PROVINCE | {"lead"}
NOBODY: set[str] = set()


@pytest.fixture
def everybody(people, approver, supervisor, expert, lead, region, applicant2, sysadmin, auditor):
    """One person of each kind, by the word the tables below use."""
    return {
        "visitor": None,
        "owner": people.owner,
        "rival": applicant2,
        "region": region,
        "officer": people.officer,
        "expert": expert,
        "supervisor": supervisor,
        "approver": approver,
        "finance": people.finance,
        "secretary": people.secretary,
        "lead": lead,
        "sysadmin": sysadmin,
        "auditor": auditor,
    }


def answers(client_of, everybody, url, method="get"):
    return {
        who: getattr(client_of(person), method)(url).status_code
        for who, person in everybody.items()
    }


def expected(everybody, may, otherwise, visitor=302):
    return {
        who: visitor if who == "visitor" else 200 if who in may else otherwise for who in everybody
    }


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("awards:envelope", PROVINCE),
        ("awards:funding_list", PROVINCE),
        ("awards:notices", PROVINCE),
        ("awards:objections", PROVINCE - {"finance"}),
    ],
)
def test_who_opens_the_offices_lists(client_of, everybody, noticed, name, may):
    got = answers(client_of, everybody, reverse(name))
    assert got == expected(everybody, may, 403)


@pytest.mark.parametrize("name", ["awards:agreements", "awards:payments"])
def test_lists_of_grants_are_refused_to_whom_no_grant_can_concern(
    client_of, everybody, agreed, name
):
    """A firm and a secretary find their own; whoever just registered finds an empty list."""
    newcomer = making.person("新注册")
    got = answers(client_of, {**everybody, "newcomer": newcomer}, reverse(name))
    may = OFFICE | {"owner", "rival", "secretary", "newcomer"}
    assert got == expected(got, may, 403)


def test_who_opens_one_call_and_one_objection(client_of, everybody, noticed):
    got = answers(client_of, everybody, reverse("awards:funding", args=[noticed.call.number]))
    assert got == expected(everybody, PROVINCE, 403)
    url = reverse("awards:objection", args=[objected(noticed).pk])
    assert answers(client_of, everybody, url) == expected(everybody, PROVINCE - {"finance"}, 403)


def test_who_opens_agreement_instalment_and_claim(client_of, everybody, agreed, people):
    """Whoever has nothing to do with a project does not learn that it has an agreement."""
    claim = stages.claimed(people, stages.part(agreed, 1))
    may = OFFICE | {"owner", "secretary"}
    for url in (
        reverse("awards:agreement", args=[agreed.pk]),
        reverse("awards:instalment", args=[claim.instalment_id]),
        reverse("awards:claim", args=[claim.pk]),
        reverse("awards:claim_file", args=[claim.files.get().pk]),
        *(
            reverse(f"awards:{name}", args=[agreed.award_id])
            for name in ("acceptance", "progress", "ending", "clawback")
        ),
    ):
        assert answers(client_of, everybody, url) == expected(everybody, may, 404), url


ACTS = [
    ("awards:draw_list", "call", {"officer"}),
    ("awards:submit_list", "call", {"officer"}),
    ("awards:publish", "call", {"officer"}),
    ("awards:award", "call", {"approver"}),
    ("awards:close_call", "call", {"officer", "finance"}),
    ("awards:close_reserve", "call", {"officer"}),
    ("awards:allocate", "call", {"finance"}),
    ("awards:take_off", "dossier", {"approver"}),
    ("awards:ending", "award", {"owner", "officer", "approver"}),
    ("awards:clawback", "award", {"finance"}),
    ("awards:progress", "award", {"owner", "officer", "secretary"}),
    ("awards:acceptance", "award", {"owner", "officer", "approver"}),
    ("awards:draw_up", "award", {"officer"}),
    ("awards:confirm_ceiling", "change", {"finance"}),
    ("awards:refuse_ceiling", "change", {"finance"}),
]


def test_who_may_act(client_of, everybody, people, agreed, ranked):
    """Anybody else is refused (403, or 404 where they may not know), and nothing changes."""
    change = envelopes.propose_ceiling(
        scheme=ranked.scheme, year=2027, ceiling=WAN, document_no="1号", by=people.finance2
    )
    ranked.refresh_from_db()
    arguments = {
        "call": ranked.number,
        "dossier": agreed.award.application_id,
        "award": agreed.award_id,
        "change": change.pk,
    }
    before = [model.objects.count() for model in (Award, FundingList, Payment)]
    for name, of, may in ACTS:
        with transaction.atomic():
            got = answers(client_of, everybody, reverse(name, args=[arguments[of]]), "post")
            after = [model.objects.count() for model in (Award, FundingList, Payment)]
            transaction.set_rollback(True)
        refused = {who: code for who, code in got.items() if who not in may}
        assert (name, refused.pop("visitor")) == (name, 302)
        assert (name, set(refused.values()) - {403, 404}) == (name, set())
        assert (name, [who for who in may if got[who] in (403, 404, 500)]) == (name, [])
        assert (name, after) == (name, before)
