"""The files of a dossier: checked, kept under their digest, never altered."""

import uuid
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import uploads
from applications.models import Application, Attachment, Section
from applications.readiness import missing_documents
from applications.services.editable import require_editable
from applications.services.lifecycle import lock
from audit import clock
from audit.refusals import Conflict, Invalid
from audit.services import record

OTHER = "other"
MOST_FILES = 60


@transaction.atomic
def add_attachment(
    *, application: Application, document: str, upload: "File[Any]", by: User
) -> Attachment:
    """Check a file and keep it with the dossier. `document`: a code of the call's list, or "other".

    The same file for the same document twice is kept once. Raises what `require_editable`
    raises, and Invalid with the reason when the file is not accepted.
    """
    row = lock(application)
    require_editable(row, by)
    codes = {d["code"] for d in row.call.required_documents} | {OTHER}
    if document not in codes:
        raise Invalid(_("The guide has no such document."), "document")
    checked = uploads.check(upload)
    live = Attachment.objects.filter(application=row, removed_at=None)
    same = live.filter(document=document, digest=checked.digest).first()
    if same is not None:
        return same
    if live.count() >= MOST_FILES:
        raise Invalid(_("A dossier holds at most %(most)s files.") % {"most": MOST_FILES}, "upload")
    attachment = Attachment(
        application=row,
        document=document,
        name=checked.name,
        size=checked.size,
        content_type=checked.content_type,
        digest=checked.digest,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    stored = f"{row.pk}/{uuid.uuid4().hex}-{checked.digest[:16]}.{checked.extension}"
    upload.seek(0)
    attachment.file.save(stored, File(upload), save=False)
    try:
        attachment.save()
        _recount(row, by)
    except BaseException:
        attachment.file.delete(save=False)
        raise
    _record(row, attachment, "application.add_file", by)
    return attachment


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User) -> Attachment:
    """Take a file out of the draft. What a submission names stays stored and readable."""
    row = lock(attachment.application)
    require_editable(row, by)
    kept = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if kept.removed_at is not None:
        raise Conflict(_("This file was taken out already."))
    kept.removed_at = clock.now()
    kept.save(update_fields=["removed_at"])
    _recount(row, by)
    _record(row, kept, "application.remove_file", by)
    return kept


def _recount(row: Application, by: User) -> None:
    """The attachments section is complete when every required document has a file."""
    files = list(Attachment.objects.filter(application=row, removed_at=None))
    section = Section.objects.select_for_update().get(application=row, code="attachments")
    section.version += 1
    section.complete = not missing_documents(row.call.required_documents, files)
    section.updated_by, section.updated_at = by, clock.now()
    section.save(update_fields=["version", "complete", "updated_by", "updated_at"])


def _record(row: Application, attachment: Attachment, action: str, by: User) -> None:
    record(
        action=action,
        obj=row,
        by=by,
        role="editor",
        scope=row.call.number,
        after={
            "file": attachment.pk,
            "document": attachment.document,
            "name": attachment.name,
            "size": attachment.size,
            "digest": attachment.digest,
        },
    )
