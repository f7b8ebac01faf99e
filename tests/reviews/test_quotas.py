"""Quotas from the ranking on: who is passed over is named on every page, and `rank` checks it."""

import pytest
from django.db import connection

from awards.services import funding
from reviews import outcomes
from reviews.selectors import exports
from reviews.services import ranking
from tests.awards import ledger, meeting
from tests.reviews.test_analyses import judged, run
from tests.reviews.test_rank_command import behind_the_triggers, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def settle_ties(row, officer, approver):
    """Every group in the order of its entries."""
    groups = {}
    for entry in row.entries.filter(tied=True).order_by("application_id"):
        groups.setdefault(entry.rank, []).append(entry.application_id)
    for order in groups.values():
        decision = ranking.propose_joint_decision(
            call=row.call,
            order=order,
            minutes_no="纪要1",
            reason="经联席会议研究确定先后",
            by=officer,
        )
        ranking.confirm_joint_decision(decision=decision, by=approver)
    return ranking.compute_ranking(call=row.call, by=officer)


@pytest.fixture
def ranked(reviewed, officer, approver):
    """Eight dossiers of two industries, five and three; at most two of each."""
    judged(reviewed)
    rules = {**reviewed.rules, "most_per_industry": 2, "cut_off": "skip"}
    behind_the_triggers(lambda: type(reviewed).objects.filter(pk=reviewed.pk).update(rules=rules))
    reviewed.refresh_from_db()
    ranking.close_scoring(call=reviewed, by=officer)
    return settle_ties(ranking.compute_ranking(call=reviewed, by=officer), officer, approver)


def expected(row):
    """Application → quota, worked out from the rank alone: the envelope carries everybody."""
    taken, passed = {}, {}
    for entry in row.entries.order_by("rank"):
        taken[entry.industry] = taken.get(entry.industry, 0) + 1
        if taken[entry.industry] > 2:
            passed[entry.application_id] = "industry_quota"
    return passed


def test_the_ranking_names_them_before_a_list_is_drawn_and_the_list_then_says_the_same(
    ranked, officer, client_of
):
    passed = expected(ranked)
    assert len(passed) == 4
    assert outcomes.passed_over(ranked) == passed
    client = client_of(officer)
    client.cookies["django_language"] = "en"
    response = client.get(f"/ranking/{ranked.call.number}/")
    rows = response.context["rows"]
    marked = {row["application"].pk for row in rows if row["quota"]}
    assert marked == passed.keys()
    assert "passed over: quota of its industry" in response.content.decode()
    run(ranked)
    sure = client.get(f"/ranking/{ranked.call.number}/certainty/").content.decode()
    assert "For points alone" in sure
    assert "are left aside here" in sure
    listed = funding.draw_funding_list(call=ranked.call, by=officer)
    items = {i.application_id: i for i in listed.items.all()}
    assert {pk: i.note for pk, i in items.items() if i.outcome == "passed_over"} == passed
    assert outcomes.passed_over(ranked) == passed


def test_its_own_page_says_why(ranked, officer, client_of):
    first = next(iter(expected(ranked)))
    client = client_of(officer)
    client.cookies["django_language"] = "en"
    text = client.get(f"/ranking/{ranked.call.number}/dossiers/{first}/").content.decode()
    assert "Its industry had what the call&#x27;s quota allows before its turn came." in text


def test_the_export_and_the_command_follow(ranked, officer, approver):
    listed = funding.draw_funding_list(call=ranked.call, by=officer)
    assert said(ranked.call.number)[0] == 0
    funding.submit_list(funding_list=listed, by=officer)
    ledger.grant(ranked.call, ranked.call.envelope, officer, approver)
    kept = meeting.minutes(ranked.call, officer)
    funding.approve_list(funding_list=listed, minutes=kept, note="", by=approver)
    words = [row["outcome"] for row in exports.ranking_table(ranked.call)]
    assert (words.count("passed_over"), words.count("funded")) == (4, 4)
    assert said(ranked.call.number)[0] == 0


def test_the_command_names_an_outcome_that_does_not_follow_and_a_moved_industry(ranked, officer):
    listed = funding.draw_funding_list(call=ranked.call, by=officer)
    item = listed.items.filter(outcome="passed_over").select_related("application").first()
    behind_the_triggers(lambda: listed.items.filter(pk=item.pk).update(outcome="funded", amount=1))
    number = item.application.number
    assert said(ranked.call.number) == (
        1,
        [f"{number}: on the funding list funded with 1.00; by the rules passed_over with 0.00"],
    )
    behind_the_triggers(
        lambda: listed.items.filter(pk=item.pk).update(outcome=item.outcome, amount=0)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE applications_application SET industry_id = (SELECT max(id) FROM"
            " applications_industry WHERE id <> industry_id) WHERE id = %s",
            [item.application_id],
        )
    assert f"{number}: the same place, but not the same industry" in said(ranked.call.number)[1]


def test_the_analysis_draws_the_same_line(ranked, officer):
    run(ranked)
    listed = funding.draw_funding_list(call=ranked.call, by=officer)
    funded = {i.application.number for i in listed.items.filter(outcome="funded")}
    people = ranked.analysis.data["people"]["bootstrap"]
    assert {row["item"] for row in people if row["funded"]} == funded
