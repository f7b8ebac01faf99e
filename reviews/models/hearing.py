"""答辩: who comes to the hearing, in which order, when and where, and what is kept of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from applications.models import Application, Call
from reviews.models.guards import APPEND_ONLY, NOT_EMPTIED, kept, unchanged
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
        triggers = (APPEND_ONLY, NOT_EMPTIED)

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
        triggers = (APPEND_ONLY, NOT_EMPTIED)

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
        triggers = (NOT_EMPTIED, unchanged("sitting_stays", ("panel",)), kept("sitting_kept"))

    def __str__(self) -> str:
        return f"{self.panel.call.number} · {self.panel.number}"


class HearingMinutes(models.Model):
    """The minutes of one dossier's hearing, or that the firm did not come. Append-only: what was
    wrong in them is said by a correction beside them.
    """

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
        triggers = (APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return self.number


class MinutesCorrection(models.Model):
    """Number and text that the minutes of a hearing should have, and why; the next version of them
    once a second person has confirmed it. Whether the firm came is never corrected: sheets were
    voided on it.

    version: from 2 on, the minutes themselves being the first. accepted: None while it waits.
    """

    minutes = models.ForeignKey(HearingMinutes, models.PROTECT, related_name="corrections")
    version = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=80)
    text = models.TextField()
    reason = models.CharField(max_length=400)
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    accepted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("version",)
        constraints = (
            models.UniqueConstraint(fields=("minutes", "version"), name="one_correction_a_version"),
            models.UniqueConstraint(
                fields=("minutes",),
                condition=Q(accepted__isnull=True),
                name="one_pending_correction",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=2) & ~Q(number="") & ~Q(text="") & ~Q(reason=""),
                name="correction_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(accepted__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(accepted__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=models.F("proposed_by")),
                name="correction_decided_by_another",
            ),
        )
        triggers = (
            NOT_EMPTIED,
            unchanged(
                "correction_stays",
                ("minutes", "version", "number", "text", "reason", "proposed_by", "proposed_at"),
            ),
            unchanged(
                "correction_decided_once",
                ("accepted", "decided_by", "decided_at"),
                when="OLD.accepted IS NOT NULL",
            ),
            kept("correction_kept"),
        )

    def __str__(self) -> str:
        return f"{self.number} · {self.version}"
