"""Messages and jobs as rows: written with the act they tell of, carried by Celery afterwards."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

NOW = models.Func(function="steelyard_now")


class Message(models.Model):
    """One notice to one person. The row is the inbox entry; deliveries carry it further."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages_received"
    )
    context = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(db_default=NOW)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("recipient", "-id")),)

    def __str__(self) -> str:
        return self.key


class Round(models.Model):
    """A daily round that was made: the reminders of a morning, for example."""

    name = models.CharField(max_length=40)
    day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("name", "day"), name="one_round_a_day"),)

    def __str__(self) -> str:
        return f"{self.name} {self.day}"


class Outgoing(models.TextChoices):
    PENDING = "pending", _("waiting")
    DONE = "done", _("delivered")
    DEAD = "dead", _("given up")


class Delivery(models.Model):
    """A message on its way through one channel."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=Outgoing, default=Outgoing.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=NOW)
    tried_at = models.DateTimeField(null=True)  # the last attempt, for channels with a pace
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("message", "channel"), name="one_delivery_per_channel"),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=models.Q(state="pending"), name="delivery_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id}.{self.channel}"


class DigestLine(models.Model):
    """A message that a mail of the whole day tells, and when one has told it."""

    message = models.OneToOneField(Message, models.PROTECT, related_name="digest_line")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("message",), condition=models.Q(sent_at=None), name="digest_untold"
            ),
        )

    def __str__(self) -> str:
        return str(self.message_id)


class Job(models.Model):
    """A piece of work for a Celery task, written in the transaction that asks for it."""

    key = models.CharField(max_length=200, unique=True)
    task = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=Outgoing, default=Outgoing.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=NOW)
    due_at = models.DateTimeField(db_default=NOW)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("due_at",), condition=models.Q(state="pending"), name="job_due"),
        )

    def __str__(self) -> str:
        return self.key
