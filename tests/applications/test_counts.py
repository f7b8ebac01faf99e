"""How many queries a post takes when it succeeds: such posts the matrix does not reach."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Organisation
from applications.models import Application, Recommendation
from tests import making
from tests.applications.test_recommendation import SIPING, Cast, check
from tests.matrix.asking import Counter

pytestmark = pytest.mark.django_db


def queries_of(client, url, form, leads_to):
    counter = Counter()
    with connection.execute_wrapper(counter):
        answer = client.post(url, form)
    assert (answer.status_code, answer.headers.get("Location")) == (302, leads_to())
    return counter.queries


def test_opening_a_dossier(call, applicant, client_of):
    firm = Organisation.objects.get(memberships__user=applicant)
    form = {"title": "果仁", "region": "220581", "industry": "nuts", "firm": str(firm.pk)}
    url = reverse("applications:start", args=[call.number])

    def page():
        return reverse("applications:section", args=[Application.objects.get().pk, "firm"])

    assert queries_of(client_of(applicant), url, form, page) == 18


@pytest.mark.parametrize("size", [3, 30])
def test_sending_the_ranking_of_any_length(size, client_of):
    cast = Cast()
    cast.call = making.call(cast.officer, rules={"regional_quota": 40, "quota_by_region": {}})
    rows = cast.dossiers(size)
    for row in rows:
        check(row, cast.county)
    form = {f"rank_{row.pk}": str(place) for place, row in enumerate(rows, start=1)}
    form |= {"act": "send", "letter_no": "四工信联〔2026〕8号"}
    url = reverse("applications:recommendation_order", args=[cast.call.number, SIPING])
    assert queries_of(client_of(cast.prefecture), url, form, lambda: url) == 18
    ranked = Recommendation.objects.order_by("rank").values_list("application", flat=True)
    assert list(ranked) == [row.pk for row in rows]
