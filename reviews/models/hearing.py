"""答辩: who comes to the hearing, in which order, when and where, and what is kept of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from applications.models import Application, Call
from reviews.models.guards import APPEND_ONLY, kept, unchanged
from reviews.models.panels import Draw, Panel

USER = settings.AUTH_USER_MODEL


class Shortlist(models.Model):
    """The paper review's order and who comes to the hearing by the frozen rule. Append-only.

    `draw`: whose seed gives the order of the hearing; digest: SM3 over the entries.
    """

    call = models.OneToOneField(Call, models.PROTECT, related_name="shortlist")
    draw = models.ForeignKey(Draw, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        triggers = (APPEND_ONLY,)

    def __str__(self) -> str:
        return self.call.number


class ShortlistState(models.TextChoices):
    SHORTLISTED = "shortlisted", pgettext_lazy("entry of a shortlist", "shortlisted")
    BEYOND = "beyond", pgettext_lazy("entry of a shortlist", "beyond the shortlist")
    BELOW_FLOOR = "below_floor", pgettext_lazy("entry of a shortlist", "below the merit floor")
    VETOED = "vetoed", pgettext_lazy("entry of a shortlist", "vetoed")
    TOO_FEW = "too_few", pgettext_lazy("entry of a shortlist", "too few valid scores")


class ShortlistEntry(models.Model):
    """One dossier after the paper review; points with two decimals. Append-only.

    place: which it is at its panel's hearing, from 1; key: HMAC-SM3 of the seed, hex, that put it
    there. Both for the shortlisted only.
    """

    shortlist = models.ForeignKey(Shortlist, models.PROTECT, related_name="entries")
    application = models.OneToOneField(Application, models.PROTECT, related_name="hearing")
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="hearings")
    rank = models.PositiveIntegerField(null=True)
    total = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    quality = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    employment = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    state = models.CharField(max_length=11, choices=ShortlistState)
    place = models.PositiveSmallIntegerField(null=True)
    key = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("shortlist_id", models.F("rank").asc(nulls_last=True), "application_id")
        constraints = (
            models.UniqueConstraint(fields=("panel", "place"), name="one_hearing_per_place"),
            models.CheckConstraint(
                condition=Q(state="shortlisted", rank__isnull=False, place__gte=1) & ~Q(key="")
                | ~Q(state="shortlisted") & Q(place__isnull=True, key=""),
                name="shortlisted_has_a_place",
            ),
        )
        triggers = (APPEND_ONLY,)

    def __str__(self) -> str:
        return f"{self.application.number} · {self.state}"


class Sitting(models.Model):
    """When and where a panel hears its dossiers: the first at `starts_at`, the others after it."""

    panel = models.OneToOneField(Panel, models.PROTECT, related_name="sitting")
    starts_at = models.DateTimeField()
    venue = models.CharField(max_length=200)
    set_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(venue=""), name="sitting_has_a_venue"),
            models.CheckConstraint(
                condition=Q(starts_at__gt=models.F("set_at")), name="sitting_set_beforehand"
            ),
        )
        triggers = (unchanged("sitting_stays", ("panel",)), kept("sitting_kept"))

    def __str__(self) -> str:
        return f"{self.panel.call.number} · {self.panel.number}"


class HearingMinutes(models.Model):
    """The minutes of one dossier's hearing, or that the firm did not come. Append-only."""

    entry = models.OneToOneField(ShortlistEntry, models.PROTECT, related_name="minutes")
    came = models.BooleanField()
    number = models.CharField(max_length=80)
    text = models.TextField()
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "hearing minutes"
        constraints = (
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(text=""), name="minutes_have_number_and_text"
            ),
        )
        triggers = (APPEND_ONLY,)

    def __str__(self) -> str:
        return self.number
