"""The event log and its seal. No foreign keys: what happened outlives what it happened to."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """What this database is: one row, with the log's identity and the rehearsal's clock.

    `offset` is how far a rehearsal's clock is ahead of the database's own, or behind it: set
    freely while nothing is recorded yet, moved forward only from then on.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    log_id = models.UUIDField(default=uuid.uuid4)
    is_rehearsal = models.BooleanField(default=False)
    offset = models.DurationField(default=timedelta)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_installation"),
            models.CheckConstraint(
                condition=Q(is_rehearsal=True) | Q(offset=timedelta()),
                name="offset_only_in_rehearsal",
            ),
        ]

    def __str__(self) -> str:
        return str(self.log_id)


class Event(models.Model):
    """One act: who, in which role, when, from where, why, on what, before and after.

    Rows are only ever added; triggers refuse the rest. `mac` is HMAC-SM3 over all other
    fields, so that a row altered or added behind the application's back is found.
    """

    at = models.DateTimeField(_("when"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=40, blank=True)
    action = models.CharField(_("act"), max_length=80)
    object_type = models.CharField(max_length=100, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_label = models.CharField(_("on what"), max_length=200, blank=True)
    scope = models.CharField(_("call"), max_length=40, blank=True)
    source = models.CharField(_("state before"), max_length=40, blank=True)
    target = models.CharField(_("state after"), max_length=40, blank=True)
    reason = models.TextField(_("why"), blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    origin = models.CharField(_("from where"), max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="event_by_object"),
            models.Index(fields=["actor_id", "id"], name="event_by_actor"),
            models.Index(fields=["action", "id"], name="event_by_action"),
            models.Index(fields=["scope", "id"], name="event_by_scope"),
            models.Index(fields=["at"], name="event_by_time"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(action=""), name="event_has_action"),
            models.CheckConstraint(
                condition=Q(object_type="", object_id="") | (~Q(object_type="") & ~Q(object_id="")),
                name="event_object_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"


class Unsealed(models.Model):
    """An event that waits for its seal. A trigger fills this queue, the sealer empties it."""

    event_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)


class Seal(models.Model):
    """The place of one event in the chain.

    `position` counts from 1 without gaps, in the order of sealing (ids may be committed out of
    order). `digest` is SM3 over the whole event; `fields` a CRC-32 of each field, which only
    serves to name the altered one; `chain` is HMAC-SM3 over the previous chain value and this
    row, so that nobody without the key can write another chain.
    """

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    fields = models.CharField(max_length=160)
    chain = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=1), name="seal_position_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.event_id}"


class SentForm(models.Model):
    """A form that made a record, by the key of its token and its content (`audit.once`)."""

    key = models.CharField(max_length=64, unique=True)
    object_id = models.BigIntegerField(null=True)  # null only while the record is being made
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
