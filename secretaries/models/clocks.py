"""The clocks of requests: limits in working days, pauses, extensions, who held it, who was told."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from secretaries.models.people import refuse

USER = settings.AUTH_USER_MODEL
Q, F = models.Q, models.F


class ClockKind(models.TextChoices):
    RESPONSE = "response", _("first reply")
    FINISH = "finish", _("settlement")


class ServiceClock(models.Model):
    """A limit in working days; the day of receipt is not counted.

    `half_on`, `near_on`, `due_at` are kept, so that lists and boards compare instants instead of
    counting days. While it stands still it has no due instant; `paused_days` were taken out by
    pauses that ended. A reopened request has a new clock; `previous` is the one before.
    """

    kind = models.CharField(max_length=8, choices=ClockKind)
    days = models.PositiveSmallIntegerField()  # an extension granted is in them
    extended = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    half_days = models.PositiveSmallIntegerField()  # used up when the first warning comes
    near_days = models.PositiveSmallIntegerField()  # … and the second
    half_on = models.DateField()
    near_on = models.DateField()
    due_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    paused_since = models.DateField(null=True)  # stands still from this day on, the day included
    paused_days = models.PositiveSmallIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=("due_at",), condition=Q(stopped_at__isnull=True), name="running"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(days__gte=1), name="clock_at_least_a_day"),
            models.CheckConstraint(
                condition=Q(paused_since__isnull=True, due_at__isnull=False)
                | Q(paused_since__isnull=False, due_at__isnull=True),
                name="clock_paused_or_due",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(paused_since__isnull=True),
                name="stopped_clock_is_not_paused",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gte=F("started_at")),
                name="clock_stops_after_start",
            ),
        )


class PauseReason(models.TextChoices):
    FIRM = "firm", _("waiting for the firm")
    SUPERIOR = "superior", _("waiting for a superior authority")
    LAW = "law", _("a period set by law (hearing, appraisal, publication)")


class ClockPause(models.Model):
    """A time in which a clock stands still, for a listed reason with evidence.

    `first` stands still, the day of resumption counts again: `last` is the day before it, and one
    before `first` where both are one day.
    """

    clock = models.ForeignKey(ServiceClock, models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=10, choices=PauseReason)
    evidence = models.TextField()
    first = models.DateField()
    last = models.DateField(null=True)
    begun_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ending = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("clock",), condition=Q(ended_at__isnull=True), name="one_open_pause"
            ),
            models.CheckConstraint(
                condition=Q(last__isnull=True, ended_by__isnull=True, ended_at__isnull=True)
                | Q(last__isnull=False, ended_by__isnull=False, ended_at__isnull=False),
                name="pause_ended_who_and_when",
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="pause_has_evidence"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="ended_pause_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
                func="RAISE EXCEPTION 'a pause that ended cannot be changed';",
            ),
        )


class RequestHold(models.Model):
    """A unit that holds a request: its own sub-clock. One leads at a time, others assist (协办).

    The one who leads begins on the day the one before ends, so their shares add up to the whole.
    """

    request = models.ForeignKey("ServiceRequest", models.PROTECT, related_name="holds")
    unit = models.CharField(max_length=80)
    is_office = models.BooleanField(default=False)  # the secretary's own
    is_support = models.BooleanField(default=False)
    since = models.DateTimeField()
    sign_due_at = models.DateTimeField(null=True)  # none for the secretary's own
    signed_at = models.DateTimeField(null=True)
    signed_name = models.CharField(max_length=60, blank=True)  # who signed at the unit
    until = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=10,
        blank=True,
        choices=(
            ("passed", _("passed on")),
            ("returned", _("sent back")),
            ("assisted", _("assistance given")),
            ("answered", _("answered")),
        ),
    )

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("request",),
                condition=Q(until__isnull=True, is_support=False),
                name="one_unit_holds_a_request",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True, outcome="")
                | Q(until__isnull=False) & ~Q(outcome=""),
                name="hold_ended_how",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="hold_in_order"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_name="")
                | Q(signed_at__isnull=False) & ~Q(signed_name=""),
                name="hold_signed_who_and_when",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="ended_hold_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__until__isnull=False),
                func="RAISE EXCEPTION 'what a unit held cannot be rewritten';",
            ),
        )

    def __str__(self) -> str:
        return self.unit


class Extension(models.Model):
    """More time, asked for once by the secretary before the due day, granted one level up."""

    request = models.OneToOneField("ServiceRequest", models.PROTECT, related_name="extension")
    days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    decision = models.TextField(blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(granted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="extension_decided_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")), name="extension_asked_and_granted_by_two"
            ),
            models.CheckConstraint(condition=Q(days__gte=1), name="extension_at_least_a_day"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="decided_extension_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__granted__isnull=False),
                func="RAISE EXCEPTION 'a decision on more time stands';",
            ),
        )


class Rung(models.TextChoices):
    """`SIGN` stands beside the ladder: a unit's own sub-clock for signing ran over."""

    HALF = "half", _("half of the time used")
    NEAR = "near", _("time nearly used up")
    UNIT = "unit", _("overdue: the unit's head")
    CITY = "city", _("overdue: the city's convenor")
    PROVINCE = "province", _("overdue: the provincial task force")
    INQUIRY = "inquiry", _("overdue: inquiry opened")
    SIGN = "sign", _("not signed for in time")


class Escalation(models.Model):
    """A rung of the ladder that a clock has reached, or a unit that did not sign in time (`hold`);
    told once. Append-only."""

    clock = models.ForeignKey(ServiceClock, models.PROTECT, related_name="escalations")
    hold = models.OneToOneField(RequestHold, models.PROTECT, null=True, related_name="escalation")
    rung = models.CharField(max_length=8, choices=Rung)
    at = models.DateTimeField()
    overdue = models.PositiveSmallIntegerField(default=0)  # working days
    told = models.JSONField(default=list)  # the names of who was told

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("clock", "rung"), condition=Q(hold__isnull=True), name="one_telling_a_rung"
            ),
            models.CheckConstraint(
                condition=Q(rung="sign", hold__isnull=False)
                | ~Q(rung="sign") & Q(hold__isnull=True),
                name="unsigned_names_its_hold",
            ),
        )
        triggers = (
            refuse(
                "escalation_is_append_only",
                pgtrigger.Update | pgtrigger.Delete,
                "an escalation is never changed",
            ),
        )

    def __str__(self) -> str:
        return str(self.get_rung_display())
