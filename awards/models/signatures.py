from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from awards.models.agreements import Agreement

USER = settings.AUTH_USER_MODEL


class Side(models.TextChoices):
    """Whose signature."""

    FIRM = "firm", pgettext_lazy("side of an agreement", "the firm")
    OFFICE = "office", pgettext_lazy("side of an agreement", "the department")


class Signature(models.Model):
    """签章: the file by which one side signed, a stamped scan or a PDF with an electronic seal.

    `provider`: whose seal ("" for a scan), `is_test`: the seal binds nobody, `certificate`: what
    the provider said of it.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=6, choices=Side)
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="agreements/", max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    provider = models.CharField(max_length=60, blank=True)
    is_test = models.BooleanField(default=False)
    certificate = models.JSONField(default=dict)
    signed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ("agreement_id", "side")
        constraints = (
            models.UniqueConstraint(fields=("agreement", "side"), name="one_signature_a_side"),
            models.CheckConstraint(condition=Q(size__gt=0), name="signature_has_a_file"),
            models.CheckConstraint(
                condition=Q(provider="", is_test=False, certificate={}) | ~Q(provider=""),
                name="a_scan_has_no_certificate",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agreement} · {self.side}"
