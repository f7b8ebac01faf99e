"""现场核查: what at least two people found on the spot, beside what the dossier says.

The submission is never altered. What stands of a dossier is its last confirmed finding: the value
found of every figure, and a veto if one was met.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from applications.models import Application, Submission
from reviews.models.guards import APPEND_ONLY, NOT_EMPTIED, kept, unchanged
from reviews.models.site_guards import (
    check_moves,
    check_starts,
    checker_is_apart,
    figure_of_its_check,
    finding_decided,
    finding_starts,
    view_in_time,
)

USER = settings.AUTH_USER_MODEL


class CheckState(models.TextChoices):
    ORDERED = "ordered", pgettext_lazy("site check", "ordered")
    RECORDED = "recorded", pgettext_lazy("site check", "found, not confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("site check", "confirmed")
    CALLED_OFF = "called_off", pgettext_lazy("site check", "called off")


OPEN_CHECKS = (CheckState.ORDERED, CheckState.RECORDED)


class SiteCheck(models.Model):
    """A check of one dossier that an officer ordered, with its day; its people are `checkers`."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="site_checks")
    day = models.DateField()
    reason = models.CharField(max_length=400)
    state = models.CharField(max_length=10, choices=CheckState, default=CheckState.ORDERED)
    ordered_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    called_off_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    called_off_at = models.DateTimeField(null=True)
    called_off_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("ordered_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("application",),
                condition=Q(state__in=("ordered", "recorded")),
                name="one_open_site_check",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="called_off", called_off_by__isnull=False, called_off_at__isnull=False
                )
                & ~Q(called_off_reason="")
                | ~Q(state="called_off")
                & Q(called_off_by__isnull=True, called_off_at__isnull=True, called_off_reason=""),
                name="site_check_called_off_who_and_why",
            ),
        )
        triggers = (
            NOT_EMPTIED,
            check_starts(),
            check_moves(),
            unchanged(
                "site_check_stays", ("application", "day", "reason", "ordered_by", "ordered_at")
            ),
            kept("site_check_kept"),
        )

    def __str__(self) -> str:
        return f"{self.application.number} · {self.day.isoformat()}"


class SiteChecker(models.Model):
    """One of the people who go; never an expert or a scribe of the call. Append-only."""

    site_check = models.ForeignKey(SiteCheck, models.PROTECT, related_name="checkers")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("site_check", "user"), name="checker_once_per_check"),
        )
        triggers = (checker_is_apart(), APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return str(self.user)


class SiteEvidence(models.Model):
    """A file from the spot, stored under its digest. Append-only."""

    site_check = models.ForeignKey(SiteCheck, models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="site/", max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("site_check", "digest"), name="evidence_once"),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return self.name


class FindingState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("finding of a site check", "waits for the second checker")
    CONFIRMED = "confirmed", pgettext_lazy("finding of a site check", "confirmed")
    RETURNED = "returned", pgettext_lazy("finding of a site check", "sent back")


class SiteFinding(models.Model):
    """What one checker recorded, and another confirmed or sent back.

    corrections: how many figures differ from the dossier; veto: the code of one of the call's
    items that are vetoes, or ""; digest: SM3 of the content with every figure; the firm may state
    its view until `view_by`, which is provisional while that year's holidays are not published.
    """

    site_check = models.ForeignKey(SiteCheck, models.PROTECT, related_name="findings")
    version = models.PositiveSmallIntegerField()
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    visited_on = models.DateField()
    text = models.TextField()
    veto = models.CharField(max_length=30, blank=True)
    veto_reason = models.TextField(blank=True)
    corrections = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    maker = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    view_by = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=FindingState, default=FindingState.PENDING)
    checker = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    returned_why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("made_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("site_check", "version"), name="one_finding_per_version"
            ),
            models.UniqueConstraint(
                fields=("site_check",), condition=Q(state="pending"), name="one_pending_finding"
            ),
            models.UniqueConstraint(
                fields=("site_check",), condition=Q(state="confirmed"), name="one_confirmed_finding"
            ),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("maker")),
                name="finding_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", checker__isnull=True, decided_at__isnull=True)
                | ~Q(state="pending") & Q(checker__isnull=False, decided_at__isnull=False),
                name="finding_decided_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="returned") & ~Q(returned_why="")
                | ~Q(state="returned") & Q(returned_why=""),
                name="finding_returned_why",
            ),
            models.CheckConstraint(
                condition=Q(veto="", veto_reason="") | ~Q(veto="") & ~Q(veto_reason=""),
                name="veto_has_its_reason",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="finding_says_something"),
        )
        triggers = (
            NOT_EMPTIED,
            finding_starts(),
            finding_decided(),
            unchanged(
                "finding_stays",
                (
                    "site_check",
                    "version",
                    "submission",
                    "visited_on",
                    "text",
                    "veto",
                    "veto_reason",
                    "corrections",
                    "digest",
                    "maker",
                    "made_at",
                ),
            ),
            unchanged("view_time_stays", ("view_by", "provisional"), when="NOT OLD.provisional"),
            unchanged(
                "finding_decided_once",
                ("state", "checker", "decided_at", "returned_why"),
                when="OLD.state <> 'pending'",
            ),
            kept("finding_kept"),
        )

    def __str__(self) -> str:
        return f"{self.site_check} · {self.version}"

    @property
    def is_against_the_firm(self) -> bool:
        """Whether it says anything else than the dossier: then the firm is heard first."""
        return bool(self.corrections or self.veto)


class SiteFigure(models.Model):
    """One figure as the dossier has it and as it was found, in stored form. Append-only.

    unit: yuan, mu, persons, yes_no or choice. What differs has a reason and a file.
    """

    finding = models.ForeignKey(SiteFinding, models.PROTECT, related_name="figures")
    field = models.CharField(max_length=40)
    unit = models.CharField(max_length=8)
    submitted = models.CharField(max_length=60, blank=True)
    found = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    evidence = models.ForeignKey(SiteEvidence, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("finding", "field"), name="figure_once_per_finding"),
            models.CheckConstraint(
                condition=Q(found=F("submitted")) | ~Q(reason="") & Q(evidence__isnull=False),
                name="difference_has_reason_and_evidence",
            ),
        )
        triggers = (figure_of_its_check(), APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return self.field

    @property
    def differs(self) -> bool:
        return self.found != self.submitted


class SiteView(models.Model):
    """What the firm says to a finding, in time and once. Append-only."""

    finding = models.OneToOneField(SiteFinding, models.PROTECT, related_name="view")
    text = models.TextField()
    stated_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="view_says_something"),)
        triggers = (view_in_time(), APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return str(self.finding)
