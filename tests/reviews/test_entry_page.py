"""How one dossier came about: recomputable by hand, and for its firm without any pseudonym."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from applications.models import Call
from reviews import outcomes
from reviews.models import Assignment, Expert, RankingEntry
from reviews.selectors.rankings import sheet_for
from reviews.services import ranking
from reviews.views.entry_page import page
from tests.reviews import round

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranked(reviewed, officer) -> Call:
    """Five experts of different minds; the first tier gives 24 points, the later ones less."""
    seats = reviewed.draws.get().seats.select_related("panel", "expert__user").order_by("pk")
    for seat, tier in zip(seats, (0, 0, 1, 1, 2), strict=True):
        round.score(seat, tier)
    ranking.close_scoring(call=reviewed, by=officer)
    ranking.compute_ranking(call=reviewed, by=officer)
    reviewed.refresh_from_db()
    return reviewed


@pytest.fixture
def published(ranked) -> Call:
    Call.objects.filter(pk=ranked.pk).update(status="on_notice")
    ranked.refresh_from_db()
    return ranked


def entry_of(call: Call) -> RankingEntry:
    return call.rankings.get().entries.select_related("application").order_by("pk")[0]


def evaluated(working: str) -> tuple[Fraction, str, Fraction]:
    """Both sides of a line as "(24.00 + 1/2 × 23.00) ÷ 3/2 = 23.67"."""
    left, sign, right = re.fullmatch(r"(.+) ([=≈]) (\S+)", working).groups()
    terms, count = re.fullmatch(r"\((.+)\) ÷ (\S+)", left).groups()
    whole = Fraction(0)
    for term in terms.split(" + "):
        *share, value = term.split(" × ")
        whole += Fraction(value) * Fraction(share[0] if share else 1)
    return whole / Fraction(count), sign, Fraction(right)


def test_the_sums_written_out_give_the_total_by_hand(ranked):
    entry = entry_of(ranked)
    with translation.override("en"):
        shown = page(entry, sheet_for(entry.application), named=True)
    judges = [row["judge"] for row in shown["judge_rows"]]
    marks = [sum(mark for _code, mark in row["marks"]) for row in shown["judge_rows"]]
    assert marks == [judge.total for judge in judges]
    assert len({judge.total for judge in judges}) == 3
    exact, sign, result = evaluated(shown["mean"]["total"])
    # the two highest share the one that is left out, the lowest is out
    low, high = min(judges, key=lambda j: j.total), max(judges, key=lambda j: j.total)
    middle = [j.total for j in judges if j.total not in (low.total, high.total)]
    assert exact == Fraction(sum(middle) + high.total) / 3
    assert (sign == "=") == (exact == result)
    assert abs(exact - result) <= Fraction(1, 200)
    words = [row["counts"][1] for row in shown["judge_rows"]]
    assert words == ["shares the highest: 1/2"] * 2 + ["counts"] * 2 + ["lowest, left out"]
    employment = evaluated(shown["mean"]["employment"])[2]
    assert shown["mean"]["quality"] == (
        f"{Decimal(str(float(result))):.2f} − {float(employment):.2f} = "
        f"{shown['parts']['expert_quality']:.2f}"
    )
    formula = sum(row["score"] for row in shown["formula"])
    assert formula + Decimal(str(float(result))) == entry.total
    assert all(row["rule"] for row in shown["formula"])


def test_the_place_is_told_against_the_entry_score_the_others_and_the_line(ranked, monkeypatch):
    entries = list(ranked.rankings.get().entries.order_by("application_id"))
    entry = entries[0]
    monkeypatch.setattr(
        outcomes,
        "_providers",
        [
            lambda call: {
                e.application_id: outcomes.Outcome(None, "funded" if n < 3 else "reserve")
                for n, e in enumerate(entries)
            }
        ],
    )
    with translation.override("en"):
        shown = page(entry, sheet_for(entry.application), named=True)["place"]
        firms = page(entry, sheet_for(entry.application), named=False)["place"]
    rows = dict(shown["rows"])
    assert rows == {
        "Entry score": f"{entry.total} − 20.00 = {entry.total - 20} above it",
        "Rank": "1 of 8 ranked",
        "Running sum, envelope": "0 + 2,400 = 2,400 ≤ 30,000",
        "Last that is funded": f"rank 1 with {entry.total} points",
        "Decided": "funded",
    }
    assert len(shown["equals"]) == 8
    # what other firms ask for, and who they are, is not the firm's
    assert set(dict(firms["rows"])) == set(rows) - {"Running sum, envelope"}
    assert firms["equals"] == ()


def test_a_firm_reads_its_own_once_the_notice_is_out_and_nobody_elses(
    ranked, applicant, applicant2, officer, expert, client_of
):
    url = f"/points/{entry_of(ranked).application_id}/"
    assert client_of(applicant).get(url).status_code == 404
    Call.objects.filter(pk=ranked.pk).update(status="on_notice")
    assert client_of(applicant).get(url).status_code == 200
    for other in (applicant2, officer, expert):
        assert client_of(other).get(url).status_code == 404
    assert client_of(None).get(url).status_code == 302
    assert client_of(applicant).get("/points/999999/").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_firms_page_names_no_expert_and_numbers_them_anew_for_each_dossier(
    published, applicant, client_of, language
):
    client = client_of(applicant)
    client.cookies["django_language"] = language
    orders = set()
    for entry in published.rankings.get().entries.select_related("application"):
        response = client.get(f"/points/{entry.application_id}/")
        text = response.content.decode()
        for expert in Expert.objects.select_related("user"):
            assert expert.pseudonym not in text
            if language == "en":  # in Chinese the people of the tests are called as the numbers are
                assert expert.user.name not in text
        rows = response.context["judge_rows"]
        assert [row["judge"].total for row in rows] == sorted(
            (row["judge"].total for row in rows), reverse=True
        )
        orders.add(tuple(row["judge"].pseudonym for row in rows))
        others = published.applications.exclude(pk=entry.application_id)
        assert not any(title in text for title in others.values_list("title", flat=True))
    # equal sums stand in another order on another dossier: eight dossiers, four orders possible
    assert len(orders) > 1


def test_the_opinions_stand_without_names_under_the_numbers_of_the_sums(
    published, applicant, officer, client_of
):
    entry = entry_of(published)
    response = client_of(applicant).get(f"/points/{entry.application_id}/")
    said = [pair for group in response.context["comments"] for pair in group["said"]]
    assert {text for _who, text in said} == set(
        Assignment.objects.filter(application=entry.application_id).values_list(
            "overall_comment", flat=True
        )
    )
    labels = {row["label"] for row in response.context["judge_rows"]}
    assert {who for who, _text in said} == labels
    office = client_of(officer).get(f"/ranking/{published.number}/dossiers/{entry.application_id}/")
    named = {who for group in office.context["comments"] for who, _text in group["said"]}
    assert named == set(entry.details["experts"])


def test_within_fifteen_queries_and_linked_from_the_dossier(published, applicant, client_of):
    entry = entry_of(published)
    client, url = client_of(applicant), f"/points/{entry.application_id}/"
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    assert len(seen) <= 15
    assert f'href="{url}"' in client.get(f"/dossiers/{entry.application_id}/").content.decode()


def test_a_leaf_without_a_sum_tells_what_its_points_follow_from(ranked):
    entry = entry_of(ranked)
    entry.details["formula"]["Q1.1"]["given"] = {"catalogue_match": "cluster"}
    with translation.override("en"):
        rows = page(entry, sheet_for(entry.application), named=False)["formula"]
    told = {row["code"]: row["working"] for row in rows}
    assert all(told.values())
    assert told["Q1.1"] == (
        "Industry in the catalogue: in the catalogue and in a named cluster of the place"
    )
    assert told["Q3.2"] == "Revenue of last year: —; R&D spending of last year: —"
    assert told["Q2.1"] == "6 × min(1, 32000 ÷ 30000) = 6.00"
