"""What firms think of the service, and the quarterly appraisal of secretaries."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from secretaries.models.people import ServiceSecretary, refuse
from secretaries.models.requests import ServiceRequest

USER = settings.AUTH_USER_MODEL


class Satisfaction(models.Model):
    """The firm's mark for how its request was handled, 1 to 5; given once, after it is closed."""

    request = models.OneToOneField(ServiceRequest, models.PROTECT, related_name="satisfaction")
    score = models.PositiveSmallIntegerField()
    comment = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(score__range=(1, 5)), name="satisfaction_from_1_to_5"
            ),
        )
        triggers = (
            refuse(
                "satisfaction_stands",
                pgtrigger.Update | pgtrigger.Delete,
                "the mark of a firm is never changed",
            ),
        )

    def __str__(self) -> str:
        return str(self.request)


class SecretaryAppraisal(models.Model):
    """A secretary's quarter: the counts it stands on, the points, the weights' version."""

    secretary = models.ForeignKey(ServiceSecretary, models.PROTECT, related_name="appraisals")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    counts = models.JSONField()  # appraisal.Counts
    points = models.JSONField()  # by indicator, decimals as text; null: nothing to judge
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # of 100
    settings_version = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-year", "-quarter", "-score")
        constraints = (
            models.UniqueConstraint(
                fields=("secretary", "year", "quarter"), name="one_appraisal_a_quarter"
            ),
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="quarter_of_four"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)),
                name="appraisal_within_100",
            ),
        )
        triggers = (
            refuse(
                "appraisal_stands",
                pgtrigger.Update | pgtrigger.Delete,
                "an appraisal is never changed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.year}Q{self.quarter}"
