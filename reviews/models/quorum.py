from django.conf import settings
from django.db import models

from applications.models import Call
from reviews.models.guards import NOT_EMPTIED, decided_once, kept, unchanged

USER = settings.AUTH_USER_MODEL


class Shortfall(models.Model):
    """Dossiers that go on with fewer scores than the rules ask for: why, and who agreed; two
    people.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="shortfalls")
    applications = models.JSONField()  # their ids, by number
    reason = models.TextField()
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("proposed_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(confirmed_by=models.F("proposed_by")),
                name="shortfall_by_two",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="shortfall_confirmed_by_somebody",
            ),
        )
        triggers = (
            NOT_EMPTIED,
            unchanged(
                "shortfall_stays", ("call", "applications", "reason", "proposed_by", "proposed_at")
            ),
            decided_once(),
            kept("shortfall_kept"),
        )

    def __str__(self) -> str:
        return f"{self.call.number} · {self.pk}"
