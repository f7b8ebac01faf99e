"""What verification compares: frozen rows with their digests, states with the last event."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from applications.models import (
    Application,
    Attachment,
    Call,
    CallEdition,
    CreditRecord,
    Submission,
)
from applications.services.credit import credit_facts
from audit.digests import canonical, sm3
from audit.models import Event
from audit.witnesses import last_after

APPLICATION = "applications.application"
CALL = "applications.call"


def submissions() -> Iterator[str]:
    """Every submission still has the content its digest was taken from, as the log says."""
    logged = {
        e.after["receipt"]: e.after["digest"]
        for e in Event.objects.filter(
            object_type=APPLICATION,
            action__in=(
                "application.submit",
                "application.resubmit_to_region",
                "application.resubmit_to_screening",
            ),
        ).only("after")
        if e.after
    }
    for submission in Submission.objects.iterator(chunk_size=200):
        if sm3(canonical(submission.content)) != submission.digest:
            yield _("submission %(receipt)s: the content was altered") % {
                "receipt": submission.receipt
            }
        if logged.pop(submission.receipt, None) != submission.digest:
            yield _("submission %(receipt)s: the log has another digest or none") % {
                "receipt": submission.receipt
            }
    for receipt in sorted(logged):
        yield _("submission %(receipt)s: the row is missing") % {"receipt": receipt}


def editions() -> Iterator[str]:
    """Every published edition still has the content its digest was taken from."""
    for edition in CallEdition.objects.select_related("call"):
        if sm3(canonical(edition.content)) != edition.digest:
            yield _("call %(number)s, edition %(version)s: the content was altered") % {
                "number": edition.call.number,
                "version": edition.version,
            }


def states() -> Iterator[str]:
    """Every dossier stands where its last step left it."""
    steps = (
        Event.objects.filter(object_type=APPLICATION, action__startswith="application.")
        .exclude(target="")
        .order_by("object_id", "-id")
        .distinct("object_id")
        .values_list("object_id", "target")
    )
    last = dict(steps)
    for pk, label, status in Application.objects.values_list("pk", "title", "status"):
        target = last.get(str(pk))
        if target != status:
            yield _(
                "dossier %(pk)s (%(title)s): its state is %(status)s, the log says %(target)s"
            ) % {
                "pk": pk,
                "title": label,
                "status": status,
                "target": target or "—",
            }


def calls() -> Iterator[str]:
    """Every call stands where its last step left it."""
    steps = (
        Event.objects.filter(object_type=CALL, action__startswith="call.")
        .exclude(target="")
        .order_by("object_id", "-id")
        .distinct("object_id")
        .values_list("object_id", "target")
    )
    last = dict(steps)
    for pk, number, status in Call.objects.values_list("pk", "number", "status"):
        target = last.get(str(pk))
        if target != status:
            yield _("call %(number)s: its state is %(status)s, the log says %(target)s") % {
                "number": number,
                "status": status,
                "target": target or "—",
            }


def files() -> Iterator[str]:
    """Every file that a submission names is there with the digest that was submitted."""
    kept = dict(Attachment.objects.values_list("pk", "digest"))
    for receipt, content in Submission.objects.values_list("receipt", "content"):
        for named in content["attachments"]:
            if kept.get(named["id"]) != named["digest"]:
                yield _("submission %(receipt)s: the file “%(name)s” is missing or altered") % {
                    "receipt": receipt,
                    "name": named["name"],
                }


def credit() -> Iterator[str]:
    """Credit records that projects made say what was recorded, objected and decided."""
    yield from last_after(CreditRecord.objects.filter(application__isnull=False), credit_facts)
