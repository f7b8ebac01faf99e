from django.db import models

from reviews.models.guards import APPEND_ONLY, NOT_EMPTIED
from reviews.models.ranking import Ranking

PARTS = ("agreement", "weights", "people", "ranks", "knapsack")


class AnalysisPart(models.Model):
    """One part of how sure a ranking is, kept as soon as it is computed: what is there is done.

    A worker that dies loses the part at hand and no other. Append-only.
    """

    ranking = models.ForeignKey(Ranking, models.PROTECT, related_name="analysis_parts")
    name = models.CharField(max_length=12, choices=[(name, name) for name in PARTS])
    data = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("ranking", "name"), name="one_analysis_part"),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return f"{self.ranking} · {self.name}"


class Analysis(models.Model):
    """How sure a ranking is, all parts together. Advisory: nothing reads it to decide. Append-only.

    data: part → its content, see `reviews.certainty.of_ranking`; digest: SM3 of its canonical form.
    """

    ranking = models.OneToOneField(Ranking, models.PROTECT, related_name="analysis")
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "analyses"
        triggers = (APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return str(self.ranking)
