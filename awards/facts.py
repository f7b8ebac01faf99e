"""What the log keeps of each row about money: written by services, compared by verification."""

from collections.abc import Iterable
from typing import Any

from django.db.models import prefetch_related_objects

from audit.digests import canonical, sm3
from awards.models import (
    Agreement,
    AllocationNotice,
    AnswerLine,
    Award,
    BatchLine,
    CarryOver,
    Claim,
    Deviation,
    Envelope,
    FundingItem,
    FundingList,
    Minutes,
    Objection,
    ObjectionReview,
    Payment,
    PaymentBatch,
    PublicNotice,
    Settlement,
    Signature,
    TreasuryAnswer,
)


def envelope_facts(row: Envelope) -> dict[str, Any]:
    return {"ceiling": row.ceiling}


def carry_facts(row: CarryOver) -> dict[str, Any]:
    return {
        "source": row.source_id,
        "target": row.target_id,
        "amount": row.amount,
        "document_no": row.document_no,
        "confirmed_by": row.confirmed_by_id,
        "refused_by": row.refused_by_id,
    }


def list_facts(row: FundingList) -> dict[str, Any]:
    """A list with every dossier's outcome and sum; `items__application` and `minutes` prefetched in
    a loop.
    """
    prefetch_related_objects([row], "items__application", "minutes")
    return {
        "status": row.status,
        "mode": row.mode,
        "envelope": row.envelope,
        "minutes_no": row.minutes_no,
        "items": {
            str(item.application.number): [item.outcome, str(item.amount)]
            for item in row.items.all()
        },
    }


def minutes_facts(row: Minutes) -> dict[str, Any]:
    return {
        "number": row.number,
        "version": row.version,
        "held_on": row.held_on,
        "participants": row.participants,
        "decisions": sm3(row.decisions.encode()),
        "digest": row.digest,
    }


def part_facts(row: FundingItem) -> dict[str, Any]:
    """The answer to a part offered. The sum may grow later: it is told beside this."""
    return {"consent": row.consent, "answer_due": row.answer_due}


def deviation_facts(row: Deviation) -> dict[str, Any]:
    return {
        "application": row.application_id,
        "kind": row.kind,
        "reason": row.reason,
        "confirmed_by": row.confirmed_by_id,
        "refused_by": row.refused_by_id,
    }


def notice_facts(row: PublicNotice) -> dict[str, Any]:
    return {"digest": row.digest, "from": row.starts_on, "to": row.ends_on}


def objection_facts(row: Objection) -> dict[str, Any]:
    """Never who objects: many people read the log. `files` prefetched in a loop."""
    return {
        "application": row.application_id,
        "ground": row.ground,
        "text": sm3(row.text.encode()),
        "files": sorted(file.digest for file in row.files.all()),
        "status": row.status,
        "finding": sm3(row.finding.encode()),
        "answer": sm3(row.answer.encode()),
    }


def review_facts(row: ObjectionReview) -> dict[str, Any]:
    """Never what was written: the objector may have said who it is."""
    return {
        "objection": row.objection_id,
        "text": sm3(row.text.encode()),
        "status": row.status,
        "minutes": row.minutes_id,
        "decision": sm3(row.decision.encode()),
    }


def award_facts(row: Award) -> dict[str, Any]:
    return {
        "application": row.application_id,
        "amount": row.amount,
        "cut": row.cut,
        "allocation": row.allocation_id,
        "revoked_at": row.revoked_at,
        "accepted_at": row.accepted_at,
    }


def allocation_facts(row: AllocationNotice) -> dict[str, Any]:
    return {
        "number": row.number,
        "issued_on": row.issued_on,
        "total": row.total,
        "digest": row.digest,
    }


def agreement_facts(row: Agreement, signed: Iterable[Signature] | None = None) -> dict[str, Any]:
    """An agreement with the files its sides signed; `signatures` prefetched in a loop, or given."""
    return {
        "digest": row.digest,
        "firm_signed_by": row.firm_signed_by_id,
        "office_signed_by": row.office_signed_by_id,
        "signatures": sorted(map(_signature, row.signatures.all() if signed is None else signed)),
    }


def _signature(row: Signature) -> str:
    """firm scan 3f…; office trial (test) 07… by its certificate 5c…"""
    how = f"{row.provider} (test)" if row.is_test else row.provider or "scan"
    by = f" by its certificate {sm3(canonical(row.certificate))}" if row.provider else ""
    return f"{row.side} {how} {row.digest}{by}"


def claim_facts(row: Claim) -> dict[str, Any]:
    """A claim with the digests of its evidence; `files` prefetched in a loop."""
    return {
        "instalment": row.instalment_id,
        "invested": row.invested,
        "insured": row.insured,
        "statement": sm3(row.statement.encode()),
        "files": sorted(file.digest for file in row.files.all()),
        "verified_by": row.verified_by_id,
        "verification": row.verification,
        "jobs_promised": row.jobs_promised,
        "jobs_achieved": row.jobs_achieved,
        "jobs_payable": row.jobs_payable,
        "returned_by": row.returned_by_id,
    }


def batch_facts(row: PaymentBatch, lines: Iterable[BatchLine] | None = None) -> dict[str, Any]:
    """A batch with its payments by reference; `lines__payment` prefetched in a loop, or given."""
    if lines is None:
        prefetch_related_objects([row], "lines__payment")
        lines = row.lines.all()
    return {
        "status": row.status,
        "formed_on": row.formed_on,
        "sent_by": row.sent_by_id,
        "lines": {
            line.reference: [line.payment_id, str(line.payment.amount), line.left_at is not None]
            for line in lines
        },
    }


def answer_facts(row: TreasuryAnswer, lines: Iterable[AnswerLine] | None = None) -> dict[str, Any]:
    """A file of the treasury with what was found of its rows; `lines` prefetched in a loop, or
    given.
    """
    return {
        "batch": row.batch_id,
        "digest": row.digest,
        "lines": {
            str(line.row): [
                line.finding,
                line.reference,
                line.voucher_no,
                None if line.amount is None else str(line.amount),
            ]
            for line in (row.lines.all() if lines is None else lines)
        },
    }


def settlement_facts(row: Settlement) -> dict[str, Any]:
    return {
        "answer_line": row.answer_line_id,
        "line": row.line_id,
        "kind": row.kind,
        "voucher_no": row.voucher_no,
        "paid_on": row.paid_on,
        "confirmed_by": row.confirmed_by_id,
        "refused_by": row.refused_by_id,
    }


def payment_facts(row: Payment) -> dict[str, Any]:
    return {
        "instalment": row.instalment_id,
        "amount": row.amount,
        "payee": row.payee,
        "made_by": row.made_by_id,
        "checked_by": row.checked_by_id,
        "voucher_no": row.voucher_no or "",
        "paid_on": row.paid_on,
    }
