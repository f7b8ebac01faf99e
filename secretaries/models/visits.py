"""Visits to a project."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from secretaries.models.people import ServiceAssignment, refuse

USER = settings.AUTH_USER_MODEL
Q, F = models.Q, models.F


class VisitKind(models.TextChoices):
    SITE = "site", _("on site")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")


class Visit(models.Model):
    """A visit as the secretary wrote it down, and the firm's word that it took place."""

    assignment = models.ForeignKey(ServiceAssignment, models.PROTECT, related_name="visits")
    on = models.DateField()
    kind = models.CharField(max_length=8, choices=VisitKind)
    people = models.CharField(max_length=200)
    summary = models.TextField()
    next_action = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")  # the firm
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("assignment", "-on")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="visit_confirmed_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("recorded_by")), name="visit_not_confirmed_by_its_maker"
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="confirmed_visit_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False),
                func="RAISE EXCEPTION 'a confirmed visit cannot be changed';",
            ),
        )

    def __str__(self) -> str:
        return f"{self.assignment} {self.on}"


class VisitPhoto(models.Model):
    """A picture taken on a visit; kept with it, never exchanged."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos")
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="visits/", max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("visit", "digest"), name="one_photo_once"),)
        triggers = (
            refuse(
                "visit_photo_stands",
                pgtrigger.Update | pgtrigger.Delete,
                "a picture of a visit is never changed",
            ),
        )

    def __str__(self) -> str:
        return self.name
