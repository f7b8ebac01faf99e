"""The row of a filled workbook: kept with its file and digests, decided once, on record."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.files.base import File

from accounts.models import User
from applications import uploads
from audit.digests import canonical, plain, sm3
from audit.services import Entry as Event
from audit.services import record_all
from reviews.models import ImportStatus, SheetImport, Stage
from reviews.offline.reading import ReadBlock
from reviews.services.marking import Entry, Overall, Typed


def keep_workbook(
    row: SheetImport, upload: "File[Any]", checked: uploads.Checked, filled: Sequence[ReadBlock]
) -> None:
    """Content, name and digest of what was uploaded; the file goes to the store."""
    row.content = [_content(block) for block in filled]
    row.content_digest = sm3(canonical(row.content))
    row.name, row.digest = checked.name, checked.digest
    upload.seek(0)
    row.file.save(_stored_name(checked), File(upload), save=False)


def keep_scan(row: SheetImport, upload: "File[Any]", checked: uploads.Checked) -> None:
    """The scan of the signed pages: the evidence of the signature."""
    row.scan_name, row.scan_type = checked.name, checked.content_type
    row.scan_digest = checked.digest
    upload.seek(0)
    row.scan.save(_stored_name(checked), File(upload), save=False)


@contextmanager
def files_removed_on_failure(row: SheetImport) -> Iterator[None]:
    """A row that is not kept leaves no file behind."""
    try:
        yield
    except BaseException:
        for stored in (row.file, row.scan):
            if stored:
                stored.delete(save=False)
        raise


def _stored_name(checked: uploads.Checked) -> str:
    return f"{uuid.uuid4().hex}-{checked.digest[:16]}.{checked.extension}"


def _content(block: ReadBlock) -> dict[str, Any]:
    marks = [
        {
            "leaf": mark.leaf,
            "tier": mark.tier,
            "score": f"{mark.score:.2f}",
            "comment": mark.comment,
            "version": mark.version,
        }
        for mark in block.marks
    ]
    found: dict[str, Any] = plain(
        {
            "assignment": block.assignment,
            "application": block.number,
            "marks": marks,
            "overall": {"comment": block.overall, "version": block.overall_version},
        }
    )
    return found


def typed_of(row: SheetImport) -> list[Typed]:
    """What the workbook says, as the page of a dossier would send it. An overall comment left empty
    leaves alone what stands.
    """
    return [
        Typed(
            dossier["assignment"],
            [
                Entry(m["leaf"], m["tier"], Decimal(m["score"]), m["comment"], m["version"])
                for m in dossier["marks"]
            ],
            Overall(**dossier["overall"]) if dossier["overall"]["comment"] else None,
        )
        for dossier in row.content
    ]


def decide(
    row: SheetImport, status: ImportStatus, *, checker: User | None = None, reason: str = ""
) -> None:
    """The one decision on a pending import, whose seat is held; the database lets no second one
    through.
    """
    row.status, row.decided_at = status, row.seat.now  # type: ignore[attr-defined]  # of `lock_seat`
    row.checker, row.reason = checker, reason
    row.save(update_fields=["status", "decided_at", "checker", "reason"])


def record_import(row: SheetImport, action: str, by: User, role: str, source: str = "") -> None:
    record_all([told_of(row, action, by, role, source)])


def told_of(row: SheetImport, action: str, by: User, role: str, source: str = "") -> Event:
    """What the log keeps of an act on an import: digests and counts, never a mark; of a hearing's
    sheets the stage.
    """
    of_hearing = {"stage": row.stage} if row.stage == Stage.HEARING else {}
    return Event(
        action=action,
        obj=row,
        by=by,
        role=role,
        source=source,
        target=row.status,
        reason=row.reason,
        after={
            "kind": row.kind,
            **of_hearing,
            "digest": row.digest,
            "content_digest": row.content_digest,
            "scan_digest": row.scan_digest,
            "dossiers": len(row.content),
        },
        scope=row.seat.panel.call.number,
    )
