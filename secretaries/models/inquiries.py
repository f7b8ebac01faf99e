"""Why a request ran past its time, found out afterwards (超时倒查)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from secretaries.models.clocks import ClockKind
from secretaries.models.requests import ServiceRequest

USER = settings.AUTH_USER_MODEL
Q, F = models.Q, models.F


class InquiryFinding(models.TextChoices):
    AT_FAULT = "at_fault", _("at fault")
    NOT_AT_FAULT = "no_fault", _("not at fault")


class InquiryCause(models.TextChoices):
    UNIT = "unit", _("a unit kept it too long")
    FOLLOW_UP = "follow_up", _("it was not followed up")
    CONDITIONS = "conditions", _("conditions outside the unit's reach")
    OTHER = "other", _("other")


class OverdueInquiry(models.Model):
    """超时倒查: opened by itself; names the step that used up the time; closed by the lead.

    `subject` served the project when it was opened and never closes it; `shares` are the
    sub-clocks at that instant: [[unit, working days], …].
    """

    request = models.OneToOneField(ServiceRequest, models.PROTECT, related_name="inquiry")
    opened_at = models.DateTimeField()
    clock = models.CharField(max_length=8, choices=ClockKind)  # which of the two ran over
    overdue = models.PositiveSmallIntegerField()  # working days when it was opened
    step = models.CharField(max_length=80)  # the unit that took most of the time
    step_days = models.PositiveSmallIntegerField()
    shares = models.JSONField()
    subject = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, blank=True, choices=InquiryCause)
    responsible = models.CharField(max_length=80, blank=True)  # the unit found responsible
    finding = models.CharField(max_length=10, blank=True, choices=InquiryFinding)
    measures = models.TextField(blank=True)
    closed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True, finding="")
                | Q(closed_by__isnull=False, closed_at__isnull=False)
                & ~Q(finding="")
                & ~Q(cause="")
                & ~Q(responsible="")
                & ~Q(measures=""),
                name="inquiry_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(explained_by__isnull=True, explained_at__isnull=True, explanation="")
                | Q(explained_by__isnull=False, explained_at__isnull=False) & ~Q(explanation=""),
                name="inquiry_explained_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(closed_by=F("subject")) & ~Q(closed_by=F("explained_by")),
                name="inquiry_not_closed_by_its_subject",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="closed_inquiry_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
                func="RAISE EXCEPTION 'a closed inquiry cannot be changed';",
            ),
        )

    def __str__(self) -> str:
        return str(self.request)
