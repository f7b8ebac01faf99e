"""The numbers of service by version."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from secretaries.models.people import refuse

USER = settings.AUTH_USER_MODEL


class ServiceSettings(models.Model):
    """One version of the numbers (`service_rules.ServiceRules`); the latest is in force.

    The first version comes with the release and has nobody.
    """

    version = models.PositiveSmallIntegerField(unique=True)
    values = models.JSONField()
    document_no = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    set_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.CheckConstraint(
                condition=Q(set_by__isnull=True) | ~Q(document_no="") & ~Q(reason=""),
                name="service_settings_say_why",
            ),
        )
        triggers = (
            refuse(
                "service_settings_stand",
                pgtrigger.Update | pgtrigger.Delete,
                "a version of the service settings is followed by another, not changed",
            ),
        )

    def __str__(self) -> str:
        return str(self.version)
