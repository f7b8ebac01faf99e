"""How severe the panels are, beside the ranking: by hand, and never in its place."""

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django.utils import translation

from bench import review_rows
from reviews.models import PARTS
from reviews.selectors.rankings import entries_of, panel_means
from reviews.services import analyses
from reviews.services.ranking import compute_ranking
from reviews.views.severity import severity

pytestmark = pytest.mark.django_db


def judges(totals):
    return {str(n): {"total": t} for n, t in enumerate(totals)}


def entry(panel, *totals, heard=()):
    return SimpleNamespace(panel=panel, experts=judges(totals), heard_by=judges(heard) or None)


def test_by_hand():
    every, first, second = panel_means(
        [entry(1, "10.00", "14.00"), entry(2, "20.00"), entry(1), entry(2, "16.00")]
    )
    assert (every.panel, every.dossiers, every.mean) == (None, 4, Fraction(60, 4))
    assert (first.panel, first.dossiers, first.mean) == (1, 2, Fraction(12))
    assert (second.panel, second.dossiers, second.mean) == (2, 2, Fraction(18))
    assert panel_means([entry(1)]) == []


def test_the_stages_of_a_hearing_are_told_apart():
    absent = entry(1, "10.00")
    rows = [
        entry(1, "10.00", heard=("90.00",)),
        entry(2, "30.00", heard=("50.00", "70.00")),
        absent,
    ]
    assert [m.dossiers for m in panel_means(rows)] == [3, 2, 1]
    assert [m.dossiers for m in panel_means(rows, heard=True)] == [2, 1, 1]
    rows.remove(absent)
    assert [m.mean for m in panel_means(rows)] == [20, 10, 30]
    assert [m.mean for m in panel_means(rows, heard=True)] == [70, 90, 60]
    model = {"agreement": {"stages": {"hearing": {"panels": [{"panel": "2", "severity": -1.5}]}}}}
    with translation.override("en"):
        told = severity(rows, [], model, heard=True)
    assert [(s["name"], s["mean"], s["modelled"]) for s in told["stages"]] == [
        ("paper review", Decimal("20.00"), False),
        ("hearing", Decimal("70.00"), True),
    ]
    assert [[r["apart"] for r in s["rows"]] for s in told["stages"]] == [
        [-10, 10],
        [20, -10],
    ]
    assert [r["model"] for r in told["stages"][1]["rows"]] == [None, Decimal("-1.50")]
    assert severity(rows[:1], [], None, heard=True) is None


def test_the_page_shows_means_at_once_and_the_model_once_it_is_there(client_of):
    call, officer = review_rows.write(45, 4, 10)
    made = compute_ranking(call=call, by=officer)
    client = client_of(officer)
    client.cookies["django_language"] = "en"
    ranks = [(e.application_id, e.rank) for e in entries_of(made)]
    for ready in (False, True):
        if ready:
            for part in PARTS:
                analyses.compute_part(ranking=made, part=part)
        response = client.get(f"/ranking/{call.number}/")
        told = response.context["severity"]
        [stage] = told["stages"]
        assert [row["dossiers"] for row in stage["rows"]] == [20, 20, 5]
        assert told["modelled"] == ready
        assert all((row["model"] is not None) == ready for row in stage["rows"])
        assert "Advisory: it never alters the rank." in response.content.decode()
    assert [(e.application_id, e.rank) for e in entries_of(made)] == ranks
    assert sum(row["apart"] * row["dossiers"] for row in stage["rows"]) == pytest.approx(0, abs=1)
