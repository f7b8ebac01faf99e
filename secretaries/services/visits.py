"""Visits, written down by the secretary and confirmed by the firm."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import uploads
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.services import record
from calendars.wording import day_of
from secretaries import facts, rules
from secretaries.models import ServiceAssignment, Visit, VisitKind, VisitPhoto
from secretaries.services import telling

PICTURES = frozenset({"jpg", "jpeg", "png"})
MOST_PHOTOS = 9


@transaction.atomic
def record_visit(
    *,
    assignment: ServiceAssignment,
    on: date,
    kind: str,
    people: str,
    summary: str,
    next_action: str = "",
    photos: "Sequence[UploadedFile[Any]]" = (),
    by: User,
) -> Visit:
    """Write down a visit; the firm is asked to confirm it.

    By whoever serves the project that day (the backup while the secretary is on leave). Refuses
    days before the appointment and in the future, empty texts, and what is no picture. The same
    visit sent twice is kept once.
    """
    row = (
        ServiceAssignment.objects.select_for_update(of=("self",))
        .select_related(
            "application__call", "application__firm", "application__region", "secretary"
        )
        .get(pk=assignment.pk)
    )
    now = clock.now()
    today = day_of(now)
    if not rules.serves(by, row.application, today):
        raise NotPermitted(_("Only the project's secretary on duty records visits."))
    if row.valid_to is not None:
        raise WrongState(_("This assignment has ended. Open the project again."))
    if not day_of(row.valid_from) <= on <= today:
        raise Invalid(_("The day must lie between the appointment and today."), "on")
    if kind not in VisitKind.values:
        raise Invalid(_("Choose on site, by phone or by video."), "kind")
    told = {
        "assignment": row,
        "on": on,
        "kind": kind,
        "people": _filled(people, "people", 200),
        "summary": _filled(summary, "summary", 4000),
        "next_action": next_action.strip()[:300],
    }
    if same := Visit.objects.filter(**told).first():
        return same
    checked = [(upload, _picture(upload)) for upload in photos]
    if len(checked) > MOST_PHOTOS:
        raise Invalid(_("Add at most %(most)s pictures.") % {"most": MOST_PHOTOS}, "photos")
    visit = Visit.objects.create(**told, recorded_by=by, recorded_at=now)
    once = {facts.digest: (upload, facts) for upload, facts in checked}
    VisitPhoto.objects.bulk_create(_kept(visit, *one) for one in once.values())
    record(
        action="visit.record",
        obj=visit,
        by=by,
        after=facts.visit_facts(visit),
        scope=row.application.call.number,
    )
    telling.visit_recorded(visit)
    return visit


@transaction.atomic
def confirm_visit(*, visit: Visit, by: User) -> Visit:
    """The firm confirms that a visit took place; then it stands."""
    row = (
        Visit.objects.select_for_update(of=("self",))
        .select_related(
            "assignment__application__call", "assignment__application__firm", "recorded_by"
        )
        .get(pk=visit.pk)
    )
    application = row.assignment.application
    if not rules.speaks_for_firm(by, application):
        raise NotVisible
    if row.confirmed_at is not None:
        raise WrongState(_("This visit has been confirmed already."))
    row.confirmed_by, row.confirmed_at = by, clock.now()
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    record(
        action="visit.confirm",
        obj=row,
        by=by,
        after=facts.visit_facts(row),
        scope=application.call.number,
    )
    telling.visit_confirmed(row, by)
    return row


def _picture(upload: "UploadedFile[Any]") -> uploads.Checked:
    if uploads.extension_of(upload) not in PICTURES:
        raise Invalid(_("Only JPG and PNG pictures are kept with a visit."), "photos")
    try:
        return uploads.check(upload)
    except Invalid as refused:
        raise Invalid(refused.message, "photos") from refused


def _kept(visit: Visit, upload: "UploadedFile[Any]", facts: uploads.Checked) -> VisitPhoto:
    """A picture of the visit, its file stored, its row not yet."""
    row = VisitPhoto(
        visit=visit,
        name=facts.name,
        size=facts.size,
        content_type=facts.content_type,
        digest=facts.digest,
    )
    upload.seek(0)
    name = f"{visit.pk}/{uuid.uuid4().hex}-{facts.digest[:16]}.{facts.extension}"
    row.file.save(name, upload, save=False)
    return row


def _filled(text: str, field: str, most: int) -> str:
    kept = text.strip()
    if not kept or len(kept) > most:
        raise Invalid(_("Fill this in, with at most %(most)s characters.") % {"most": most}, field)
    return kept
