"""Corrections asked of a firm (一次性告知补正)."""

from applications.models import Application, CorrectionRequest


def open_correction(application: Application) -> CorrectionRequest | None:
    """The correction the firm still owes, if any."""
    return application.corrections.filter(answered_at__isnull=True).order_by("-id").first()


def correction_of(application: Application, stage: str) -> CorrectionRequest | None:
    """The one correction of a stage, answered or not."""
    return application.corrections.filter(stage=stage).first()
