"""What a project needs, and every act on it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from secretaries.models.clocks import ServiceClock
from secretaries.models.people import refuse

USER = settings.AUTH_USER_MODEL
Q, F = models.Q, models.F


class RequestStatus(models.TextChoices):
    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered, waiting for the firm")
    CLOSED = "closed", _("settled")


class RequestLevel(models.TextChoices):
    GENERAL = "general", _("general")
    COMPLEX = "complex", _("complex")
    HARD = "hard", _("hard")


class RequestCategory(models.TextChoices):
    LAND = "land", _("land")
    EIA = "eia", _("environmental assessment")
    ENERGY = "energy", _("energy use")
    FINANCE = "finance", _("financing")
    LABOUR = "labour", _("labour")
    UTILITIES = "utilities", _("water, power, gas")
    PERMITS = "permits", _("permits")
    POLICY = "policy", _("policy")
    OTHER = "other", _("other")


class CloseHow(models.TextChoices):
    CONFIRMED = "confirmed", _("the firm confirmed")
    SILENT = "silent", _("no word from the firm, called back")
    LEAD = "lead", _("decided by the lead")


class ServiceRequest(models.Model):
    """诉求: what the project needs; due by working days; never closed by its own maker alone."""

    number = models.CharField(max_length=24, unique=True)  # SQ-2026-0001, in the order raised
    application = models.ForeignKey(Application, models.PROTECT, related_name="requests")
    category = models.CharField(max_length=10, choices=RequestCategory)
    level = models.CharField(max_length=8, choices=RequestLevel)
    title = models.CharField(max_length=80)
    text = models.TextField()
    status = models.CharField(max_length=8, choices=RequestStatus, default=RequestStatus.OPEN)
    raised_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    raised_side = models.CharField(
        max_length=6,
        choices=(("firm", _("the firm")), ("office", _("the secretary, for the firm"))),
    )
    raised_at = models.DateTimeField()
    sent_form = models.CharField(max_length=40, blank=True)  # the opened form it came from
    # Until the answer; another one begins when the request is reopened.
    finish = models.OneToOneField(ServiceClock, models.PROTECT, related_name="request")
    response = models.OneToOneField(ServiceClock, models.PROTECT, related_name="+")
    with_unit = models.CharField(max_length=80, blank=True)  # which department holds it now
    reopened = models.BooleanField(default=False)
    contested = models.BooleanField(default=False)  # the second answer did not satisfy either
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    closed_how = models.CharField(max_length=10, blank=True, choices=CloseHow)
    satisfied = models.BooleanField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("status", "application")),)
        constraints = (
            models.UniqueConstraint(
                fields=("application", "raised_by", "sent_form"),
                condition=~Q(sent_form=""),
                name="one_request_a_form",
            ),
            models.CheckConstraint(
                condition=Q(
                    closed_at__isnull=True,
                    closed_by__isnull=True,
                    closed_how="",
                    satisfied__isnull=True,
                )
                & ~Q(status="closed")
                | Q(closed_at__isnull=False, closed_by__isnull=False, status="closed")
                & ~Q(closed_how=""),
                name="request_closed_who_when_how",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True)
                | ~Q(closed_by=F("raised_by"))
                | Q(raised_side="firm", closed_how="confirmed"),
                name="maker_does_not_close_alone",
            ),
            models.CheckConstraint(
                condition=~Q(closed_how="confirmed") | Q(satisfied__isnull=False),
                name="confirmed_says_satisfied_or_not",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="closed_request_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__status="closed"),
                func="RAISE EXCEPTION 'a closed request cannot be changed';",
            ),
        )

    def __str__(self) -> str:
        return self.number


class RequestAction(models.Model):
    """One act on a request. Append-only."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="actions")
    kind = models.CharField(
        max_length=10,
        choices=(
            ("raise", _("raised")),
            ("pass", _("passed to a department")),
            ("sign", _("signed for by the department")),
            ("return", _("sent back by the department")),
            ("assist", _("assistance asked for")),
            ("assisted", _("assistance given")),
            ("pause", _("clock paused")),
            ("resume", _("clock resumed")),
            ("extend", _("more time asked for")),
            ("grant", _("more time granted")),
            ("refuse", _("more time refused")),
            ("reply", _("first reply")),
            ("answer", _("answered")),
            ("reopen", _("reopened")),
            ("note", _("noted")),
            ("contest", _("not accepted")),
            ("call_back", _("call-back recorded")),
            ("close", _("settled")),
        ),
    )
    text = models.TextField(blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        triggers = (
            refuse(
                "request_action_is_append_only",
                pgtrigger.Update | pgtrigger.Delete,
                "acts on a request are never changed",
            ),
        )
