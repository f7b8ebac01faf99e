"""Service secretaries (工业项目服务秘书, article 五): who serves which project."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region
from applications.models import Application

USER = settings.AUTH_USER_MODEL
Q, F = models.Q, models.F


def refuse(name: str, operation: pgtrigger.Operation, message: str) -> pgtrigger.Trigger:
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


ADDED = "SELECT id, secretary_id FROM fresh WHERE role = 'lead' AND valid_to IS NULL"
FORMER = "SELECT id, secretary_id FROM former WHERE role = 'lead' AND valid_to IS NULL"
WITHIN_LOAD = """
    SELECT array_agg(DISTINCT secretary_id) INTO taken FROM ({added}) AS added;
    PERFORM 1 FROM secretaries_servicesecretary
      WHERE id = ANY(taken) ORDER BY id FOR NO KEY UPDATE;
    SELECT secretary.id, secretary.max_load, count(*) AS held INTO beyond
      FROM secretaries_servicesecretary secretary
      JOIN secretaries_serviceassignment assignment
        ON assignment.secretary_id = secretary.id
     WHERE secretary.id = ANY(taken)
       AND assignment.role = 'lead' AND assignment.valid_to IS NULL
     GROUP BY secretary.id HAVING count(*) > secretary.max_load
     ORDER BY secretary.id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'secretary % would carry % of % projects',
            beyond.id, beyond.held, beyond.max_load;
    END IF;
    RETURN NULL;
"""


def _within_load(name: str, operation: Any, added: str, **tables: str) -> pgtrigger.Trigger:
    """Once a statement: two thousand appointments are one. Who is `added` to a secretary counts,
    not who is there already when the lead lowers the limit. The lock makes those who appoint the
    same person count one after the other."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        operation=operation,
        when=pgtrigger.After,
        referencing=pgtrigger.Referencing(**tables),  # type: ignore[no-untyped-call]  # untyped
        declare=[("taken", "bigint[]"), ("beyond", "record")],
        func=WITHIN_LOAD.format(added=added),
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
            _within_load("secretary_within_load", pgtrigger.Insert, ADDED, new="fresh"),
            _within_load(
                "secretary_stays_within_load",
                pgtrigger.Update,
                f"{ADDED} EXCEPT {FORMER}",
                old="former",
                new="fresh",
            ),
            refuse("assignment_is_kept", pgtrigger.Delete, "an assignment is ended, not deleted"),
            pgtrigger.Trigger(
                name="ended_assignment_stands",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__valid_to__isnull=False),
                func="RAISE EXCEPTION 'an ended assignment cannot be changed';",
            ),
        )

    def __str__(self) -> str:
        return str(self.application)


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
