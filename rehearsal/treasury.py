"""A batch of released payments: sent to the treasury, answered by it, reconciled by two."""

import csv
import io
from collections.abc import Iterable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from audit import clock
from awards.batch_table import READ
from awards.models import BatchLine, Payment, PaymentBatch
from awards.selectors.batches import lines_of, open_rows
from awards.services import batches, payments, settlements
from awards.services.treasury_answers import import_answer
from awards.treasury import COLUMNS
from rehearsal.round import Round

Row = tuple[str, str, str, str]  # reference, voucher, sum in yuan, day


def pay(round_: Round, released: list[Payment]) -> int:
    """One batch, formed and sent by two; the first answer has a reference mistyped, which two
    officers put right. Returns how many were paid.
    """
    if not released:
        return 0
    cast = round_.cast
    is_first = not PaymentBatch.objects.exists()
    batch = batches.form_batch(payments=[one.pk for one in released], by=cast["finance"])
    round_.refusals.expect(
        "own batch sent", lambda: batches.send_batch(batch=batch, by=cast["finance"])
    )
    batches.send_batch(batch=batch, by=cast["finance2"])
    lines = list(lines_of(batch))
    rows = [_said(line) for line in lines]
    if is_first:
        rows[-1] = (f"{rows[-1][0]}0", *rows[-1][1:])
    import_answer(number=batch.number, upload=table(rows), by=cast["finance"])
    round_.refusals.expect(
        "answer imported twice",
        lambda: import_answer(number=batch.number, upload=table(rows), by=cast["finance2"]),
    )
    if is_first:
        _assign(round_, batch, lines[-1])
    round_.refusals.expect("second payment", lambda: _again(round_, lines[0].payment))
    return len(released)


def _said(line: BatchLine) -> Row:
    """What the treasury says of a line; the voucher's number comes from the dossier's."""
    instalment = line.payment.instalment
    application = instalment.award.application
    voucher = f"ZF{clock.today().year}-{application.number}-{instalment.sequence}"
    return line.reference, voucher, str(line.payment.amount), f"{clock.today():%Y-%m-%d}"


def table(rows: Iterable[Row]) -> SimpleUploadedFile:
    """The treasury's answer as it comes: a table in Chinese."""
    held = io.StringIO()
    writer = csv.writer(held)
    with override("zh-hans"):
        writer.writerow([str(READ[column]) for column in COLUMNS])
    writer.writerows(rows)
    return SimpleUploadedFile("国库支付回单.csv", held.getvalue().encode("utf-8-sig"))


def _assign(round_: Round, batch: PaymentBatch, line: BatchLine) -> None:
    cast, row = round_.cast, open_rows(batch).get()
    asked = settlements.propose_settlement(
        batch=batch,
        kind="record",
        answer_line=row,
        line=line,
        voucher_no=row.voucher_no,
        paid_on=row.paid_on,
        reason="回单拨付编号多录一位，已与国库电话核对。",
        by=cast["finance"],
    )
    round_.refusals.expect(
        "own settlement confirmed",
        lambda: settlements.confirm_settlement(settlement=asked.pk, by=cast["finance"]),
    )
    settlements.confirm_settlement(settlement=asked.pk, by=cast["finance2"])


def _again(round_: Round, payment: Payment) -> Payment:
    return payments.record_paid(
        payment=payment,
        voucher_no="ZF-2",
        paid_on=clock.today(),
        by=round_.cast["finance"],
    )
