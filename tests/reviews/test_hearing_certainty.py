"""How sure the ranking of a call with a hearing is: from the rows to the page."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.services.line import compute_line
from reviews.certainty import of_hearing
from reviews.certainty.of_ranking import frozen_of
from reviews.models import PARTS, Analysis, Ranking
from reviews.selectors.certainty import ranked_of
from reviews.services import ranking
from tests.reviews import hearing
from tests.reviews.test_analyses import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def differ(call, stage: str) -> None:
    """Experts of different minds: each takes other hundredths off, and the hearing turns some."""
    turn = 3 if stage == "hearing" else 1
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE reviews_mark m SET score = score - 0.01 * ((dossier * %s + expert"
            " * (dossier %% 3)) %% 4) FROM (SELECT id,"
            " dense_rank() OVER (ORDER BY application_id) AS dossier,"
            " dense_rank() OVER (ORDER BY expert_id) AS expert"
            " FROM reviews_assignment WHERE stage = %s) a"
            " WHERE a.id = m.assignment_id AND m.score > 1",
            [turn, stage],
        )
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture
def ranked(kept, on_paper, officer) -> Ranking:
    """Three of four are heard; two of them can be paid."""

    def make() -> Ranking:
        differ(on_paper, "paper")
        with connection.cursor() as cursor:  # frozen since the call opened
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(
                "UPDATE applications_call SET envelope = 30000000, max_request = 24000000,"
                ' rules = rules || \'{"hearing_shortlist": "times"}\' WHERE id = %s',
                [on_paper.pk],
            )
            cursor.execute("SET session_replication_role = origin")
        on_paper.refresh_from_db()
        hearing.closed_on_paper(on_paper, officer)
        hearing.drawn_up(on_paper, officer)
        hearing.sit(on_paper, officer)
        hearing.pass_sittings(on_paper)
        hearing.all_come(on_paper, officer)
        for seat in hearing.seats(on_paper):
            hearing.mark(seat, tier=1)
        differ(on_paper, "hearing")
        ranking.close_hearing(call=on_paper, by=officer)
        return ranking.compute_ranking(call=on_paper, by=officer)

    return kept.build("heard_and_ranked", make, on=("on_paper",))


def test_every_part_is_computed_and_the_paper_review_is_told_whole(ranked):
    run(ranked)
    data = Analysis.objects.get(ranking=ranked).data
    assert set(data) == set(PARTS)
    assert all(data.values())
    heard = ranked.entries.count()
    assert heard == 3
    told = data["agreement"]["stages"]
    assert [told[stage]["panels"][0]["items"] for stage in ("paper", "hearing")] == [4, 3]
    assert (data["ranks"]["apart"], len(data["ranks"]["ranks"])) == (0, heard)
    assert data["weights"]["hearing"]["percent"] == 40


def test_the_line_of_the_analysis_is_the_calls_own(ranked):
    run(ranked)
    data = Analysis.objects.get(ranking=ranked).data
    call = ranked.call
    call.refresh_from_db()
    line = compute_line(ranked, call.envelope, call.rule_set.cut_off, [])
    numbers = dict(call.applications.values_list("pk", "number"))
    funded = {numbers[int(i.id)] for i in line.items if i.outcome == "funded"}
    assert len(funded) == 1
    assert {row["item"] for row in data["people"]["bootstrap"] if row["funded"]} == funded
    assert data["weights"]["frozen"] == "7/10"


def test_the_totals_it_starts_from_are_those_of_the_ranking(ranked):
    given = ranked_of(ranked)
    standing = of_hearing.standing(given, frozen_of(given))
    found = dict(zip(standing.items, standing.points(standing.there).tolist(), strict=True))
    totals = ranked.entries.values_list("application__number", "total")
    assert {name: Decimal(str(total)) for name, total in found.items()} == dict(totals)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_tells_each_stage_and_both_weights(ranked, officer, client_of, language):
    run(ranked)
    client = client_of(officer)
    client.cookies["django_language"] = language
    response = client.get(f"/ranking/{ranked.call.number}/certainty/")
    sure = response.context["sure"]
    assert [stage["code"] for stage in sure["stages"]] == ["paper", "hearing"]
    assert [stage["agreement"]["rows"][0]["items"] for stage in sure["stages"]] == [4, 3]
    assert sure["hearing"]["frozen"] == 40
    assert len(sure["ranks"]) == 3
    text = response.content.decode()
    assert 'id="agreepaper"' in text and 'id="severehearing"' in text and 'id="stages"' in text


def test_the_pages_stay_within_their_queries(ranked, officer, client_of):
    run(ranked)
    client = client_of(officer)
    for url in ("", "certainty/"):
        client.get(f"/ranking/{ranked.call.number}/{url}")
        with CaptureQueriesContext(connection) as seen:
            response = client.get(f"/ranking/{ranked.call.number}/{url}")
        assert response.status_code == 200
        assert len(seen) <= 12
        assert response.context["sure"] is not None
