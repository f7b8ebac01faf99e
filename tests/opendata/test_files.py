"""Awards as files: valid by the standard, the same in each form, no formulas, any length."""

import csv
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Organisation
from accounts.services.signin import record_sign_in
from applications.models import Application
from applications.tables import FORMULA_STARTS
from audit import clock
from awards.models import Award
from awards.services.clawbacks import confirm_repayment
from awards.services.terminations import confirm_termination, propose_termination
from opendata.grants import HEADER, cells, number
from tests import making
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_recoveries import owing, receipt
from tests.matrix.twins import triggers_off
from tests.opendata import standard
from tests.portal import published

pytestmark = pytest.mark.django_db
TRICKS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠A1")


def url(kind, call=None):
    if call is None:
        return reverse("opendata:awards", args=[kind])
    return reverse("opendata:awards_of_call", args=[call.number, kind])


def body(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.getvalue()


def table(raw):
    text = raw.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture
def call(officer, approver):
    return published.awarded_call(officer, approver)


def test_the_package_follows_the_standard(client, call, settings):
    settings.HOST_ORGANISATION, settings.HOST_CODE = "吉林省发展和改革委员会", "11220000013544367L"
    found = json.loads(body(client, url("json")))
    assert standard.faults(found) == []
    assert found["publisher"] == {
        "name": "吉林省发展和改革委员会", "identifier": "CN-USCI-11220000013544367L"
    }  # fmt: skip
    first = Application.objects.filter(call=call).order_by("number")[0]
    [one] = [g for g in found["grants"] if g["id"] == f"360G-steelyard-{first.number}"]
    assert len(found["grants"]) == 3
    assert one["amountAwarded"] == 1_000_000
    assert one["amountDisbursed"] == 0
    assert one["currency"] == "CNY"
    assert one["awardDate"] == clock.today().isoformat()
    assert one["recipientOrganization"] == [
        {"id": f"CN-USCI-{first.firm.uscc}", "name": first.firm.name}
    ]
    assert one["fundingOrganization"] == [
        {"id": "CN-USCI-11220000013544367L", "name": "吉林省发展和改革委员会"}
    ]
    assert one["beneficiaryLocation"] == [{"id": "220581", "name": "梅河口市", "countryCode": "CN"}]
    assert one["grantProgramme"][0]["code"] == call.number


@pytest.mark.parametrize(
    ("code", "name"),
    [("220581", "梅河口市"), ("220382", "四平市双辽市"), ("220300", "四平市")],
)
def test_a_place_is_where_the_pages_count_it(client, call, code, name):
    """梅河口市 lies in 通化市, but is a region of its own in every sum that is published."""
    with triggers_off():
        Application.objects.filter(call=call).update(region=making.region(code))
    for grant in json.loads(body(client, url("json")))["grants"]:
        assert grant["beneficiaryLocation"] == [{"id": code, "name": name, "countryCode": "CN"}]


def test_without_a_code_the_publisher_has_the_prefix(client, call):
    found = json.loads(body(client, url("json", call)))
    assert standard.faults(found) == []
    assert found["publisher"]["identifier"] == "360G-steelyard-publisher"
    assert found["identifier"] == f"360G-steelyard-awards-{call.number}"


def test_the_rules_find_what_breaks_them(client, call):
    found = json.loads(body(client, url("json")))
    wrong = {
        "id": "grant-1", "currency": "yuan", "amountAwarded": "1,000", "awardDate": "2026年1月",
        "recipientOrganization": [], "title": "", "amount": 3,
    }  # fmt: skip
    for field, value in wrong.items():
        assert standard.faults({"grants": [found["grants"][0] | {field: value}]}), field
    assert standard.faults({"grants": []})


def test_table_and_worksheet_hold_what_the_package_holds(client, call):
    grants = json.loads(body(client, url("json")))["grants"]
    wanted = [cells(grant) for grant in grants]
    head, *rows = table(body(client, url("csv")))
    assert tuple(head) == HEADER
    assert rows == [["" if c is None else str(c) for c in row] for row in wanted]
    book = openpyxl.load_workbook(io.BytesIO(body(client, url("xlsx"))))
    head, *rows = [[c.value for c in row] for row in book.active.iter_rows()]
    assert tuple(head) == HEADER
    assert rows == wanted


def test_no_name_becomes_a_formula(client, officer, approver):
    call = published.awarded_call(officer, approver, count=len(TRICKS))
    for dossier, trick in zip(call.applications.order_by("number"), TRICKS, strict=True):
        Application.objects.filter(pk=dossier.pk).update(title=trick)
    Organisation.objects.filter(applications__call=call).update(name="＝HYPERLINK(1)")
    rows = table(body(client, url("csv")))[1:]
    assert [row[1] for row in rows] == [f"'{trick}" for trick in TRICKS]
    assert {row[9] for row in rows} == {"'＝HYPERLINK(1)"}
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA_STARTS)]
    sheet = openpyxl.load_workbook(io.BytesIO(body(client, url("xlsx")))).active
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "n"}


def test_what_ended_stays_and_says_so(client, call, officer, approver):
    first, *_rest = Award.objects.filter(application__call=call).order_by("pk")
    row = propose_termination(
        award=first, ground="firm", reason="企业放弃项目，不再实施", by=officer
    )
    confirm_termination(termination=row, text="企业放弃项目，不再实施", by=approver)
    found = json.loads(body(client, url("json")))
    assert standard.faults(found) == []
    ended, *others = found["grants"]
    assert (ended["id"], ended["amountAwarded"], ended["amountDisbursed"]) == (
        f"360G-steelyard-{first.application.number}", 1_000_000, 0
    )  # fmt: skip
    today = clock.today().isoformat()
    assert ended["actualDates"] == [
        {"title": "项目终止", "startDate": today, "endDate": today,
         "description": "已拨付0.00元，已追回本金0.00元"}
    ]  # fmt: skip
    assert [grant.get("actualDates") for grant in others] == [None, None]


def test_what_was_paid_and_came_back_is_published(client, people, agreed):
    """1,500 万元 are paid, the project is terminated, of 1,000 ordered back 400 come back."""
    stages.paid(people, stages.part(agreed, 1))
    got = receipt(owing(people, agreed.award, 1_000), 400 * WAN, people.finance)
    [before] = [g for g in json.loads(body(client, url("json")))["grants"] if "actualDates" in g]
    confirm_repayment(repayment=got, by=people.finance2)
    found = json.loads(body(client, url("json")))
    assert standard.faults(found) == []
    [one] = [g for g in found["grants"] if "actualDates" in g]
    assert one["amountDisbursed"] == 15_000_000
    [dates] = one["actualDates"]
    assert dates["description"] == f"已拨付15,000,000.00元，已追回本金{got.principal:,.2f}元"
    assert one["dateModified"] > before["dateModified"]
    said = [
        row[HEADER.index("Actual Dates:Description")] for row in table(body(client, url("csv")))
    ]
    assert [cell for cell in said[1:] if cell] == [dates["description"]]


def test_nothing_published_is_no_file(client, officer):
    call = making.call(officer)
    for kind in ("json", "csv", "xlsx"):
        assert client.get(url(kind)).status_code == 404
        assert client.get(url(kind, call)).status_code == 404


def test_another_form_is_no_file(client, call):
    assert client.get(url("xml")).status_code == 404


def test_as_many_queries_for_three_as_for_many(
    client, officer, approver, django_assert_max_num_queries
):
    few, many = (
        published.awarded_call(officer, approver, n, y) for n, y in ((3, 2026), (15, 2027))
    )
    for kind in ("json", "csv", "xlsx"):
        asked = []
        for call, count in ((few, 3), (many, 15)):
            with django_assert_max_num_queries(5) as seen:
                raw = body(client, url(kind, call))
            asked.append(len(seen))
            if kind == "csv":
                assert len(table(raw)) == count + 1
        assert asked[0] == asked[1]


def test_the_order_is_that_of_the_numbers(client, officer, approver):
    later = published.awarded_call(officer, approver, 3, 2027)
    sooner = published.awarded_call(officer, approver, 3, 2026)
    found = [row[0] for row in table(body(client, url("csv")))[1:]]
    known = Application.objects.filter(call__in=(later, sooner)).order_by("call__year", "number")
    assert found == [f"360G-steelyard-{a.number}" for a in known]


def test_what_is_unchanged_is_not_sent_again(client, call, officer):
    address = url("json")
    first = client.get(address)
    assert "no-cache" in first["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(url("csv"))["ETag"] != first["ETag"]
    record_sign_in(user=officer)
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_an_address_that_asks_too_often_waits(client, call, settings):
    settings.OPEN_DATA_RATES = settings.OPEN_DATA_RATES | {"download": 2}
    seen = [client.get(url("csv")).status_code for _n in range(3)]
    assert seen == [200, 200, 429]
    assert client.get(url("csv"))["Retry-After"] == "60"
    assert client.get(url("csv"), REMOTE_ADDR="192.0.2.7").status_code == 200


@given(st.decimals(0, Decimal("9999999999.99"), places=2))
def test_sums_are_exact_numbers(amount):
    assert Decimal(json.dumps(number(amount))) == amount
