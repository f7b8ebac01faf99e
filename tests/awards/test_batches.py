"""Payments in batches: formed, sent, answered by the treasury, reconciled."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.models import Organisation
from applications.models import Application
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import (
    AnswerLine,
    Award,
    BatchLine,
    Envelope,
    Payment,
    PaymentBatch,
    Settlement,
    TreasuryAnswer,
)
from awards.services import batches, payments, settlements, treasury_answers
from awards.waiting import waiting_for
from notifications.models import Message
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_guards import refused
from tests.awards.test_witnesses import lines, sql
from tests.racing import race

HEADER = ["拨付编号", "收款单位", "金额（元）", "凭证号", "支付日期"]
WHY = "已与国库核对，回单为准。"


@pytest.fixture
def formed(stage, ranked):
    """The first instalments of P1 (1,500), P2 (6,000) and P3 (4,500) in a batch."""
    return stage("formed", ranked)


@pytest.fixture
def sent(stage, ranked):
    return stage("sent", ranked)


def said(batch, n, voucher="", amount=None, on=None):
    """The row of an answer about the nth payment."""
    line = batch.lines.select_related("payment").get(position=n)
    return [
        line.reference, line.payment.payee, str(amount or line.payment.amount),
        voucher or f"ZF-{n}", str(on or clock.today()),
    ]  # fmt: skip


def table(*rows, name="国库回单.csv", encoding="utf-8-sig"):
    held = io.StringIO()
    csv.writer(held).writerows([HEADER, *rows])
    return SimpleUploadedFile(name, held.getvalue().encode(encoding))


def workbook(*rows, name="国库回单.xlsx"):
    book, held = Workbook(), io.BytesIO()
    for row in (HEADER, *rows):
        book.active.append(row)
    book.save(held)
    return SimpleUploadedFile(name, held.getvalue())


def took(people, batch, upload, by=None):
    return treasury_answers.import_answer(
        number=batch.number, upload=upload, by=by or people.finance
    )[0]


def findings(answer):
    return list(answer.lines.order_by("row").values_list("finding", flat=True))


def vouchers(batch):
    rows = batch.lines.order_by("position").values_list("payment__voucher_no", flat=True)
    return list(rows)


class TestForming:
    def test_two_people_form_and_send(self, people, formed):
        assert (formed.number, formed.status, formed.lines.count()) == ("2026-P001", "draft", 3)
        assert Message.objects.get(kind="batch.formed").recipient == people.finance2
        with pytest.raises(NotPermitted):
            batches.send_batch(batch=formed, by=people.finance)
        with pytest.raises(NotPermitted):
            batches.send_batch(batch=formed, by=people.approver)
        waits = [one.url for one in waiting_for(people.finance2, clock.now())]
        assert reverse("awards:batch", args=[formed.number]) in waits
        with pytest.raises(WrongState):
            took(people, formed, table(said(formed, 1)))
        batches.send_batch(batch=formed, by=people.finance2)
        with pytest.raises(WrongState):
            batches.send_batch(batch=formed, by=people.finance2)
        with pytest.raises(WrongState):
            batches.dissolve_batch(batch=formed, by=people.finance)

    def test_a_payment_is_in_one_batch(self, people, formed):
        every = list(Payment.objects.values_list("pk", flat=True))
        with pytest.raises(WrongState):
            batches.form_batch(payments=every[:1], by=people.finance)
        with pytest.raises(Invalid):
            batches.form_batch(payments=[], by=people.finance)
        with pytest.raises(NotPermitted):
            batches.form_batch(payments=every, by=people.officer)
        batches.dissolve_batch(batch=formed, by=people.finance)
        again = batches.form_batch(payments=every[:1], by=people.finance2)
        assert (again.number, again.lines.count()) == ("2026-P002", 1)

    def test_recorded_by_hand_a_draft_is_not_sent(self, people, formed):
        first = Payment.objects.order_by("pk")[0]
        payments.record_paid(
            payment=first, voucher_no="ZF-9", paid_on=clock.today(), by=people.finance
        )
        with pytest.raises(WrongState):
            batches.send_batch(batch=formed, by=people.finance2)

    @pytest.mark.django_db(transaction=True)
    def test_two_form_at_one_instant(self, people, ranked):
        every = [p.pk for p in stages.all_released(people, ranked)]
        got = race(
            [
                lambda by=by: batches.form_batch(payments=every, by=by)
                for by in (people.finance, people.finance2)
            ]
        )
        assert sorted(type(one).__name__ for one in got) == ["PaymentBatch", "WrongState"]
        assert BatchLine.objects.count() == 3


class TestTable:
    NAMES = ("\t=1", "\r=1", "　＝1")

    def test_no_cell_is_a_formula_whatever_a_firm_is_called(self, people, ranked, client_of):
        Organisation.objects.filter(pk=people.firm.pk).update(name='=HYPERLINK("x")')
        people.firm.refresh_from_db()
        for payment, title in zip(stages.all_released(people, ranked), self.NAMES, strict=True):
            own = Application.objects.filter(award__instalments__payment=payment)
            own.update(title=title)
        batch = batches.form_batch(
            payments=list(Payment.objects.values_list("pk", flat=True)), by=people.finance
        )
        batches.send_batch(batch=batch, by=people.finance2)
        url = lambda kind: reverse("awards:batch_table", args=[batch.number, kind])  # noqa: E731
        book = load_workbook(io.BytesIO(client_of(people.finance).get(url("xlsx")).content))
        kinds = {cell.data_type for row in book.active.iter_rows(min_row=2) for cell in row}
        assert kinds <= {"s", "n"}
        assert {c.data_type for c in book.active["D"][1:]} == {"n"}
        assert {
            type(cell.value)
            for row in book.active.iter_rows(min_row=2)
            for cell in row
            if cell.column_letter != "D"
        } <= {str, type(None)}
        text = client_of(people.finance).get(url("csv")).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert [row[5] for row in rows[1:]] == [f"'{title}" for title in self.NAMES]
        assert {row[1] for row in rows[1:]} == {f"'{people.firm.name}"}

    def test_only_what_was_sent_is_handed_out(self, people, formed, client_of):
        url = reverse("awards:batch_table", args=[formed.number, "csv"])
        assert client_of(people.finance).get(url).status_code == 404
        batches.send_batch(batch=formed, by=people.finance2)
        text = client_of(people.finance).get(url).content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [(r["拨付编号"], r["金额（元）"], r["凭证号"]) for r in rows] == [
            ("2026-P001-0001", "15000000.00", ""),
            ("2026-P001-0002", "60000000.00", ""),
            ("2026-P001-0003", "45000000.00", ""),
        ]


class TestAnswer:
    @pytest.mark.parametrize(
        "make",
        [table, workbook, lambda *rows: table(*rows, encoding="gb18030")],
        ids=["csv", "xlsx", "gb18030"],
    )
    def test_what_matches_is_recorded_and_settles_the_batch(self, people, sent, make):
        answer = took(people, sent, make(*(said(sent, n) for n in (1, 2, 3))))
        assert findings(answer) == ["right"] * 3
        assert vouchers(sent) == ["ZF-1", "ZF-2", "ZF-3"]
        assert PaymentBatch.objects.get().status == "settled"
        assert [a.paid for a in Award.objects.order_by("pk")] == [
            1_500 * WAN, 6_000 * WAN, 4_500 * WAN,
        ]  # fmt: skip
        envelope = Envelope.objects.get()
        assert (envelope.paid, envelope.committed) == (12_000 * WAN, 12_000 * WAN)
        awarded = Application.objects.filter(award__isnull=False)
        assert set(awarded.values_list("status", flat=True)) == {Status.IN_PROGRESS}
        assert Event.objects.filter(action="payment.record_paid").count() == 3
        assert lines() == []

    def test_our_own_table_comes_back_filled_in(self, people, sent, client_of):
        url = reverse("awards:batch_table", args=[sent.number, "xlsx"])
        book = load_workbook(io.BytesIO(client_of(people.finance).get(url).content))
        for n, row in enumerate(book.active.iter_rows(min_row=2), start=1):
            row[9].value, row[10].value = f"zf-{n}", clock.today()
        held = io.BytesIO()
        book.save(held)
        answer = took(people, sent, SimpleUploadedFile("回单.xlsx", held.getvalue()))
        assert findings(answer) == ["right"] * 3
        assert vouchers(sent) == ["ZF-1", "ZF-2", "ZF-3"]

    def test_each_difference_is_named_and_nothing_is_recorded_by_it(self, people, sent):
        answer = took(
            people,
            sent,
            table(
                said(sent, 1, amount="15000000.01"),
                said(sent, 2, on=clock.today() + timedelta(days=1)),
                ["2026-P009-0001", "x", "1.00", "ZF-7", str(clock.today())],
                [said(sent, 3)[0], "x", "many", "ZF-8", "soon"],
            ),
        )
        assert findings(answer) == ["wrong_amount", "wrong_date", "unknown", "unreadable"]
        assert vouchers(sent) == [None, None, None]
        told = Message.objects.filter(kind="batch.differs").values_list("recipient", flat=True)
        assert set(told) == {people.finance.pk, people.finance2.pk}
        assert PaymentBatch.objects.get().status == "sent"
        assert lines() == []

    def test_one_file_is_taken_once(self, people, sent):
        took(people, sent, table(said(sent, 1)))
        with pytest.raises(Invalid):
            took(people, sent, table(said(sent, 1)), by=people.finance2)
        again = took(people, sent, table(said(sent, 1), said(sent, 2)), by=people.finance2)
        assert findings(again) == ["again", "right"]
        other = took(people, sent, table(said(sent, 1, voucher="ZF-77")))
        assert findings(other) == ["paid_already"]
        assert Payment.objects.filter(voucher_no__isnull=False).count() == 2

    def test_a_corrected_answer_settles_what_was_wrong(self, people, sent):
        took(people, sent, table(said(sent, 1, amount="1.00"), said(sent, 2), said(sent, 3)))
        assert PaymentBatch.objects.get().status == "sent"
        took(people, sent, table(said(sent, 1)))
        assert PaymentBatch.objects.get().status == "settled"

    def test_only_finance_imports(self, people, sent):
        for person in (people.approver, people.officer, people.owner):
            with pytest.raises(NotPermitted):
                took(people, sent, table(said(sent, 1)), by=person)

    @pytest.mark.parametrize(
        "upload",
        [
            SimpleUploadedFile("回单.pdf", b"%PDF-1.7"),
            SimpleUploadedFile("回单.csv", b""),
            SimpleUploadedFile("回单.csv", b"MZ\x90\x00\x03"),
            SimpleUploadedFile("回单.csv", b"PK\x03\x04" + b"\x00" * 40),
            SimpleUploadedFile("回单.csv", b'"open'),
            SimpleUploadedFile("回单.csv", b"a,b\n1,2\n"),
            SimpleUploadedFile("回单.csv", b"a" * (2 * 1024 * 1024 + 1)),
            SimpleUploadedFile("回单.xlsx", b"PK\x03\x04"),
        ],
        ids=["kind", "empty", "program", "zip", "quote", "columns", "large", "damaged"],
    )
    def test_a_hostile_file_is_refused(self, people, sent, upload):
        with pytest.raises(Invalid) as found:
            took(people, sent, upload)
        assert found.value.field == "upload"
        assert TreasuryAnswer.objects.count() == 0

    def test_a_workbook_with_a_formula_is_refused(self, people, sent):
        with pytest.raises(Invalid, match="C2"):
            took(people, sent, workbook([said(sent, 1)[0], "x", "=1+1", "ZF-1", "2026-03-02"]))

    def test_the_same_statements_for_three_rows_as_for_one(self, people, sent):
        asked = []
        for rows in ([said(sent, 1)], [said(sent, 2), said(sent, 3)]):
            with CaptureQueriesContext(connection) as taken:
                took(people, sent, table(*rows))
            asked.append(sum("SAVEPOINT" not in one["sql"] for one in taken))
        assert asked[1] - asked[0] <= 1  # the second settles the batch


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_file_imported_by_two_at_one_instant(self, people, sent):
        rows = [said(sent, n) for n in (1, 2, 3)]
        got = race(
            [
                lambda by=by: took(people, sent, table(*rows), by=by)
                for by in (people.finance, people.finance2) * 2
            ]
        )
        assert sorted(type(one).__name__ for one in got) == ["Invalid"] * 3 + ["TreasuryAnswer"]
        self.paid_once()

    def test_two_files_about_the_same_payments_at_one_instant(self, people, sent):
        every = [said(sent, n) for n in (1, 2, 3)]
        files = [table(*every), table(*reversed(every)), table(*every[1:], every[0])]
        got = race([lambda f=f: took(people, sent, f) for f in files])
        assert sorted(sorted(findings(one)) for one in got) == [
            ["again"] * 3, ["again"] * 3, ["right"] * 3,
        ]  # fmt: skip
        self.paid_once()

    def test_imported_while_another_types_the_vouchers(self, people, sent):
        rows = [said(sent, n) for n in (1, 2, 3)]
        by_hand = [
            lambda p=p: payments.record_paid(
                payment=p, voucher_no=f"HAND-{p.pk}", paid_on=clock.today(), by=people.finance2
            )
            for p in Payment.objects.order_by("pk")
        ]
        got = race([lambda: took(people, sent, table(*rows)), *by_hand])
        assert all(isinstance(one, TreasuryAnswer | Payment | WrongState) for one in got), got
        self.paid_once(settled=None)

    def test_two_settle_what_one_asked(self, people, sent):
        asked = settlements.propose_settlement(
            batch=sent, kind="record", line=sent.lines.get(position=1), voucher_no="ZF-1",
            paid_on=clock.today(), reason=WHY, by=people.finance,
        )  # fmt: skip
        got = race(
            [
                lambda act=act: act(settlement=asked.pk, by=people.finance2)
                for act in (settlements.confirm_settlement, settlements.refuse_settlement) * 2
            ]
        )
        assert sorted(type(one).__name__ for one in got) == ["Settlement"] + ["WrongState"] * 3

    def paid_once(self, settled="settled"):
        assert Event.objects.filter(action="payment.record_paid").count() == 3
        assert Payment.objects.filter(voucher_no__isnull=False).count() == 3
        assert Envelope.objects.get().paid == 12_000 * WAN
        if settled:
            assert PaymentBatch.objects.get().status == settled
        assert lines() == []


class TestSettling:
    def ask(self, people, batch, **more):
        values = {"reason": WHY, "by": people.finance, **more}
        return settlements.propose_settlement(batch=batch, **values)

    def test_a_mistyped_reference_is_assigned_by_two(self, people, sent):
        took(people, sent, table(["2026-P001-001", "x", "15000000", "ZF-1", str(clock.today())]))
        row = AnswerLine.objects.get()
        asked = self.ask(
            people, sent, kind="record", answer_line=row, line=sent.lines.get(position=1),
            voucher_no="zf-1", paid_on=clock.today(),
        )  # fmt: skip
        with pytest.raises(NotPermitted):
            settlements.confirm_settlement(settlement=asked.pk, by=people.finance)
        with pytest.raises(NotPermitted):
            settlements.confirm_settlement(settlement=asked.pk, by=people.approver)
        with pytest.raises(WrongState):
            self.ask(people, sent, kind="dismiss", answer_line=row, by=people.finance2)
        settlements.confirm_settlement(settlement=asked.pk, by=people.finance2)
        assert vouchers(sent) == ["ZF-1", None, None]
        with pytest.raises(WrongState):
            self.ask(people, sent, kind="dismiss", answer_line=row)

    def test_what_was_not_paid_leaves_and_goes_into_another_batch(self, people, sent):
        took(people, sent, table(said(sent, 1), said(sent, 2)))
        line = sent.lines.get(position=3)
        asked = self.ask(people, sent, kind="take_out", line=line)
        settlements.confirm_settlement(settlement=asked.pk, by=people.finance2)
        assert PaymentBatch.objects.get().status == "settled"
        again = batches.form_batch(payments=[line.payment_id], by=people.finance)
        batches.send_batch(batch=again, by=people.finance2)
        late = took(people, sent, table(said(sent, 3)))
        assert findings(late) == ["left"]
        right = took(people, again, table(said(again, 1, voucher="ZF-3")))
        assert findings(right) == ["right"]
        assert lines() == []

    def test_who_asked_takes_it_back_and_asks_anew(self, people, sent, client_of):
        took(people, sent, table(*(said(sent, n) for n in (1, 2))))
        line = sent.lines.get(position=3)
        asked = self.ask(people, sent, kind="take_out", line=line)
        page = reverse("awards:reconciliation", args=[sent.number])
        offered = [
            'name="withdraw"' in client_of(person).get(page).content.decode()
            for person in (people.finance, people.finance2)
        ]
        assert offered == [True, False]
        for person in (people.finance2, people.officer):
            with pytest.raises(NotPermitted):
                settlements.withdraw_settlement(settlement=asked.pk, by=person)
        act = reverse("awards:settlement", args=[asked.pk])
        assert client_of(people.finance).post(act, {"withdraw": "1"}).status_code == 302
        assert client_of(people.finance).post(act, {"withdraw": "1"}).status_code == 409
        with pytest.raises(WrongState):
            settlements.confirm_settlement(settlement=asked.pk, by=people.finance2)
        assert Event.objects.filter(action="settlement.withdraw").count() == 1
        other = self.ask(
            people, sent, kind="record", line=line, voucher_no="ZF-3", paid_on=clock.today()
        )
        settlements.confirm_settlement(settlement=other.pk, by=people.finance2)
        assert PaymentBatch.objects.get().status == "settled"
        assert "已撤回" in client_of(people.finance).get(page).content.decode()
        assert lines() == []

    def test_a_row_is_set_aside_by_two(self, people, sent):
        took(
            people, sent,
            table(
                *(said(sent, n) for n in (1, 2, 3)),
                ["2026-P001-0009", "x", "1.00", "ZF-9", str(clock.today())],
            ),
        )  # fmt: skip
        assert PaymentBatch.objects.get().status == "sent"
        row = AnswerLine.objects.get(finding="unknown")
        asked = self.ask(people, sent, kind="dismiss", answer_line=row)
        settlements.refuse_settlement(settlement=asked.pk, by=people.finance2)
        asked = self.ask(people, sent, kind="dismiss", answer_line=row, by=people.finance2)
        settlements.confirm_settlement(settlement=asked.pk, by=people.finance)
        assert PaymentBatch.objects.get().status == "settled"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"kind": "other"}, "kind"),
            ({"kind": "dismiss"}, "kind"),
            ({"reason": "短"}, "reason"),
            ({"line": None}, "line"),
            ({"voucher_no": " "}, "voucher_no"),
            ({"paid_on": None}, "paid_on"),
            ({"paid_on": date(2026, 1, 1)}, "paid_on"),
            ({"paid_on": date(2027, 1, 1)}, "paid_on"),
        ],
    )
    def test_what_is_missing_is_named(self, people, sent, change, field):
        values = {
            "kind": "record", "line": sent.lines.get(position=1), "voucher_no": "ZF-1",
            "paid_on": clock.today(),
        }  # fmt: skip
        with pytest.raises(Invalid) as found:
            self.ask(people, sent, **(values | change))
        assert found.value.field == field
        assert Settlement.objects.count() == 0


def test_the_database_holds_it_too(people, sent):
    took(people, sent, table(said(sent, 1)))
    again = (
        "(batch_id, payment_id, position, reference)"
        " SELECT batch_id, payment_id, 9, 'x' FROM awards_batchline WHERE position = 2"
    )
    for statement, why in (
        ("UPDATE awards_batchline SET left_at = now() WHERE position = 1", "stays in its batch"),
        ("UPDATE awards_paymentbatch SET status = 'settled', settled_at = now()", "still holds"),
        ("UPDATE awards_paymentbatch SET status = 'draft'", "does not follow"),
        ("UPDATE awards_paymentbatch SET sent_by_id = formed_by_id", "written once"),
        ("UPDATE awards_answerline SET finding = 'again'", "what was recorded stays"),
        ("DELETE FROM awards_treasuryanswer", "rows are kept"),
        (f"INSERT INTO awards_batchline {again}", "while it is formed"),
    ):
        assert why in refused(statement), statement
    sql("UPDATE awards_answerline SET voucher_no = 'other'")
    assert "lines" in " ".join(lines())


class TestPages:
    def test_from_the_batch_to_the_reconciliation_by_hand(self, people, ranked, client_of):
        every = [str(p.pk) for p in stages.all_released(people, ranked)]
        maker, checker = client_of(people.finance), client_of(people.finance2)
        listed = reverse("awards:batches")
        assert maker.post(listed, {"payments": []}).status_code == 422
        assert maker.post(listed, {"payments": every}).status_code == 302
        batch = PaymentBatch.objects.get()

        def url(name, *args):
            return reverse(f"awards:{name}", args=[batch.number, *args])

        assert "复核" in maker.get(url("batch")).content.decode()
        assert maker.post(url("send_batch")).status_code == 403
        assert checker.post(url("send_batch")).status_code == 302
        answer = checker.post(url("batch_answer"), {"upload": table(["x"])})
        assert answer.status_code == 422
        rows = table(said(batch, 1), said(batch, 2, amount="1.00"))
        assert checker.post(url("batch_answer"), {"upload": rows}).status_code == 302
        page = maker.get(url("reconciliation")).content.decode()
        row = AnswerLine.objects.get(finding="wrong_amount")
        line = batch.lines.get(position=3)
        assert url("settle_difference", "row", row.pk) in page
        assert url("settle_difference", "line", line.pk) in page
        sent = {"kind": "record", "line": row.line_id, "voucher_no": "", "reason": WHY}
        assert maker.post(url("settle_difference", "row", row.pk), sent).status_code == 422
        sent |= {"voucher_no": "ZF-2", "paid_on": str(clock.today())}
        assert maker.post(url("settle_difference", "row", row.pk), sent).status_code == 302
        out = {"kind": "take_out", "reason": WHY}
        assert maker.post(url("settle_difference", "line", line.pk), out).status_code == 302
        for asked in Settlement.objects.all():
            act = reverse("awards:settlement", args=[asked.pk])
            assert act in checker.get(url("reconciliation")).content.decode()
            assert maker.post(act, {"confirm": "1"}).status_code == 403
            assert checker.post(act, {"confirm": "1"}).status_code == 302
        assert PaymentBatch.objects.get().status == "settled"
        for person, code in ((people.approver, 200), (people.owner, 403), (people.secretary, 403)):
            assert client_of(person).get(url("batch")).status_code == code
            assert client_of(person).get(url("reconciliation")).status_code == code
        assert client_of(people.approver).post(url("batch_answer")).status_code == 403
