"""The API: what is published for everybody, one's own for firms, payments for the treasury."""

import json
from decimal import Decimal
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import tokens
from applications.models import Application, CallStatus
from applications.selectors.dossiers import dossiers_of_firms
from applications.workflow import Status
from audit import clock
from awards.models import Award
from awards.services.amendments import grant_amendment, propose_amendment
from awards.services.clawbacks import confirm_repayment
from awards.services.terminations import confirm_termination, propose_termination
from opendata.paging import Pages
from tests import making
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_recoveries import owing, receipt
from tests.config.test_outage import nobody_answers
from tests.portal import published

pytestmark = pytest.mark.django_db
PUBLIC = ("calls", "notices", "results", "award_list")
OWN = ("dossiers", "payments")


def at(name, *args, **query):
    return reverse(f"opendata:{name}", args=args, query=query)


def rows(client, name, **query):
    answer = client.get(at(name, **query))
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def problem(answer, status):
    """The body of a refusal, which has one shape."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert {name: body[name] for name in ("type", "title", "status")} == {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status
    }  # fmt: skip
    return body


def program(person) -> Client:
    """A program of the person's, by token."""
    _token, text = tokens.create_token(name="系统", days=30, by=person)
    return Client(headers={"Authorization": f"Bearer {text}"})


# --- what is published ----------------------------------------------------------------------------


def test_drafts_are_nobodys_and_published_calls_everybodys(client, officer):
    shown = making.call(officer, name_zh="公开批次", name_en="Open call")
    hidden = making.call(officer, status=CallStatus.DRAFT)
    [row] = rows(client, "calls")
    assert (row["number"], row["title_zh"], row["title_en"]) == (
        shown.number, "公开批次", "Open call"
    )  # fmt: skip
    assert (row["phase"], row["status"]) == ("open", "published")
    assert row["envelope"] == f"{shown.envelope:.2f}"
    assert row["page"] == f"http://testserver/open/{shown.number}/"
    assert client.get(at("call", shown.number)).json()["guide_zh"] == shown.guide_zh
    problem(client.get(at("call", hidden.number)), 404)


def test_calls_by_phase_and_year(client, officer):
    making.call(officer)
    assert [len(rows(client, "calls", phase=p)) for p in ("open", "soon", "over")] == [1, 0, 0]
    year = rows(client, "calls")[0]["year"]
    assert [len(rows(client, "calls", year=y)) for y in (year, year + 1)] == [1, 0]


def test_a_notice_with_its_projects(client, officer, approver):
    notice = published.noticed_call(officer, approver)
    [row] = rows(client, "notices", call=notice.call.number)
    assert (row["projects"], row["total"]) == (3, "3000000.00")
    found = client.get(at("notice", notice.number)).json()
    assert [item["rank"] for item in found["items"]] == [1, 2, 3]
    assert {item["state"] for item in found["items"]} == {"standing"}
    assert {item["region"] for item in found["items"]} == {"220581"}
    assert (found["reviewed"], found["reserve"]) == (3, 0)


def test_results_and_awards(client, officer, approver):
    call = published.awarded_call(officer, approver)
    [row] = rows(client, "results")
    assert (row["call"], row["projects"], row["awarded"], row["paid"]) == (
        call.number, 3, "3000000.00", "0.00"
    )  # fmt: skip
    assert client.get(at("result", call.number)).json()["allocation_notices"] == []
    found = rows(client, "award_list", call=call.number, year=call.year)
    assert {Decimal(award["amount"]) for award in found} == {Decimal(1_000_000)}
    assert {award["firm"]["uscc"] for award in found} == {call.applications.first().firm.uscc}
    assert rows(client, "award_list", call="2099-1") == []


def test_what_was_terminated_stays_with_what_was_paid_and_came_back(client, people, agreed):
    stages.paid(people, stages.part(agreed, 1))
    got = receipt(owing(people, agreed.award, 1_000), 400 * WAN, people.finance)
    confirm_repayment(repayment=got, by=people.finance2)
    [row] = rows(client, "results")
    assert (row["ended"], row["ended_paid"], row["recovered"]) == (
        1, "15000000.00", f"{got.principal:.2f}"
    )  # fmt: skip
    awards = rows(client, "award_list")
    assert len(awards) == row["projects"] + 1
    [ended] = [award for award in awards if award["ended_on"]]
    assert (ended["paid"], ended["recovered"], ended["ended_on"]) == (
        "15000000.00", f"{got.principal:.2f}", clock.today().isoformat()
    )  # fmt: skip


def test_what_was_cut_is_the_same_on_the_page_in_the_table_and_here(client, people, agreed):
    """An amendment from 3,000 to 2,800 万元: nothing waits to be paid of the 200."""
    asked = propose_amendment(
        award=agreed.award,
        wanted={"amount": 2_800 * WAN},
        reason="设备选型调整，资助金额相应调减。",
        by=people.owner,
    )
    grant_amendment(amendment=asked, text="情况属实，同意调减。", by=people.officer)
    [row] = rows(client, "results")
    awards = rows(client, "award_list")
    assert row["cut"] == "2000000.00"
    assert sorted({award["cut"] for award in awards}) == ["0.00", "2000000.00"]
    assert Decimal(row["awarded"]) == sum(Decimal(award["amount"]) for award in awards)
    number = agreed.award.application.call.number
    shown = client.get(reverse("portal:public_result", args=[number]))
    assert "200 万元调减，不再拨付" in shown.content.decode()
    assert shown.context["loads"][1][0] == Decimal(row["awarded"]) - 200 * WAN
    table = client.get(reverse("portal:result_table", args=[number])).getvalue().decode("utf-8-sig")
    assert sorted({line.rpartition(",")[2] for line in table.splitlines()[1:]}) == [
        "0.00", "2000000.00"
    ]  # fmt: skip


def test_a_call_whose_projects_are_all_terminated_is_still_published(client, officer, approver):
    call = published.awarded_call(officer, approver)
    for award in Award.objects.filter(application__call=call):
        ended = propose_termination(
            award=award, ground="firm", reason="企业放弃项目，不再实施", by=officer
        )
        confirm_termination(termination=ended, text="企业放弃项目，不再实施", by=approver)
    [row] = rows(client, "results")
    assert (row["projects"], row["awarded"], row["ended"]) == (0, "0.00", 3)
    for page in ("portal:home", "portal:public_results"):
        assert client.get(reverse(page)).status_code == 200
    for page in ("portal:public_result", "portal:result_table"):
        assert "项目003" in client.get(reverse(page, args=[call.number])).content.decode()


# --- one's own ------------------------------------------------------------------------------------


def test_a_visitor_is_told_to_sign_in(client):
    for name in OWN:
        answer = client.get(at(name))
        problem(answer, 401)
        assert answer["WWW-Authenticate"] == "Bearer"
    problem(client.get(at("dossier", 1)), 401)


def test_a_firm_reads_its_own_dossiers_and_no_other(
    client_of, officer, applicant, applicant2, viewer, firm, firm2
):
    call = making.call(officer)
    mine, theirs = making.dossier(call, firm), making.dossier(call, firm2)
    for client in (client_of(applicant), client_of(viewer), program(applicant)):
        [row] = rows(client, "dossiers")
        assert (row["id"], row["number"], row["status"]) == (mine.pk, mine.number, "submitted")
        assert [s["receipt"] for s in row["submissions"]] == [mine.number]
        assert row["award"] is None
        assert client.get(at("dossier", mine.pk)).json() == row
        problem(client.get(at("dossier", theirs.pk)), 404)
    assert [row["id"] for row in rows(client_of(applicant2), "dossiers")] == [theirs.pk]


def test_the_rows_are_those_of_the_page(client_of, officer, applicant, firm):
    call = making.call(officer)
    for n in range(3):
        making.dossier(call, firm, title=f"第{n}个")
    found = [row["id"] for row in rows(client_of(applicant), "dossiers", call=call.number)]
    assert found == [a.pk for a in dossiers_of_firms(applicant)]


def test_what_is_not_out_yet_stays_under_review(client_of, officer, applicant, firm):
    made = making.dossier(making.call(officer, status=CallStatus.RANKED), firm)
    for status in (Status.SCORED, Status.PROPOSED, Status.RESERVE, Status.NOT_FUNDED):
        Application.objects.filter(pk=made.pk).update(status=status)
        [row] = rows(client_of(applicant), "dossiers")
        assert row["status"] == "under_review"
        assert set(row) & {"status_since", "rank", "total"} == set()


def test_others_read_no_dossiers_here(client_of, officer, supervisor, expert, sysadmin, finance):
    for person in (officer, supervisor, expert, sysadmin, finance):
        problem(client_of(person).get(at("dossiers")), 403)
        problem(client_of(person).get(at("dossier", 1)), 403)


def test_payments_are_the_treasurys(client_of, people, agreed):
    first, second = (stages.part(agreed, n) for n in (1, 2))
    stages.paid(people, first)
    stages.entered(people, second)
    number = first.award.application.call.number
    for client in (client_of(people.finance2), program(people.finance)):
        found = rows(client, "payments", call=number)
        assert [(r["sequence"], r["status"], r["amount"]) for r in found] == [
            (2, "entered", f"{second.amount:.2f}"), (1, "paid", f"{first.amount:.2f}")
        ]  # fmt: skip
        first.payment.refresh_from_db()
        assert found[1]["voucher_no"] == first.payment.voucher_no
        assert [r["sequence"] for r in rows(client, "payments", status="paid")] == [1]
    for person in (people.officer, people.approver, people.owner, people.secretary):
        problem(client_of(person).get(at("payments")), 403)
    own = rows(client_of(people.owner), "dossiers", call=number)
    [row] = [r for r in own if r["id"] == first.award.application_id]
    assert [part["status"] for part in row["award"]["instalments"]] == [
        "paid",
        "entered",
        "planned",
    ]
    assert row["award"]["paid"] == f"{first.amount:.2f}"


def test_a_token_that_opens_nothing_is_refused_everywhere(client, officer, applicant):
    making.call(officer)
    token, text = tokens.create_token(name="系统", days=30, by=applicant)
    tokens.revoke_token(token=token, by=applicant)
    for name in (*PUBLIC, *OWN):
        for wrong in (f"Bearer {text}", "Bearer x", "Basic eDp5", "Bearer", "x"):
            answer = client.get(at(name), headers={"Authorization": wrong})
            problem(answer, 401)
            assert answer["WWW-Authenticate"] == "Bearer"


def test_whose_account_is_closed_reads_nothing_of_ones_own(client_of, applicant):
    asked, by_token = client_of(applicant), program(applicant)
    type(applicant).objects.filter(pk=applicant.pk).update(
        is_active=False, disabled_at=applicant.date_joined
    )
    for client in (asked, by_token):
        problem(client.get(at("dossiers")), 401)


# --- how it answers -------------------------------------------------------------------------------


def test_a_slip_in_a_filter_is_not_everything(client):
    body = problem(client.get(at("award_list", cal="2026-1")), 400)
    assert list(body["errors"]) == ["cal"]
    for name, query in (
        ("award_list", {"call": "26"}), ("award_list", {"year": "x"}), ("calls", {"phase": "past"}),
        ("calls", {"year": 10**30}), ("notices", {"call": "\x00"}), ("call", {"x": 1}),
        ("notices", {"cursor": ["x", "y"]}),
        *(("notices", {"call": wrong}) for wrong in ("", " 2026-1", "2026-1\n", ["x", "2026-1"])),
        *(("calls", {"year": wrong}) for wrong in ("", " 2026", "2026.0", "２０２６")),
    ):  # fmt: skip
        args = ("2026-1",) if name == "call" else ()
        problem(client.get(at(name, *args, **query)), 400)


def test_cursors_lead_past_everything_once(client, officer, approver, monkeypatch):
    monkeypatch.setattr(Pages, "page_size", 2)
    published.awarded_call(officer, approver, 5, 2026)
    url, seen, pages = at("award_list"), [], 0
    while url:
        page = client.get(url).json()
        seen += [row["number"] for row in page["results"]]
        url, pages = page["next"], pages + 1
        if pages == 1:
            published.awarded_call(officer, approver, 1, 2027)  # shifts nothing
    assert (pages, len(seen), len(set(seen))) == (3, 5, 5)
    back = client.get(page["previous"]).json()
    assert [row["number"] for row in back["results"]] == seen[2:4]


@pytest.mark.parametrize(
    "cursor", ["x", "cD1hYmM=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "%00", "½"]
)
def test_made_up_cursors_lead_nowhere(client, cursor):
    for name in PUBLIC:
        problem(client.get(at(name, cursor=cursor)), 404)


def test_as_many_queries_for_two_as_for_twelve(
    client, client_of, officer, approver, applicant, firm, django_assert_max_num_queries
):
    def asked(call):
        counts = []
        for name, person in (*((n, None) for n in PUBLIC), ("dossiers", applicant)):
            asker = client if person is None else client_of(person)
            asker.get(at(name))
            with django_assert_max_num_queries(10) as seen:
                assert asker.get(at(name)).status_code == 200
            counts.append(len(seen))
        for name in ("call", "result"):
            with django_assert_max_num_queries(10) as seen:
                assert client.get(at(name, call.number)).status_code == 200
            counts.append(len(seen))
        return counts

    call = published.awarded_call(officer, approver, 2, 2026)
    making.dossier(call, firm, title="甲")
    few = asked(call)
    call = published.awarded_call(officer, approver, 12, 2027)
    for n in range(6):
        making.dossier(call, firm, title=f"乙{n}")
    assert asked(call) == few


def test_what_is_unchanged_is_not_sent_again(client, officer):
    making.call(officer)
    first = client.get(at("calls"))
    again = client.get(at("calls"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    making.call(officer)
    assert client.get(at("calls"), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_what_others_may_keep(client, client_of, officer, applicant):
    making.call(officer)
    assert client.get(at("calls"))["Cache-Control"] == "no-cache"
    assert "Authorization" in client.get(at("calls"))["Vary"]
    assert program(applicant).get(at("dossiers"))["Cache-Control"] == "no-cache, private"
    assert (
        client_of(applicant).get(at("dossiers"))["Cache-Control"] == "no-cache, private, no-store"
    )


def test_it_only_reads(client, client_of, applicant):
    for asker in (client, client_of(applicant), program(applicant)):
        for name in (*PUBLIC, *OWN):
            for method in ("post", "put", "patch", "delete", "options"):
                answer = getattr(asker, method)(at(name))
                problem(answer, 405)
                assert answer["Allow"] == "GET, HEAD"
            assert asker.head(at(name)).content == b""


def test_only_json_is_spoken(client):
    problem(client.get(at("calls"), headers={"Accept": "text/html"}), 406)
    assert client.get(at("calls"), headers={"Accept": "application/json"}).status_code == 200


def test_no_such_address_is_a_problem_too(client):
    problem(client.get("/api/v1/nothing/"), 404)
    problem(client.get("/api/v1/calls/a b/"), 404)
    assert client.get("/nothing/")["Content-Type"] == "text/html; charset=utf-8"


def test_who_asks_too_often_waits(client, client_of, settings, officer, applicant):
    settings.OPEN_DATA_RATES = {"visitor": 2, "person": 3, "download": 1}
    for asker, most in ((client, 2), (client_of(applicant), 3)):
        seen = [asker.get(at("calls")) for _n in range(most + 1)]
        assert [answer.status_code for answer in seen[:-1]] == [200] * most
        problem(seen[-1], 429)
        assert seen[-1]["Retry-After"] == "60"
    assert client.get(at("calls"), REMOTE_ADDR="192.0.2.7").status_code == 200


def test_while_the_database_cannot_be_reached(db):
    visitor = Client(raise_request_exception=False)
    with nobody_answers():
        answer = visitor.get(at("calls"))
    problem(answer, 503)
    assert answer["Retry-After"] == "30"


def test_a_fault_of_ours_is_told_as_one(client, officer, monkeypatch):
    monkeypatch.setattr("portal.selectors.calls.phase", lambda call, now: 1 / 0)
    making.call(officer)
    problem(Client(raise_request_exception=False).get(at("calls")), 500)


# --- how it is described --------------------------------------------------------------------------


def test_the_description_names_every_address(client):
    found = client.get(at("description")).json()
    assert found["openapi"] == "3.1.0"
    assert len(found["paths"]) == 10
    for path, methods in found["paths"].items():
        assert list(methods) == ["get"]
        declared = set(methods["get"]["responses"])
        own = path.split("/")[3] in OWN
        assert declared == {
            "200", "304", "400", "401", "404", "406", "429", "503"
        } | ({"403"} if own else set())  # fmt: skip
        assert ({} in methods["get"]["security"]) is not own


def test_the_address_that_all_begin_with_leads_to_the_page(client):
    answer = client.get("/api/v1/")
    assert (answer.status_code, answer.url) == (302, reverse("opendata:about"))


def test_the_page_says_how_to_ask(client, client_of, officer, approver, applicant):
    call = published.awarded_call(officer, approver)
    text = client.get(reverse("opendata:about")).content.decode()
    for path in client.get(at("description")).json()["paths"]:
        assert f"GET {path}" in text
    for kind in ("json", "csv", "xlsx"):
        assert at("awards_of_call", call.number, kind) in text
        assert at("awards", kind) in text
    assert reverse("accounts:tokens") not in text
    assert reverse("accounts:tokens") in client_of(applicant).get(at("about")).content.decode()


def test_results_lead_to_the_files(client, officer, approver):
    call = published.awarded_call(officer, approver)
    assert at("about") in client.get(reverse("portal:public_results")).content.decode()
    text = client.get(reverse("portal:public_result", args=[call.number])).content.decode()
    for kind in ("json", "csv", "xlsx"):
        assert at("awards_of_call", call.number, kind) in text
