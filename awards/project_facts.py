"""What the log keeps of a project after its award; `awards.facts` are those of the money."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from audit.digests import sm3
from awards.models import (
    Acceptance,
    Amendment,
    Clawback,
    MidTermCheck,
    ProgressReport,
    Recall,
    Repayment,
    Termination,
)


def acceptance_facts(row: Acceptance) -> dict[str, Any]:
    return {
        "award": row.award_id,
        "status": row.status,
        "invested": row.invested,
        "insured": row.insured,
        "statement": sm3(row.summary.encode()),
        "files": [row.report_digest],
        "points": row.points,
        "grade": row.grade,
        "reasons": sm3(row.reasons.encode()),
        "graded_by": row.graded_by_id,
        "settled_by": row.settled_by_id,
    }


def progress_report_facts(row: ProgressReport) -> dict[str, Any]:
    return {
        "award": row.award_id,
        "year": row.year,
        "quarter": row.quarter,
        "status": row.status,
        "invested": row.invested,
        "insured": row.insured,
        "statement": sm3(row.text.encode()),
        "submitted_by": row.submitted_by_id,
        "settled_by": row.settled_by_id,
    }


def mid_term_check_facts(row: MidTermCheck) -> dict[str, Any]:
    return {
        "award": row.award_id,
        "day": row.on,
        "passed": row.passed,
        "finding": sm3(row.finding.encode()),
        "checked_by": row.checked_by_id,
    }


def recall_facts(row: Recall) -> dict[str, Any]:
    return {
        "award": row.award_id,
        "status": row.status,
        "since": row.idle_since,
        "reply": sm3(row.reply.encode()),
        "replied_by": row.replied_by_id,
        "settled_by": row.settled_by_id,
    }


def termination_facts(row: Termination) -> dict[str, Any]:
    return {
        "award": row.award_id,
        "status": row.status,
        "ground": row.ground,
        "claw_back": row.claw_back,
        "submitted_by": row.proposed_by_id,
        "settled_by": row.settled_by_id,
    }


def clawback_facts(row: Clawback) -> dict[str, Any]:
    return {
        "award": row.award_id,
        "principal": row.principal,
        "interest": row.interest,
        "rate": row.rate,
        "day": row.ordered_on,
        "document_no": row.document_no,
        "settled_at": row.settled_at,
    }


def repayment_facts(row: Repayment) -> dict[str, Any]:
    return {
        "award": row.award.pk,
        "amount": row.amount,
        "interest": row.interest,
        "principal": row.principal,
        "paid_on": row.paid_on,
        "document_no": row.document_no,
        "made_by": row.entered_by_id,
        "confirmed_by": row.confirmed_by_id,
        "refused_by": row.refused_by_id,
    }


def amendment_facts(row: Amendment) -> dict[str, Any]:
    return {
        "award": row.award_id,
        "status": row.status,
        "changes": row.changes,
        "reasons": sm3(row.reason.encode()),
        "digest": row.digest,
        "submitted_by": row.proposed_by_id,
        "endorsed_by": row.endorsed_by_id,
        "settled_by": row.settled_by_id,
    }


# Of rows that belong to an award, by their model.
_OF_PROJECT: dict[type[Model], Callable[[Any], dict[str, Any]]] = {
    Acceptance: acceptance_facts,
    Amendment: amendment_facts,
    Repayment: repayment_facts,
    Clawback: clawback_facts,
    Termination: termination_facts,
    Recall: recall_facts,
    MidTermCheck: mid_term_check_facts,
    ProgressReport: progress_report_facts,
}


def facts_of(row: Model) -> dict[str, Any]:
    """The facts of a row that belongs to an award."""
    return _OF_PROJECT[type(row)](row)
