"""A dossier that was not heard has its way from the leaf to the points, for its firm too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Call
from reviews.models import Assignment, ShortlistEntry
from reviews.selectors.unheard import unheard_entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def unheard(heard_ranking) -> ShortlistEntry:
    rows = ShortlistEntry.objects.filter(shortlist__call=heard_ranking.call, place=None)
    return rows.select_related("application__firm", "shortlist__call").get()


def shown(client, name, *args):
    client.cookies["django_language"] = "en"
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse(f"reviews:{name}", args=args))
    assert len(asked) <= 15, [q["sql"][:120] for q in asked]
    return answer


def owner_of(row):
    return row.application.firm.memberships.filter(level="owner").first().user


def test_it_is_what_the_shortlist_took(unheard):
    entry = unheard_entry(unheard.shortlist.call, unheard.application_id)
    assert (entry.total, entry.state, entry.rank) == (unheard.total, "beyond", None)
    of = entry.details
    parts = ("formula_quality", "formula_employment", "expert_quality", "expert_employment")
    assert f"{sum(map(float, (of[name] for name in parts))):.2f}" == f"{unheard.total:.2f}"
    assert (
        len(of["experts"])
        == Assignment.objects.filter(
            application=unheard.application, stage="paper", state="locked"
        ).count()
    )
    heard = ShortlistEntry.objects.filter(shortlist=unheard.shortlist, place=1).get()
    assert unheard_entry(unheard.shortlist.call, heard.application_id) is None


def test_the_office_reads_it_with_the_ranking(unheard, officer, client_of):
    number, pk = unheard.shortlist.call.number, unheard.application_id
    answer = shown(client_of(officer), "ranking_entry", number, pk)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "It was not heard; these are its points in the paper review." in text
    assert f"{unheard.total:.2f}" in text and "Rank in the paper review" in text


def test_the_firm_reads_its_own_once_results_are_out(unheard, client_of):
    pk, client = unheard.application_id, client_of(owner_of(unheard))
    address = reverse("reviews:own_points", args=[pk])
    dossier = reverse("applications:dossier", args=[pk])
    assert client.get(address).status_code == 404
    assert address not in client.get(dossier).content.decode()
    Call.objects.filter(pk=unheard.shortlist.call_id).update(status="on_notice")
    text = shown(client, "own_points", pk).content.decode()
    assert "It was not heard" in text and f"{unheard.total:.2f}" in text
    experts = Assignment.objects.filter(application=pk).values_list("expert__pseudonym", flat=True)
    assert [name for name in experts if name in text] == []
    assert address in client.get(dossier).content.decode()
