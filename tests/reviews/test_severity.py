"""How severe the panels are, beside the ranking: by hand, and never in its place."""

from fractions import Fraction
from types import SimpleNamespace

import pytest
from django.utils import translation

from bench import review_rows
from reviews.models import PARTS
from reviews.selectors.rankings import entries_of, panel_means
from reviews.services import analyses
from reviews.services.ranking import compute_ranking

pytestmark = pytest.mark.django_db


def entry(panel, *totals):
    return SimpleNamespace(
        panel=panel, experts={str(n): {"total": t} for n, t in enumerate(totals)}
    )


def test_by_hand():
    every, first, second = panel_means(
        [entry(1, "10.00", "14.00"), entry(2, "20.00"), entry(1), entry(2, "16.00")]
    )
    assert (every.panel, every.dossiers, every.mean) == (None, 4, Fraction(60, 4))
    assert (first.panel, first.dossiers, first.mean) == (1, 2, Fraction(12))
    assert (second.panel, second.dossiers, second.mean) == (2, 2, Fraction(18))
    assert panel_means([entry(1)]) == []


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
        assert [row["dossiers"] for row in told["rows"]] == [20, 20, 5]
        assert told["modelled"] == ready
        assert all((row["model"] is not None) == ready for row in told["rows"])
        assert "Advisory: it never alters the rank." in response.content.decode()
    assert [(e.application_id, e.rank) for e in entries_of(made)] == ranks
    with translation.override("en"):
        gaps = [row["apart"] for row in told["rows"]]
    assert {gap[0] for gap in gaps} <= {"+", "−"}
