"""The office's pages: who opens which, queries at any size, no mark before the lock."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from reviews.models import Mark
from reviews.services import draws, panels, ranking
from reviews.views.ranking_page import table_rows
from tests import making
from tests.reviews import round

pytestmark = pytest.mark.django_db
OFFICER, SUPERVISOR, APPROVER, FINANCE = "officer", "supervisor", "approver", "finance"


def queries(client, url: str) -> int:
    client.get(url)  # what is cached per process is cached
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.fixture
def ranked(scored, officer):
    ranking.close_scoring(call=scored, by=officer)
    ranking.compute_ranking(call=scored, by=officer)
    scored.refresh_from_db()
    return scored


def pages(call) -> dict[str, set[str]]:
    n, dossier = call.number, call.applications.first().pk
    both, all_ = {OFFICER, SUPERVISOR}, {OFFICER, SUPERVISOR, APPROVER, FINANCE}
    return {
        "/pool/": {OFFICER},
        "/pool/admit/": {OFFICER},
        "/pool/E0001/": {OFFICER},
        "/pool/E0001/edit/": {OFFICER},
        "/panels/": both,
        f"/panels/{n}/": both,
        f"/panels/{n}/1/seats/": {OFFICER},
        f"/panels/{n}/dossiers/{dossier}/move/": {OFFICER},
        "/draws/": both,
        f"/draws/{n}-D1/": both,
        f"/draws/{n}-D1/?verify=1": both,
        f"/draws/{n}-D1/void/": {SUPERVISOR},
        f"/draws/{n}-D1/certificate.json": both,
        f"/progress/{n}/": both,
        f"/progress/{n}/close/": {OFFICER},
        "/ranking/": all_,
        f"/ranking/{n}/": all_,
        f"/ranking/{n}/dossiers/{dossier}/": all_,
        f"/ranking/{n}/export/ranking.csv": all_,
        f"/ranking/{n}/export/ranking.json": all_,
        f"/ranking/{n}/export/scores.csv": all_,
    }


def test_who_opens_which(request, ranked, client_of):
    people = (
        OFFICER,
        SUPERVISOR,
        APPROVER,
        FINANCE,
        "expert",
        "applicant",
        "secretary",
        "region",
    )
    clients = {name: client_of(request.getfixturevalue(name)) for name in people}
    for url, allowed in pages(ranked).items():
        for name, client in clients.items():
            assert (url, name, client.get(url).status_code) == (
                url,
                name,
                200 if name in allowed else 403,
            )
        assert client_of(None).get(url).status_code == 302


def test_what_does_not_exist_is_404(client_of, officer, ranked):
    client = client_of(officer)
    n = ranked.number
    for url in (
        "/pool/E9999/",
        "/panels/2099-1/",
        f"/panels/{n}/77/seats/",
        f"/panels/{n}/dossiers/999999/move/",
        "/draws/2099-1-D1/",
        "/ranking/2099-1/",
        f"/ranking/{n}/dossiers/999999/",
        f"/ranking/{n}/export/secrets.csv",
    ):
        assert (url, client.get(url).status_code) == (url, 404)


def under_review(officer, firm, n: int) -> None:
    call = making.call(officer, status="in_review", rules=round.RULES)
    making.dossier(call, firm, title=f"第{n}号", status="under_review")


def test_lists_cost_the_same_at_3_and_60_rows(officer, firm, pool, supervisor, house, client_of):
    client = client_of(officer)
    small = round.eligible(officer, firm, {"equipment": 8})
    panels.form_panels(call=small, by=officer)
    large = round.eligible(officer, firm, {"equipment": 20, "nuts": 20, "health": 20})
    panels.form_panels(call=large, by=officer)
    few, many = (queries(client, f"/panels/{c.number}/") for c in (small, large))
    assert (few, many <= 12) == (many, True)
    lists = ("/panels/", "/draws/", "/pool/", "/ranking/")
    draws.prepare_draw(call=small, by=officer)
    for n in range(3):
        under_review(officer, firm, n)
    before = {url: queries(client, url) for url in lists}
    for n in range(60):
        under_review(officer, firm, n)
    for n in range(51):
        user = house.person(f"more{n}", f"更多{n}", Role.EXPERT)
        user.region = round.firm_region()
        round.pool.admit_expert(
            user=user,
            kinds=["finance"],
            specialties=[],
            employer=pool[0].employer,
            region=round.firm_region(),
            by=officer,
        )
    after = {url: queries(client, url) for url in lists}
    assert after == before
    assert max(after.values()) <= 12


def test_a_ranking_page_within_its_queries(ranked, officer, supervisor, client_of):
    n, dossier = ranked.number, ranked.applications.first().pk
    client = client_of(officer)
    assert queries(client, f"/ranking/{n}/") <= 12
    assert queries(client, f"/ranking/{n}/dossiers/{dossier}/") <= 15
    assert queries(client, f"/progress/{n}/") <= 12
    assert queries(client, f"/draws/{n}-D1/") <= 15


def test_progress_tells_counts_and_no_mark_before_the_lock(reviewed, officer, client_of):
    seat = reviewed.draws.get().seats.select_related("panel", "expert__user").first()
    for row in seat.assignments.select_related("panel__call", "expert__user"):
        round.table.finished(row, 1)
    client, n = client_of(officer), reviewed.number
    page = client.get(f"/progress/{n}/").content.decode()
    assert "8 / 8" in page
    shown = {f"{score:.2f}" for score in Mark.objects.values_list("score", flat=True)}
    assert shown
    assert not shown & set(re.findall(r"\d+\.\d\d", page))
    assert client.get(f"/ranking/{n}/").context["rows"] == []
    assert client.get(f"/ranking/{n}/export/scores.csv").status_code == 409
    dossier = reviewed.applications.first().pk
    assert client.get(f"/ranking/{n}/dossiers/{dossier}/").status_code == 404


def test_the_two_screens_of_a_draw(grouped, officer, supervisor, client_of):
    o, s = client_of(officer), client_of(supervisor)
    n = grouped.number
    assert o.post(f"/draws/new/{n}/", {}).status_code == 302
    page = o.get(f"/draws/{n}-D1/number/")
    assert page.headers["Cache-Control"].count("no-store") == 1
    number = page.context["form"].initial["secret"]
    assert re.fullmatch("[0-9a-f]{64}", number)
    assert o.get(f"/draws/{n}-D1/number/").context["form"].initial["secret"] != number
    unkept = o.post(f"/draws/{n}-D1/number/", {"secret": number})
    assert unkept.status_code == 422
    assert number in unkept.content.decode()
    in_groups = f"{number[:32]}\n{number[32:]}".upper()
    assert o.post(f"/draws/{n}-D1/number/", {"secret": in_groups, "kept": "on"}).status_code == 302
    assert o.get(f"/draws/{n}-D1/number/").status_code == 302
    assert number not in s.get(f"/draws/{n}-D1/").content.decode()
    theirs = s.get(f"/draws/{n}-D1/number/").context["form"].initial["secret"]
    s.post(f"/draws/{n}-D1/number/", {"secret": theirs, "kept": "on"})
    assert s.post(f"/draws/{n}-D1/reveal/", {"secret": number}).status_code == 422
    assert s.post(f"/draws/{n}-D1/reveal/", {"secret": theirs}).status_code == 302
    assert o.post(f"/draws/{n}-D1/press/", {"secret": number}).status_code == 302
    # Sent once more from a page that stood open: the page says why, though it has no form left.
    for client, url, data in (
        (o, f"/draws/{n}-D1/press/", {"secret": number}),
        (s, f"/draws/{n}-D1/reveal/", {"secret": theirs}),
        (o, f"/panels/{n}/form/", {"smallest": "2", "largest": "9"}),
    ):
        late = client.post(url, data)
        assert (url, late.status_code) == (url, 409)
        assert late.context["message"]
    verified = s.get(f"/draws/{n}-D1/?verify=1")
    assert verified.context["verification"]["holds"] is True


def test_acts_of_others_are_refused_at_the_address(
    grouped, officer, supervisor, approver, client_of
):
    n = grouped.number
    for person in (supervisor, approver):
        for url in (
            f"/panels/{n}/form/",
            f"/draws/new/{n}/",
            f"/progress/{n}/open/",
            f"/progress/{n}/close/",
            f"/ranking/{n}/compute/",
        ):
            assert (url, client_of(person).post(url).status_code) == (url, 403)


def test_what_was_typed_is_kept_when_refused(grouped, officer, client_of):
    client, n = client_of(officer), grouped.number
    answer = client.post(f"/panels/{n}/form/", {"smallest": "30", "largest": "4"})
    assert answer.status_code == 422
    assert answer.context["form"]["smallest"].value() == "30"
    answer = client.post(f"/progress/{n}/open/", {"day": "2020-01-01", "hour": "17:00"})
    assert answer.status_code == 422
    assert answer.context["form"]["day"].value() == "2020-01-01"


@pytest.mark.parametrize("text", ["", "abc", "-1", "1e99", "9" * 400, "\x00", "１０"])
def test_no_form_answers_with_a_crash(grouped, officer, client_of, text):
    client, n = client_of(officer), grouped.number
    pk = grouped.applications.first().pk
    seats = {"seats-TOTAL_FORMS": "1", "seats-INITIAL_FORMS": "0"}
    for url, data in (
        (f"/panels/{n}/form/", {"smallest": text, "largest": text}),
        (f"/panels/{n}/dossiers/{pk}/move/", {"panel": text, "reason": text}),
        (f"/panels/{n}/1/seats/", {**seats, "seats-0-kind": text, "seats-0-count": text}),
        ("/pool/admit/", {"user": text, "kinds": text, "employer": text, "region": text}),
        ("/pool/E0001/edit/", {"kinds": text, "new_employer": text, "new_code": text}),
        ("/pool/E0001/ties/", {"organisation": text, "kind": text, "since": text}),
        (f"/progress/{n}/open/", {"day": text, "hour": text}),
    ):
        assert (url, client.post(url, data).status_code) in {(url, 422), (url, 302)}
    for url in ("/pool/?page=" + text, "/pool/?text=" + text, "/draws/?page=" + text):
        assert client.get(url).status_code == 200


def test_the_rank_table_says_where_the_envelope_ends_and_who_shares(ranked, approver, client_of):
    rows = client_of(approver).get(f"/ranking/{ranked.number}/").context["rows"]
    assert {(r["entry"].rank, r["sum"], r["out"]) for r in rows} == {
        (1, 8 * rows[0]["entry"].requested, False)
    }
    made = table_rows([r["entry"] for r in rows], rows[0]["entry"].requested)
    assert [r["spent"] for r in made] == [True] + [False] * 7
