"""What others build on: CSV and JSON in their exact form, and nothing before the lock."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from reviews.services import ranking
from tests.reviews import round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_nothing_is_told_before_scoring_is_closed(scored):
    for command in ("export_scores", "export_ranking"):
        with pytest.raises(CommandError, match="not closed yet"):
            printed(command, scored.number)
        with pytest.raises(CommandError, match="no call 2099-9"):
            printed(command, "2099-9")


def test_scores_as_csv(scored, officer):
    ranking.close_scoring(call=scored, by=officer)
    rows = list(csv.DictReader(io.StringIO(printed("export_scores", scored.number))))
    assert list(rows[0]) == ["application", "expert", "leaf", "mode", "score", "max"]
    # 15 formula leaves, 5 expert leaves by 5 experts, 8 dossiers
    assert len(rows) == 8 * (15 + 5 * 5)
    first = round.dossiers(scored)[0].number
    seats = scored.draws.get().seats.select_related("expert").order_by("expert__pseudonym")
    assert [r for r in rows if r["application"] == first and r["leaf"] == "Q1.2"] == [
        {
            "application": first,
            "expert": seat.expert.pseudonym,
            "leaf": "Q1.2",
            "mode": "expert",
            "score": "6.00",
            "max": "6.00",
        }
        for seat in seats
    ]
    assert [r for r in rows if r["application"] == first and r["leaf"] == "Q2.2"] == [
        {
            "application": first,
            "expert": "",
            "leaf": "Q2.2",
            "mode": "formula",
            "score": "4.00",
            "max": "4.00",
        }
    ]


def test_the_ranking_as_csv_and_json(scored, officer):
    ranking.close_scoring(call=scored, by=officer)
    with pytest.raises(CommandError, match="not been computed"):
        printed("export_ranking", scored.number)
    ranking.compute_ranking(call=scored, by=officer)
    text = printed("export_ranking", scored.number, "--format", "csv")
    assert text.splitlines()[0] == (
        "rank,application,region,quality,employment,total,requested,awarded,outcome"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows == json.loads(printed("export_ranking", scored.number, "--format", "json"))
    entry = scored.rankings.get().entries.get(application=round.dossiers(scored)[0])
    assert rows[0] == {
        "rank": "1",
        "application": entry.application.number,
        "region": "220581",
        "quality": f"{entry.quality:.2f}",
        "employment": f"{entry.employment:.2f}",
        "total": f"{entry.total:.2f}",
        "requested": "24000000.00",
        "awarded": "",
        "outcome": "ranked",
    }
