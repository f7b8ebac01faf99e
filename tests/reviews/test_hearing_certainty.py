"""How sure the ranking of a call with a hearing is: from the rows to the page."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.services.line import compute_line
from reviews.certainty import of_hearing
from reviews.certainty.of_ranking import frozen_of
from reviews.models import PARTS, Analysis
from reviews.selectors.certainty import ranked_of
from tests.reviews.test_analyses import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_every_part_is_computed_and_the_paper_review_is_told_whole(heard_ranking):
    run(heard_ranking)
    data = Analysis.objects.get(ranking=heard_ranking).data
    assert set(data) == set(PARTS)
    assert all(data.values())
    heard = heard_ranking.entries.count()
    assert heard == 3
    told = data["agreement"]["stages"]
    assert [told[stage]["panels"][0]["items"] for stage in ("paper", "hearing")] == [4, 3]
    assert (data["ranks"]["apart"], len(data["ranks"]["ranks"])) == (0, heard)
    assert data["weights"]["hearing"]["percent"] == 40


def test_the_line_of_the_analysis_is_the_calls_own(heard_ranking):
    run(heard_ranking)
    data = Analysis.objects.get(ranking=heard_ranking).data
    call = heard_ranking.call
    call.refresh_from_db()
    line = compute_line(heard_ranking, call.envelope, call.rule_set.cut_off, [])
    numbers = dict(call.applications.values_list("pk", "number"))
    funded = {numbers[int(i.id)] for i in line.items if i.outcome == "funded"}
    assert len(funded) == 1
    assert {row["item"] for row in data["people"]["bootstrap"] if row["funded"]} == funded
    assert data["weights"]["frozen"] == "7/10"


def test_the_totals_it_starts_from_are_those_of_the_ranking(heard_ranking):
    given = ranked_of(heard_ranking)
    standing = of_hearing.standing(given, frozen_of(given))
    found = dict(zip(standing.items, standing.points(standing.there).tolist(), strict=True))
    totals = heard_ranking.entries.values_list("application__number", "total")
    assert {name: Decimal(str(total)) for name, total in found.items()} == dict(totals)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_tells_each_stage_and_both_weights(heard_ranking, officer, client_of, language):
    run(heard_ranking)
    client = client_of(officer)
    client.cookies["django_language"] = language
    response = client.get(f"/ranking/{heard_ranking.call.number}/certainty/")
    sure = response.context["sure"]
    assert [stage["code"] for stage in sure["stages"]] == ["paper", "hearing"]
    assert [stage["agreement"]["rows"][0]["items"] for stage in sure["stages"]] == [4, 3]
    assert sure["hearing"]["frozen"] == 40
    assert len(sure["ranks"]) == 3
    text = response.content.decode()
    assert 'id="agreepaper"' in text and 'id="severehearing"' in text and 'id="stages"' in text


def test_the_pages_stay_within_their_queries(heard_ranking, officer, client_of):
    run(heard_ranking)
    client = client_of(officer)
    for url in ("", "certainty/"):
        client.get(f"/ranking/{heard_ranking.call.number}/{url}")
        with CaptureQueriesContext(connection) as seen:
            response = client.get(f"/ranking/{heard_ranking.call.number}/{url}")
        assert response.status_code == 200
        assert len(seen) <= 12
        assert response.context["sure"] is not None
