from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models import Call

USER = settings.AUTH_USER_MODEL


class Minutes(models.Model):
    """会议纪要 of the meeting that decides (厅务会, 联席会议): who took part, what was decided, and
    the signed paper. Recorded again under its number it has a new version, until a decision refers
    to it.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="minutes")
    number = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    held_on = models.DateField()
    participants = models.JSONField()  # one line a person: name, unit, office
    decisions = models.TextField()
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="minutes/", max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("call", "number", "version"), name="one_version_of_minutes"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(decisions=""), name="minutes_say_what"
            ),
        )

    def __str__(self) -> str:
        return self.number
