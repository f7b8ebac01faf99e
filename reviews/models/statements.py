from django.conf import settings
from django.db import models

from reviews.models.guards import APPEND_ONLY, NOT_EMPTIED
from reviews.models.ranking import RankingEntry

USER = settings.AUTH_USER_MODEL


class PointsStatement(models.Model):
    """得分告知书: what the firm may read of how its dossier came to its points, frozen as it was
    given out. If that changes, because marks were voided or a ranking follows, the next is numbered
    on.
    """

    entry = models.ForeignKey(RankingEntry, models.PROTECT, related_name="statements")
    number = models.CharField(max_length=30, unique=True)  # 2026-1-0087-S1
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    issued_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    is_new = False  # True for the one whom the act just made

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("entry", "digest"), name="one_statement_per_content"),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return self.number
