"""The years side by side, the entries behind each figure, their tables, the law's clocks."""

import io
import re
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.urls import reverse

from applications.models import Scheme
from audit import clock
from awards.ledger import HELD, Account
from awards.models import ACCOUNT_NAMES, LedgerEntry
from awards.selectors.law_clocks import clock_of, law_clocks
from awards.selectors.lists import envelopes
from awards.services import decisions
from awards.services import envelopes as acts
from tests.awards import stages
from tests.awards.stages import WAN

PLACE = ["article-14", 2026]


def ledger_url(account=""):
    return reverse("awards:ledger", args=PLACE) + (f"?account={account}" if account else "")


class TestPages:
    def test_each_figure_of_the_five_years_opens_its_entries(self, client_of, people, awarded):
        page = client_of(people.finance).get(reverse("awards:envelope")).content.decode()
        assert re.findall(r'<th scope="col" class="num">(\d{4})</th>', page) == [
            str(year) for year in range(2024, 2029)
        ]
        found = re.findall(r'<a href="([^"]+ledger/\?account=\w+)">([\d,]+)</a>', page)
        assert [(link.split("=")[1], text) for link, text in found] == [
            ("available", "6,000"), ("reserved", "0"), ("committed", "24,000"), ("paid", "0"),
            ("recovered", "0"), ("carried", "0"), ("authority", "30,000"),
        ]  # fmt: skip
        for link, _text in found:
            assert client_of(people.finance).get(link).status_code == 200

    def test_the_balance_runs_and_the_cause_is_linked(self, client_of, people, agreed):
        stages.paid(people, stages.part(agreed, 1))
        page = client_of(people.approver).get(ledger_url("committed"))
        rows = [(r["amount"], r["balance"]) for r in page.context["page"].object_list]
        assert rows == [
            (-1_500 * WAN, 22_500 * WAN), (9_000 * WAN, 24_000 * WAN),
            (12_000 * WAN, 15_000 * WAN), (3_000 * WAN, 3_000 * WAN),
        ]  # fmt: skip
        urls = [r["url"] for r in page.context["page"].object_list]
        assert urls[0] == reverse("awards:instalment", args=[stages.part(agreed, 1).pk])
        assert urls[-1] == reverse("applications:dossier", args=[agreed.award.application_id])

    @pytest.mark.parametrize("account", ["", *Account])
    def test_few_queries_however_many_entries(
        self, client_of, people, agreed, account, django_assert_max_num_queries
    ):
        stages.paid(people, stages.part(agreed, 1))
        client = client_of(people.finance)
        client.get(ledger_url())
        with django_assert_max_num_queries(12):
            assert client.get(ledger_url(account)).status_code == 200
        with django_assert_max_num_queries(12):
            client.get(reverse("awards:envelope"))

    def test_the_last_balance_of_each_account_is_the_column(self, client_of, people, agreed):
        stages.paid(people, stages.part(agreed, 1))
        envelope = agreed.award.envelope
        envelope.refresh_from_db()
        for account in HELD:
            rows = client_of(people.finance).get(ledger_url(account)).context["page"].object_list
            assert (rows[0]["balance"] if rows else 0) == getattr(envelope, account)

    def test_whoever_sees_no_sums_sees_no_ledger(self, client_of, people, awarded, supervisor):
        assert client_of(supervisor).get(ledger_url()).status_code == 200
        for person in (people.owner, people.secretary):
            assert client_of(person).get(ledger_url()).status_code == 403
        assert client_of(people.finance).get(ledger_url("nothing")).status_code == 404

    def test_the_tables_hold_the_same_and_no_formula(self, client_of, people, awarded):
        client = client_of(people.finance)
        csv = client.get(reverse("awards:ledger_table", args=[*PLACE, "csv"])).content.decode()
        lines = csv.strip().splitlines()
        assert len(lines) == 1 + LedgerEntry.objects.count()
        assert "300000000.00" in lines[1]
        answer = client.get(reverse("awards:ledger_table", args=[*PLACE, "xlsx"]))
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert sheet.max_row == len(lines)
        assert {cell.data_type for cell in cells if cell.data_type == "f"} == set()
        assert sheet["F2"].value == 300_000_000
        other = client.get(reverse("awards:ledger_table", args=[*PLACE, "pdf"]))
        assert other.status_code == 404

    def test_carrying_over_by_its_pages(self, client_of, people, awarded):
        clock.travel_to(datetime(2027, 1, 20, 9, tzinfo=clock.SHANGHAI))
        first, second = client_of(people.finance), client_of(people.finance2)
        form = reverse("awards:carry", args=PLACE)
        assert form in first.get(reverse("awards:envelope")).content.decode()
        assert first.post(form, {"amount": "9999", "document_no": "3号"}).status_code == 422
        assert first.post(form, {"amount": "6000", "document_no": "3号"}).status_code == 302
        carry = awarded[0].envelope.carried_out.get()
        confirm = reverse("awards:confirm_carry", args=[carry.pk])
        assert confirm in second.get(reverse("awards:envelope")).content.decode()
        refuse = reverse("awards:refuse_carry", args=[carry.pk])
        assert second.get(refuse).status_code == 200
        assert second.post(refuse, {"text": "否"}).status_code == 422
        assert second.post(confirm).status_code == 302
        page = second.get(ledger_url("carried"))
        assert [r["amount"] for r in page.context["page"].object_list] == [6_000 * WAN]

    def test_every_account_has_its_name(self):
        assert set(ACCOUNT_NAMES) == set(Account)


class TestClocks:
    @pytest.mark.parametrize(
        ("today", "done", "state", "days"),
        [
            (date(2026, 3, 2), None, "doing", 29),
            (date(2026, 3, 21), None, "warn", 10),
            (date(2026, 3, 31), None, "warn", 0),
            (date(2026, 4, 1), None, "late", 1),
            (date(2026, 4, 30), date(2026, 3, 31), "done", 0),
            (date(2026, 4, 30), date(2026, 4, 3), "late_done", 3),
        ],
    )
    def test_the_day_of_receipt_is_not_counted(self, today, done, state, days):
        found = clock_of("", date(2026, 3, 1), 30, 10, done, today)
        assert (found.due, found.state, found.days) == (date(2026, 3, 31), state, days)

    def test_who_holds_the_money_of_the_central_transfer(self, people, ranked):
        scheme = Scheme.objects.get(code="article-14")

        def first():
            rows = envelopes(scheme)
            return law_clocks(scheme, rows, clock.today())[2026][0]

        change = acts.propose_ceiling(
            scheme=scheme, year=2026, ceiling=24_000 * WAN, document_no="1号", by=people.finance,
            received_on=clock.today(),
        )  # fmt: skip
        acts.confirm_ceiling(change=change, by=people.finance2)
        assert (first().state, str(first().who)[:4]) == ("doing", "主管部门")
        notice = stages.noticed(people, ranked)
        assert str(first().who)[:4] == "审定人员"
        stages.pass_day(notice.ends_on + timedelta(days=30))
        decisions.award(call=ranked, by=people.approver)
        late = first()
        assert (late.state, str(late.who)[:4], late.reached) == ("late", "财政部门", 0)
        decisions.record_allocation(
            call=ranked, number="89号", issued_on=clock.today(), by=people.finance
        )
        done = first()
        assert (done.state, done.done, done.reached) == (
            "late_done", clock.today(), 24_000 * WAN,
        )  # fmt: skip
        published = law_clocks(scheme, envelopes(scheme), clock.today())[2026][1]
        assert (published.state, published.days) == ("done", scheme.publication_days)
