from django.conf import settings
from django.db import models

from applications.models import Application
from reviews.models.guards import APPEND_ONLY, NOT_EMPTIED
from reviews.models.pool import Expert


class NamedDecision(models.Model):
    """An officer's word whether a person whom a firm named is this expert, who has the same name
    and another employer. The last one on a pair counts.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="named_decisions")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="named_decisions")
    same = models.BooleanField()
    reason = models.CharField(max_length=400)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("decided_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="named_decision_has_reason"
            ),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return f"{self.application.number} · {self.expert.pseudonym}"
