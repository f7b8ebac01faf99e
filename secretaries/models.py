"""Service secretaries (工业项目服务秘书, article 五): who serves which project, visits, requests."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region
from applications.models import Application

USER = settings.AUTH_USER_MODEL


class ServiceSecretary(models.Model):
    """A person who may be appointed: regions and industries served, the most projects carried at once."""

    user = models.OneToOneField(USER, models.PROTECT, related_name="secretary")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="secretaries")
    regions = models.ManyToManyField(Region, related_name="secretaries")
    industries = ArrayField(
        models.CharField(max_length=30), default=list
    )  # Industry codes; empty: all
    max_load = models.PositiveSmallIntegerField(default=3)
    active_from = models.DateField()
    active_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(max_load__gte=1), name="secretary_load_at_least_one"
            ),
        )


class Leave(models.Model):
    secretary = models.ForeignKey(ServiceSecretary, models.PROTECT, related_name="leaves")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="leave_in_order"
            ),
        )


class ServiceAssignment(models.Model):
    """Who follows a project, from when to when. Exactly one current lead secretary a project."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="service_assignments")
    secretary = models.ForeignKey(ServiceSecretary, models.PROTECT, related_name="assignments")
    role = models.CharField(
        max_length=8,
        choices=(("lead", _("lead secretary")), ("support", _("supporting"))),
        default="lead",
    )
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    appointed_by = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+"
    )  # null: by the rules
    reason = models.JSONField()  # the rules' words: region, industry, load, duty
    handover_note = models.TextField(blank=True)
    first_contact_due = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("application",),
                condition=models.Q(valid_to__isnull=True, role="lead"),
                name="one_current_lead_secretary",
            ),
        )


class AppointmentGap(models.Model):
    """A project nobody was free to serve: the lead is told at once; closed by the appointment."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="appointment_gaps")
    reasons = models.JSONField()
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("application",),
                condition=models.Q(closed_at__isnull=True),
                name="one_open_gap",
            ),
        )


class Visit(models.Model):
    assignment = models.ForeignKey(ServiceAssignment, models.PROTECT, related_name="visits")
    on = models.DateField()
    kind = models.CharField(
        max_length=8,
        choices=(("site", _("on site")), ("phone", _("by phone")), ("video", _("by video"))),
    )
    people = models.CharField(max_length=200)
    summary = models.TextField()
    next_action = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")  # the firm
    confirmed_at = models.DateTimeField(null=True)


class RequestStatus(models.TextChoices):
    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered, waiting for the firm")
    CLOSED = "closed", _("closed")


class ServiceRequest(models.Model):
    """诉求: what the project needs; due by working days; never closed by its own maker alone."""

    number = models.CharField(max_length=24, unique=True)
    application = models.ForeignKey(Application, models.PROTECT, related_name="requests")
    category = models.CharField(
        max_length=10,
        choices=(
            ("land", _("land")),
            ("eia", _("environmental assessment")),
            ("energy", _("energy use")),
            ("finance", _("financing")),
            ("labour", _("labour")),
            ("utilities", _("water, power, gas")),
            ("permits", _("permits")),
            ("policy", _("policy")),
            ("other", _("other")),
        ),
    )
    level = models.CharField(
        max_length=8,
        choices=(("general", _("general")), ("complex", _("complex")), ("hard", _("hard"))),
    )
    text = models.TextField()
    status = models.CharField(max_length=8, choices=RequestStatus, default=RequestStatus.OPEN)
    raised_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    satisfied = models.BooleanField(null=True)

    class Meta:
        indexes = (models.Index(fields=("status", "due_at")),)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(closed_by=models.F("raised_by"))
                | models.Q(satisfied__isnull=False),
                name="maker_does_not_close_alone",
            ),
        )


class RequestAction(models.Model):
    """One act on a request. Append-only."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="actions")
    kind = models.CharField(
        max_length=10,
        choices=(
            ("raise", _("raised")),
            ("answer", _("answered")),
            ("reopen", _("reopened")),
            ("note", _("noted")),
            ("call_back", _("call-back recorded")),
            ("close", _("closed")),
        ),
    )
    text = models.TextField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
