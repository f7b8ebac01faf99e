"""Corrections asked of a firm (一次性告知补正)."""

from applications.models import Application, CorrectionRequest
from audit.clock import NOW


def open_correction(application: Application) -> CorrectionRequest | None:
    """The correction the firm still owes, if any; with the instant as `.now`."""
    owed = application.corrections.filter(answered_at__isnull=True).annotate(now=NOW)
    return owed.order_by("-id").first()


def correction_of(application: Application, stage: str) -> CorrectionRequest | None:
    """The one correction of a stage, answered or not."""
    return application.corrections.filter(stage=stage).first()
