"""How sure is it: for the office only, with its progress while it is computed."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Call
from notifications.models import Job
from reviews import tasks
from reviews.models import PARTS, Analysis, Ranking
from reviews.selectors import recomputed
from reviews.services import analyses, ranking
from reviews.views.certainty_page import page
from tests.reviews import round
from tests.reviews.test_analyses import jobs, judged, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranked(reviewed, officer) -> Ranking:
    judged(reviewed)
    ranking.close_scoring(call=reviewed, by=officer)
    return ranking.compute_ranking(call=reviewed, by=officer)


def url_of(row: Ranking) -> str:
    return f"/ranking/{row.call.number}/certainty/"


def test_who_opens_it_and_from_when(request, reviewed, officer, client_of):
    url = f"/ranking/{reviewed.number}/certainty/"
    assert client_of(officer).get(url).status_code == 404
    judged(reviewed)
    ranking.close_scoring(call=reviewed, by=officer)
    assert client_of(officer).get(url).status_code == 404
    ranking.compute_ranking(call=reviewed, by=officer)
    for name in ("officer", "approver", "supervisor", "finance"):
        assert client_of(request.getfixturevalue(name)).get(url).status_code == 200
    Call.objects.filter(pk=reviewed.pk).update(status="on_notice")
    for name in ("applicant", "expert", "region", "secretary"):
        assert client_of(request.getfixturevalue(name)).get(url).status_code == 403
    assert client_of(None).get(url).status_code == 302


def test_it_asks_again_until_it_is_there_and_says_when_it_is_stuck(ranked, officer, client_of):
    client, url = client_of(officer), url_of(ranked)
    first, second, *rest = jobs(ranked)
    tasks.analyse(first.pk)
    text = client.get(url).content.decode()
    assert f'hx-get="{url}"' in text
    assert client.get(url).context["progress"].done == 1
    Job.objects.filter(pk=second.pk).update(state="dead")
    text = client.get(url).content.decode()
    assert "hx-trigger" not in text
    Job.objects.filter(pk=second.pk).update(state="pending")
    for job in (second, *rest):
        tasks.analyse(job.pk)
    response = client.get(url)
    assert response.context["sure"]
    assert "hx-trigger" not in response.content.decode()
    assert not re.search(r"<[^>]+ style=", response.content.decode())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_figures_of_the_page_are_those_of_the_analysis(ranked, officer, client_of, language):
    run(ranked)
    client = client_of(officer)
    client.cookies["django_language"] = language
    response = client.get(url_of(ranked))
    sure, data = response.context["sure"], Analysis.objects.get(ranking=ranked).data
    weights = sure["weights"]
    assert weights["low"] <= weights["frozen"] == 70 <= weights["high"]
    assert [row["points"] for row in weights["shifts"]] == [-10, -5, 5, 10]
    [stage] = sure["stages"]
    [panel] = stage["agreement"]["rows"]
    kendall = data["agreement"]["panels"][0]["kendall_w"]
    assert abs(panel["w"] - Decimal(str(kendall))) <= Decimal("0.005")
    assert panel["apart"] == 0
    assert len(stage["severity"]["rows"]) == 5
    assert len(sure["ranks"]) == 8
    assert all(row["low90"] <= row["low50"] <= row["high50"] <= row["high90"]
               for row in sure["ranks"])  # fmt: skip
    ranks = [row["rank"] for row in sure["ranks"]]
    assert ranks == sorted(ranks)
    # eight requests of 24 million stay within the envelope: nothing but the floor decides
    assert sure["people"]["grey"] == []
    assert sure["knapsack"]["same"]
    assert "are left aside here" not in response.content.decode()  # the call sets no limits


def test_where_no_sheet_counts_it_says_so(reviewed, officer, approver, client_of):
    Call.objects.filter(pk=reviewed.pk).update(scoring_due_at=reviewed.opens_at)
    round.go_on_with_too_few(reviewed, officer, approver)
    ranking.close_scoring(call=reviewed, by=officer)
    row = ranking.compute_ranking(call=reviewed, by=officer)
    run(row)
    response = client_of(officer).get(url_of(row))
    assert (response.status_code, response.context["sure"]) == (200, None)
    assert client_of(officer).get(f"/ranking/{reviewed.number}/").status_code == 200
    assert page({part: {} for part in PARTS}, [], []) is None


def test_the_ranking_shows_its_signals_within_its_queries(ranked, officer, client_of):
    client, url = client_of(officer), f"/ranking/{ranked.call.number}/"
    for ready in (False, True):
        if ready:
            run(ranked)
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            response = client.get(url)
        assert len(seen) <= 12
        assert f'href="{url_of(ranked)}"' in response.content.decode()
        assert (response.context["sure"] is not None) == ready
        with CaptureQueriesContext(connection) as seen:
            client.get(url_of(ranked))
        assert len(seen) <= 12


def test_it_moves_nothing(ranked, officer):
    before = list(ranked.entries.values())
    run(ranked)
    assert list(ranked.entries.values()) == before
    assert recomputed.digest_of(recomputed.rank_call(ranked.call)) == ranked.digest
    assert analyses.TASK not in {job.task for job in Job.objects.filter(state="pending")}
