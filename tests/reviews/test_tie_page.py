"""The ranking's page: the joint decision on dossiers that share a rank, from meeting to rank."""

import pytest
from django.urls import reverse

from awards.services.funding import draw_funding_list
from reviews.models import JointDecision, RankingEntry
from reviews.services.ranking import compute_ranking, confirm_joint_decision

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
MINUTES = {"minutes_no": "联席纪要〔2026〕2号", "reason": "经联席会议研究确定先后"}


@pytest.fixture
def ranked(ranked_call):
    """One tie of eight."""
    return ranked_call.rankings.get()


@pytest.fixture
def to_meeting(ranked):
    return reverse("reviews:propose_tie", args=[ranked.call.number])


def places(ranked):
    """The last by number is the first by the minutes."""
    pks = ranked.entries.order_by("-application_id").values_list("application_id", flat=True)
    return {f"place_{pk}": str(n) for n, pk in enumerate(pks, start=1)}


def test_no_order_is_chosen_before_the_meeting_says_one(ranked, to_meeting, officer, client_of):
    client = client_of(officer)
    shown = client.get(reverse("reviews:ranking", args=[ranked.call.number])).context["tie_form"]
    assert {bound.value() for bound in shown.place_fields()} == {None}
    refused = client.post(to_meeting, MINUTES)
    assert refused.status_code == 422
    assert set(refused.context["tie_form"].errors) == set(places(ranked))
    assert not JointDecision.objects.exists()


def test_two_dossiers_at_one_place_are_refused(ranked, to_meeting, officer, client_of):
    twice = dict.fromkeys(places(ranked), "1")
    refused = client_of(officer).post(to_meeting, MINUTES | twice)
    assert refused.status_code == 422
    assert set(refused.context["tie_form"].errors) == {"__all__"}
    assert not JointDecision.objects.exists()


def test_the_minutes_order_stands_once_a_second_person_confirms_it(
    ranked, to_meeting, officer, officer2, client_of
):
    order = places(ranked)
    client_of(officer).post(to_meeting, MINUTES | order)
    decision = JointDecision.objects.get()
    confirm = reverse("reviews:confirm_tie", args=[decision.pk])
    assert client_of(officer).post(confirm).status_code == 403
    client_of(officer2).post(confirm)
    ranks = RankingEntry.objects.filter(ranking__version=2).values_list("application_id", "rank")
    assert {f"place_{pk}": str(rank) for pk, rank in ranks} == order


def test_the_page_says_who_has_the_decision_in_hand(
    ranked, to_meeting, officer, approver, client_of
):
    address = reverse("reviews:ranking", args=[ranked.call.number])
    office, decider = client_of(officer), client_of(approver)
    for client in (office, decider):
        client.cookies["django_language"] = "en"
    office.post(to_meeting, MINUTES | places(ranked))
    for client in (office, decider):
        assert "waits for a second person.</strong>" in client.get(address).content.decode()
    confirm_joint_decision(decision=JointDecision.objects.get(), by=approver)
    assert "Compute again so that it counts" in office.get(address).content.decode()
    assert "It counts once the programme officer" in decider.get(address).content.decode()


def test_the_approver_reads_on_the_list_which_ties_the_meeting_decided(
    ranked, to_meeting, officer, approver, client_of
):
    client_of(officer).post(to_meeting, MINUTES | places(ranked))
    confirm_joint_decision(decision=JointDecision.objects.get(), by=approver)
    compute_ranking(call=ranked.call, by=officer)
    draw_funding_list(call=ranked.call, by=officer)
    page = client_of(approver).get(reverse("awards:funding", args=[ranked.call.number]))
    assert {str(row["tie"]) for row in page.context["rows"]} == {"tie: joint decision"}
