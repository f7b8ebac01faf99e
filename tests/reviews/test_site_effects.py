"""What a site check holds back and changes: the funding list, `manage.py rank`, exports, events."""

import io

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from audit.models import Event
from audit.refusals import WrongState
from awards.services import funding
from notifications.models import Message
from reviews.selectors import exports
from reviews.services import ranking, site_checks
from tests.awards import ledger, meeting
from tests.racing import race
from tests.reviews import round, sitework
from tests.reviews.sitework import LESS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def untied(ranked_call, officer, approver):
    """The ranking with its ties settled."""
    order = [
        e.application_id for e in ranked_call.rankings.get().entries.order_by("-application_id")
    ]
    decision = ranking.propose_joint_decision(
        call=ranked_call,
        order=order,
        minutes_no="联席纪要〔2026〕2号",
        reason="经联席会议研究确定先后",
        by=officer,
    )
    ranking.confirm_joint_decision(decision=decision, by=approver)
    ranking.compute_ranking(call=ranked_call, by=officer)
    return ranked_call


def test_the_funding_list_waits_for_open_checks_and_for_the_new_ranking(
    untied, dossier, officer, officer2, finance, applicant, approver
):
    listed = funding.draw_funding_list(call=untied, by=officer)
    check = sitework.ordered(dossier, officer, officer2, finance)
    for act in (
        lambda: funding.draw_funding_list(call=untied, by=officer),
        lambda: funding.submit_list(funding_list=listed, by=officer),
    ):
        with pytest.raises(WrongState, match=f"site check of dossier {dossier.number}"):
            act()
    refused_by_the_database(listed, "is open")
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    with pytest.raises(WrongState, match="Compute the ranking again"):
        funding.submit_list(funding_list=listed, by=officer)
    refused_by_the_database(listed, "older than a site check")
    ranking.compute_ranking(call=untied, by=officer)
    with pytest.raises(WrongState, match="Draw it again"):
        funding.submit_list(funding_list=listed, by=officer)
    listed = funding.draw_funding_list(call=untied, by=officer)
    funding.submit_list(funding_list=listed, by=officer)
    other = round.dossiers(untied)[1]
    late_check = sitework.ordered(other, officer, officer2, finance)
    kept = meeting.minutes(untied, officer)
    with pytest.raises(WrongState, match="site check"):
        funding.approve_list(funding_list=listed, minutes=kept, note="", by=approver)
    ledger.grant(untied, untied.envelope, officer, approver)
    site_checks.call_off(check=late_check, reason="已有审计报告可以佐证", by=officer)
    funding.approve_list(funding_list=listed, minutes=kept, note="", by=approver)
    with pytest.raises(WrongState, match="between the ranking"):
        sitework.ordered(other, officer, officer2, finance)


def refused_by_the_database(listed, why: str) -> None:
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        type(listed).objects.filter(pk=listed.pk).update(status="submitted")


@pytest.mark.django_db(transaction=True)
def test_a_list_and_a_check_at_once(untied, dossier, officer, officer2, finance):
    listed = funding.draw_funding_list(call=untied, by=officer)
    done = race(
        [
            lambda: funding.submit_list(funding_list=listed, by=officer),
            lambda: sitework.ordered(dossier, officer, officer2, finance),
        ]
    )
    assert sum(not isinstance(one, Exception) for one in done) >= 1


def test_rank_knows_of_a_correction(
    ranked_call, dossier, check, officer, officer2, finance, applicant
):
    def said() -> tuple[int, list[str]]:
        out = io.StringIO()
        try:
            call_command("rank", ranked_call.number, stdout=out, stderr=io.StringIO())
        except SystemExit as end:
            return int(end.code), out.getvalue().splitlines()
        return 0, out.getvalue().splitlines()

    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    code, lines = said()
    assert code == 1
    assert lines[0].startswith(f"{dossier.number}: stored rank 1, total")
    assert lines[-1] == "a site check confirmed since is not in the ranking: compute it again"
    ranking.compute_ranking(call=ranked_call, by=officer)
    assert said()[0] == 0


def test_the_export_names_corrected_figures(
    ranked_call, dossier, check, officer, officer2, finance, applicant
):
    sitework.confirmed(check, officer2, finance, applicant, land_mu="75.00", **LESS)
    ranking.compute_ranking(call=ranked_call, by=officer)
    told = {
        row["application"]: row["corrected"]
        for row in exports.ranking_table(ranked_call, corrected=True)
    }
    assert told.pop(dossier.number) == "land_mu;promised_headcount"
    assert set(told.values()) == {""}


def test_each_act_leaves_one_event_and_tells_its_people(
    ranked_call, check, officer, officer2, finance, applicant
):
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    acts = Event.objects.filter(action__startswith="sitecheck.").order_by("id")
    assert [(e.action, e.actor_name, e.role) for e in acts] == [
        ("sitecheck.order", "秦项目", "programme_officer"),
        ("sitecheck.add_file", "许项目", "programme_officer"),
        ("sitecheck.record", "许项目", "programme_officer"),
        ("sitecheck.view", "宋企业", "owner"),
        ("sitecheck.confirm", "财经办", "finance_officer"),
    ]
    told = Message.objects.filter(kind__startswith="sitecheck.").values_list(
        "kind", "recipient__username"
    )
    assert sorted(told) == [
        ("sitecheck.announced", "applicant"),
        ("sitecheck.confirmed", "applicant"),
        ("sitecheck.found", "applicant"),
        ("sitecheck.ordered", "finance"),
        ("sitecheck.ordered", "officer2"),
        ("sitecheck.rank_again", "officer"),
        ("sitecheck.rank_again", "officer2"),
        ("sitecheck.to_confirm", "finance"),
        ("sitecheck.viewed", "finance"),
        ("sitecheck.viewed", "officer2"),
    ]
