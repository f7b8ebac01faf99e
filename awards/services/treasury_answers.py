"""The treasury's answer to a batch: imported once, each row matched, what matches is recorded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications import uploads
from audit import clock
from audit.refusals import Invalid, NotVisible, WrongState
from audit.services import Entry
from awards.batch_table import column_words, names
from awards.facts import answer_facts
from awards.models import AnswerLine, BatchLine, Payment, PaymentBatch, TreasuryAnswer
from awards.rules import require
from awards.services.batch_rows import closing
from awards.services.kept_files import keep_file
from awards.services.numbers import taken_only_once
from awards.services.paying import Paid, hold_lines, tell_paid, write_paid
from awards.services.treasury_files import open_answer
from awards.treasury import MATCHED, Answer, Due, Finding, TableError, match, read_rows
from calendars.wording import day_of
from notifications.services import Dispatch

TAKEN = _("This very file was imported at this moment by a colleague. Open the page again.")


@transaction.atomic
def import_answer(
    *, number: str, upload: "File[Any]", by: User
) -> tuple[TreasuryAnswer, list[AnswerLine]]:
    """Match the treasury's file against a batch that was sent; what is right is recorded as paid.

    The same file is taken once, whoever brings it. Rows that do not match are kept and wait on the
    reconciliation page; nothing is recorded by them. Returns the answer and its rows.
    """
    require(by, Role.FINANCE_OFFICER)
    answers, checked = _read(upload)
    batch, now = _hold(number, checked.digest)
    lines = {line.reference: line for line in hold_lines(batch.lines.all())}
    findings = _match(answers, lines, now)
    answer = TreasuryAnswer(batch=batch, imported_by=by, imported_at=now)
    with taken_only_once("upload", TAKEN):
        keep_file(answer, upload, checked, batch.number)
    rows = _keep_rows(answer, answers, findings, lines)
    paid = [_paid(row, row.line) for row in rows if row.finding == "right" and row.line]
    write_paid(paid, now, by)
    differing = sum(finding not in MATCHED for finding in findings)
    closed = [] if differing else closing(batch, now, by, list(lines.values()))
    entry = _entry(answer, rows, by)
    told = _differs(answer, len(paid), differing) if differing else []
    tell_paid(paid, by, others=[entry, *closed], messages=told)
    return answer, rows


def _hold(number: str, digest: str) -> tuple[PaymentBatch, datetime]:
    """The batch that was sent, held, and the instant; Invalid if the file was imported before."""
    seen = TreasuryAnswer.objects.filter(digest=digest).values("batch__number")
    batch = (
        PaymentBatch.objects.select_for_update()
        .annotate(now=clock.NOW, seen=Subquery(seen))
        .filter(number=number)
        .first()
    )
    if batch is None:
        raise NotVisible
    if batch.status not in ("sent", "settled"):
        raise WrongState(_("The batch has not been sent to the treasury yet."))
    if batch.seen:
        raise Invalid(
            _(
                "This very file was imported before, for batch %(number)s. Nothing was recorded"
                " again."
            )
            % {"number": batch.seen},
            field="upload",
        )
    return batch, batch.now


def _read(upload: "File[Any]") -> tuple[list[Answer], uploads.Checked]:
    rows, checked = open_answer(upload)
    try:
        return read_rows(rows, names()), checked
    except TableError as error:
        raise Invalid(_table_words(error), field="upload") from error


def _table_words(error: TableError) -> str:
    if error.key == "no_header":
        return _(
            "The table lacks these columns: %(names)s. Use the table that was exported, or call the"
            " columns so."
        ) % {"names": column_words(error.names)}
    if error.key == "too_many_rows":
        return str(_("The table has more than 5,000 rows. Split it."))
    return str(_("No row of the table says that something was paid."))


def _match(answers: Sequence[Answer], lines: dict[str, BatchLine], now: datetime) -> list[Finding]:
    vouchers = {answer.voucher for answer in answers if answer.voucher}
    taken = Payment.objects.filter(voucher_no__in=vouchers).values_list("voucher_no", flat=True)
    dues = {reference: _due(line, now) for reference, line in lines.items()}
    return match(answers, dues, {voucher or "" for voucher in taken}, day_of(now))


def _due(line: BatchLine, now: datetime) -> Due:
    payment = line.payment
    return Due(
        amount=payment.amount,
        released_on=day_of(payment.checked_at or now),
        voucher=payment.voucher_no or "",
        has_left=line.left_at is not None,
    )


def _keep_rows(
    answer: TreasuryAnswer,
    answers: Sequence[Answer],
    findings: Sequence[Finding],
    lines: dict[str, BatchLine],
) -> list[AnswerLine]:
    return AnswerLine.objects.bulk_create(
        AnswerLine(
            answer=answer,
            row=one.row,
            line=lines.get(one.reference),
            reference=one.reference,
            voucher_no=one.voucher,
            amount=one.amount,
            paid_on=one.paid_on,
            finding=finding,
        )
        for one, finding in zip(answers, findings, strict=True)
    )


def _paid(row: AnswerLine, line: BatchLine) -> Paid:
    if row.paid_on is None:
        raise ValueError(row)  # no such row is right
    return Paid(line.payment, row.voucher_no, row.paid_on)


def _entry(answer: TreasuryAnswer, rows: Sequence[AnswerLine], by: User) -> Entry:
    return Entry(
        action="batch.import_answer",
        obj=answer,
        by=by,
        role=Role.FINANCE_OFFICER,
        after=answer_facts(answer, rows),
        scope=answer.batch.number,
    )


def _differs(answer: TreasuryAnswer, right: int, differing: int) -> list[Dispatch]:
    return [
        Dispatch(
            kind="batch.differs",
            recipients=users_with_role(Role.FINANCE_OFFICER),
            key=f"batch.differs:{answer.pk}",
            context={"number": answer.batch.number, "right": right, "count": differing},
            url=f"/payments/batches/{answer.batch.number}/reconciliation/",
            about=answer.batch,
        )
    ]
