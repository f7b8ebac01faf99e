"""Freezing a dossier into a numbered submission, first or as a correction.

Called by `applications.services.dossiers` with the dossier's row locked.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import officers_of
from applications import named
from applications.models import Application, Attachment, Call, Submission
from applications.models.screening import Stage
from applications.selectors.corrections import open_correction
from applications.services import telling
from applications.services.lifecycle import Move, advance_held, tell_firms
from applications.snapshots import content_of
from applications.workflow import Status
from audit.digests import canonical, sm3
from audit.refusals import TooLate, WrongState
from notifications.services import Dispatch


def first(
    row: Application, data: dict[str, dict[str, str]], files: list[Attachment], by: User
) -> Submission:
    call, now = _numbered(row.call)
    if not call.is_open(now):
        if now >= call.closes_at:
            raise TooLate(
                _("The call closed before this reached the server. It was not submitted.")
            )
        raise WrongState(_("The call is not open."))
    row.number = f"{call.number}-{call.last_application_no:04d}"
    row.requested = Decimal(data["investment"]["requested_yuan"])
    row.submitted_at = now
    row.save(update_fields=["number", "requested", "submitted_at"])
    submission = _freeze(row, 1, data, files, by, now)
    moved = _advance(row, "submit", Status.DRAFT, submission, by)
    tell_firms(moved, _to_region(row, submission))
    return submission


def _numbered(call: Call) -> tuple[Call, datetime]:
    """The call with its next number, as it stands now, and this instant.

    The counter's row lock orders all submissions of the call; the clock is read under it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE applications_call SET last_application_no = last_application_no + 1"
            " WHERE id = %s"
            " RETURNING last_application_no, status, opens_at, closes_at, steelyard_now()",
            [call.pk],
        )
        row = cursor.fetchone()
    call.last_application_no, call.status, call.opens_at, call.closes_at, now = row
    return call, now


def _advance(
    row: Application, step: str, expect: Status, submission: Submission, by: User
) -> list[Move]:
    move = Move(
        application=row,
        step=step,
        expect=expect,
        after=_facts(submission),
        context=_receipt(submission),
    )
    return advance_held([move], by=by)


def correction(
    row: Application,
    latest: Submission,
    data: dict[str, dict[str, str]],
    files: list[Attachment],
    by: User,
) -> Submission:
    request = open_correction(row)
    if request is None or request.is_over(request.now):  # type: ignore[attr-defined]  # annotated
        raise TooLate(_("The time for the correction has passed."))
    now = request.now  # type: ignore[attr-defined]
    submission = _freeze(row, latest.version + 1, data, files, by, now)
    request.answered_at = now
    request.save(update_fields=["answered_at"])
    to_region = request.stage == Stage.REGION
    step = "resubmit_to_region" if to_region else "resubmit_to_screening"
    moved = _advance(row, step, Status.RETURNED, submission, by)
    if to_region:
        told = _to_region(row, submission)
    else:
        told = telling.dispatch(
            "application.corrected", row, [request.requested_by], extra=_receipt(submission)
        )
    tell_firms(moved, told)
    return submission


def _freeze(
    row: Application,
    version: int,
    data: dict[str, dict[str, str]],
    files: list[Attachment],
    by: User,
    now: Any,
) -> Submission:
    typed = data.get("commitment", {})
    open_part = named.without(typed)
    signed = {
        "by": by.name,
        "at": now.isoformat(),
        "accepted": True,
        **open_part,
        "named": named.frozen(typed),  # apart from the sections, which experts and offices read
    }
    content = content_of(
        row,
        number=row.number or "",
        version=version,
        data={**data, "commitment": open_part},
        attachments=files,
        commitment=signed,
    )
    return Submission.objects.create(
        application=row,
        version=version,
        receipt=f"{row.number}" if version == 1 else f"{row.number}-{version}",
        content=content,
        digest=sm3(canonical(content)),
        submitted_by=by,
        submitted_at=now,
    )


def _facts(submission: Submission) -> dict[str, Any]:
    return {
        "receipt": submission.receipt,
        "digest": submission.digest,
        "version": submission.version,
        "requested": submission.content["figures"]["requested_yuan"],
        "submission": submission.pk,
    }


def _receipt(submission: Submission) -> dict[str, Any]:
    return {"receipt": submission.receipt, "digest": submission.digest}


def _to_region(row: Application, submission: Submission) -> Dispatch:
    return telling.dispatch(
        "application.arrived", row, officers_of(row.region), extra=_receipt(submission)
    )
