"""What the log keeps of each row of service: written by services, compared by verification."""

from collections.abc import Iterable
from typing import Any

from audit.digests import canonical, sm3
from secretaries.models import (
    Escalation,
    Extension,
    InvestmentReport,
    MilestoneNode,
    MilestoneTemplate,
    OverdueInquiry,
    ProjectMilestone,
    RequestHold,
    Satisfaction,
    SecretaryAppraisal,
    ServiceAssignment,
    ServiceRequest,
    ServiceSettings,
    Visit,
)


def _digest(text: str) -> str:
    return sm3(text.encode())


def assignment_facts(row: ServiceAssignment) -> dict[str, Any]:
    return {
        "application": row.application_id,
        "secretary": row.secretary_id,
        "backup": row.backup_id,
        "from": row.valid_from,
        "to": row.valid_to,
        "accepted_at": row.accepted_at,
        "reason": row.reason,
        "note": _digest(row.handover_note),
    }


def visit_facts(row: Visit) -> dict[str, Any]:
    """`photos` prefetched in a loop."""
    return {
        "secretary": row.recorded_by_id,
        "day": row.on,
        "kind": row.kind,
        "people": row.people,
        "summary": _digest(row.summary),
        "next_action": row.next_action,
        "photos": sorted(photo.digest for photo in row.photos.all()),
        "confirmed_by": row.confirmed_by_id,
    }


def request_facts(row: ServiceRequest) -> dict[str, Any]:
    """The request and its clocks; `finish` and `response` loaded."""
    return {
        "application": row.application_id,
        "category": row.category,
        "level": row.level,
        "title": row.title,
        "text": _digest(row.text),
        "status": row.status,
        "with_unit": row.with_unit,
        "days": row.finish.days,
        "started_at": row.finish.started_at,
        "due_at": row.finish.due_at,
        "stopped_at": row.finish.stopped_at,
        "replied_at": row.response.stopped_at,
        "reopened": row.reopened,
        "contested": row.contested,
        "closed_how": row.closed_how,
        "satisfied": row.satisfied,
    }


def hold_facts(holds: Iterable[RequestHold]) -> dict[str, Any]:
    """Who held the request from when to when."""
    return {
        "holds": [
            [one.unit, one.is_support, one.since, one.signed_name, one.until, one.outcome]
            for one in holds
        ]
    }


def pause_facts(row: ServiceRequest) -> dict[str, Any]:
    """When the clock that runs stood still; `finish__pauses` prefetched in a loop."""
    return {
        "pauses": [
            [one.reason, _digest(one.evidence), one.first, one.last]
            for one in row.finish.pauses.all()
        ]
    }


def extension_facts(row: Extension | None) -> dict[str, Any]:
    """The days asked for and whether they were granted; None where nobody asked."""
    return {"more_time": None if row is None else [row.days, row.granted]}


def escalation_facts(row: Escalation) -> dict[str, Any]:
    """`clock` and `hold` loaded in a loop."""
    return {
        "clock": row.clock.kind,
        "rung": row.rung,
        "unit": row.hold.unit if row.hold else "",
        "overdue": row.overdue,
        "told": row.told,
    }


def inquiry_facts(row: OverdueInquiry) -> dict[str, Any]:
    return {
        "clock": row.clock,
        "overdue": row.overdue,
        "step": row.step,
        "step_days": row.step_days,
        "holds": row.shares,
        "explanation": _digest(row.explanation),
        "cause": row.cause,
        "responsible": row.responsible,
        "finding": row.finding,
        "measures": _digest(row.measures),
    }


def satisfaction_facts(row: Satisfaction) -> dict[str, Any]:
    return {"score": row.score, "comment": _digest(row.comment)}


def milestone_facts(row: ProjectMilestone) -> dict[str, Any]:
    """`node` loaded."""
    return {
        "application": row.application_id,
        "node": row.node.name_zh,
        "planned_on": row.planned_on,
        "reached_on": row.reached_on,
        "left_out": row.left_out,
        "evidence": _digest(row.evidence),
    }


def investment_facts(row: InvestmentReport) -> dict[str, Any]:
    return {"application": row.application_id, "month": row.month, "invested": row.invested}


def appraisal_facts(row: SecretaryAppraisal) -> dict[str, Any]:
    return {
        "secretary": row.secretary_id,
        "quarter": str(row),
        "score": row.score,
        "points": row.points,
        "counts": row.counts,
        "version": row.settings_version,
    }


def template_facts(row: MilestoneTemplate, nodes: list[MilestoneNode]) -> dict[str, Any]:
    return {
        "version": row.version,
        "nodes": [[node.name_zh, node.stage, node.days, node.mark] for node in nodes],
    }


def settings_facts(row: ServiceSettings) -> dict[str, Any]:
    return {
        "version": row.version,
        "document_no": row.document_no,
        "digest": sm3(canonical(row.values)),
    }
