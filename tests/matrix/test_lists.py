"""Lists take as many queries for three rows as for a full page, and at most twelve."""

import pytest
from django.core.paginator import Paginator
from django.urls import reverse

from tests.matrix import asking, objects

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("house_in_full_swing")]

# Address, who asks, and the rows that must be there for the comparison to mean something.
LISTS = (
    ("applications:dossier_list", "officer", 20),
    ("applications:dossier_list", "applicant", 3),
    ("applications:call_list", "officer", 4),
    ("applications:recommendations", "region", 3),
    ("applications:screening", "officer", 13),
    ("awards:agreements", "officer", 12),
    ("awards:payments", "finance", 30),
    ("awards:payments", "applicant", 3),
    ("awards:objections", "officer", 2),
    ("reviews:pool", "officer", 36),
    ("secretaries:requests", "lead", 12),
    ("secretaries:inquiries", "lead", 1),
    ("notifications:inbox", "officer", 10),
    ("notifications:outbox", "sysadmin", 40),
    ("accounts:people", "sysadmin", 50),
    ("portal:trail", "auditor", 50),
    ("portal:public_notices", "anonymous", 1),
    ("portal:public_results", "anonymous", 1),
)
# Lists that are shown whole: the call's ranking, a board. Only the limit can be tried.
WHOLE = (
    ("awards:funding", "paid", "officer"),
    ("reviews:ranking", "paid", "officer"),
    ("reviews:call_panels", "", "officer"),
    ("secretaries:board", "", "lead"),
    ("secretaries:my_projects", "", "secretary"),
    ("secretaries:rates", "", "lead"),
    ("secretaries:quarter", "", "lead"),
    ("reviews:my_reviews", "", "expert"),
    ("portal:public_result", "paid", "anonymous"),
)
LIMIT = 12


@pytest.fixture(scope="module")
def faces(house_in_full_swing):
    return objects.faces()


@pytest.fixture
def rows_of_a_page(monkeypatch):
    """Sets how many rows a page has, and tells how many were shown."""
    shown = []
    whole = Paginator.page

    def page(self, number):
        self.per_page = min(self.per_page, page.rows)
        made = whole(self, number)
        shown.append(len(made))
        return made

    monkeypatch.setattr(Paginator, "page", page)
    return page, shown


@pytest.mark.parametrize(("name", "person", "least"), LISTS)
def test_as_many_queries_for_three_rows_as_for_a_page(name, person, least, faces, rows_of_a_page):
    page, shown = rows_of_a_page
    asker, queries = asking.Asker(faces[person]), []
    for page.rows in (3, 50):
        answer = asker.get(reverse(name))
        assert answer.status_code == 200
        queries.append(answer.queries)
    assert shown[0] == min(3, shown[-1])
    assert shown[-1] >= least
    assert queries[0] == queries[1] <= LIMIT


@pytest.mark.parametrize(("name", "case", "person"), WHOLE)
def test_lists_shown_whole_stay_within_the_limit(name, case, person, faces):
    url = reverse(name, args=objects.objects()[name][case])
    answer = asking.Asker(faces[person]).get(url)
    assert answer.status_code == 200
    assert answer.queries <= LIMIT
