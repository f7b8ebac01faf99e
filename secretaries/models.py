"""Service secretaries (工业项目服务秘书, article 五): who serves which project."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region
from applications.models import Application

USER = settings.AUTH_USER_MODEL
Q, F = models.Q, models.F


def _refuse(name: str, operation: pgtrigger.Operation, message: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        operation=operation,
        when=pgtrigger.Before,
        func=f"RAISE EXCEPTION '{message}';",
    )


class ServiceSecretary(models.Model):
    """A person who may be appointed: places and industries served, the most projects at once."""

    user = models.OneToOneField(USER, models.PROTECT, related_name="secretary")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="secretaries")
    regions = models.ManyToManyField(Region, related_name="secretaries")
    industries = ArrayField(
        models.CharField(max_length=30), default=list, blank=True
    )  # Industry codes; empty: all
    max_load = models.PositiveSmallIntegerField(default=3)
    active_from = models.DateField()
    active_to = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(max_load__gte=1), name="secretary_load_at_least_one"
            ),
            models.CheckConstraint(
                condition=Q(active_to__isnull=True) | Q(active_from__lte=F("active_to")),
                name="secretary_term_in_order",
            ),
        )

    def __str__(self) -> str:
        return str(self.user)


class Leave(models.Model):
    """Days off duty, first and last included; cancelled, not deleted."""

    secretary = models.ForeignKey(ServiceSecretary, models.PROTECT, related_name="leaves")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="leave_in_order"
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
    backup = models.ForeignKey(
        ServiceSecretary, models.PROTECT, null=True, related_name="backing"
    )  # acts while the lead secretary is on leave
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
        indexes = (models.Index(fields=("secretary", "valid_to")),)
        constraints = (
            models.UniqueConstraint(
                fields=("application",),
                condition=Q(valid_to__isnull=True, role="lead"),
                name="one_current_lead_secretary",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="assignment_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(backup=F("secretary")), name="backup_is_somebody_else"
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="secretary_within_load",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__valid_to__isnull=True, new__role="lead"),
                declare=[("most", "integer"), ("held", "integer")],
                func="""
                    SELECT max_load INTO most FROM secretaries_servicesecretary
                     WHERE id = NEW.secretary_id FOR NO KEY UPDATE;
                    SELECT count(*) INTO held FROM secretaries_serviceassignment
                     WHERE secretary_id = NEW.secretary_id AND role = 'lead'
                       AND valid_to IS NULL AND id IS DISTINCT FROM NEW.id;
                    IF held >= most THEN
                        RAISE EXCEPTION 'secretary % already carries % of % projects',
                            NEW.secretary_id, held, most;
                    END IF;
                    RETURN NEW;
                """,
            ),
            _refuse("assignment_is_kept", pgtrigger.Delete, "an assignment is ended, not deleted"),
            pgtrigger.Trigger(
                name="ended_assignment_stands",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__valid_to__isnull=False),
                func="RAISE EXCEPTION 'an ended assignment cannot be changed';",
            ),
        )


class AppointmentGap(models.Model):
    """A project nobody was free to serve: the lead is told at once; closed by the appointment."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="appointment_gaps")
    reasons = models.JSONField()  # matching.Choice.counts
    found_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)  # the latest attempt
    due_at = models.DateTimeField()  # by when a secretary must be appointed
    provisional = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("application",),
                condition=Q(closed_at__isnull=True),
                name="one_open_gap",
            ),
        )


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
    days = models.PositiveSmallIntegerField()  # working days allowed, counted from `clock_from`
    clock_from = models.DateTimeField()  # raised, or reopened
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
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
        indexes = (models.Index(fields=("status", "due_at")),)
        constraints = (
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


class RequestAction(models.Model):
    """One act on a request. Append-only."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="actions")
    kind = models.CharField(
        max_length=10,
        choices=(
            ("raise", _("raised")),
            ("pass", _("passed to a department")),
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
            _refuse(
                "request_action_is_append_only",
                pgtrigger.Update | pgtrigger.Delete,
                "acts on a request are never changed",
            ),
        )
