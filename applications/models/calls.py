from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from applications.call_rules import CallRules
from applications.models.guards import (
    APPEND_ONLY,
    kept_once_proposed,
    stays_published,
    unchanged,
)

if TYPE_CHECKING:
    from datetime import date, datetime


def _localised(zh: str, en: str) -> str:
    return en if (get_language() or "").startswith("en") and en else zh


class Industry(models.Model):
    """An industry of the catalogue (承接产业目录) and the regions that name it their cluster."""

    code = models.CharField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    catalogue = models.CharField(
        max_length=12,
        choices=(
            ("catalogue", _("in the catalogue")),
            ("encouraged", _("encouraged only")),
            ("none", _("not listed")),
            ("restricted", _("restricted or phased out")),
        ),
        default="catalogue",
    )
    clusters = models.ManyToManyField(Region, related_name="cluster_industries", blank=True)
    references = models.JSONField(
        default=dict, blank=True
    )  # formula leaf code -> reference, for this panel group

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return _localised(self.name_zh, self.name_en)


class Scheme(models.Model):
    """A support measure of the policy: its article, its award method, its yearly ceiling."""

    code = models.CharField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    policy = models.CharField(max_length=60)
    article = models.CharField(max_length=20)
    method = models.CharField(
        max_length=20, choices=(("competitive", _("competitive review")),), default="competitive"
    )
    annual_limit = models.DecimalField(max_digits=16, decimal_places=2)  # yuan a year
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    # 预算法 arts. 52 and 14, in calendar days: from the receipt of the central transfer to its
    # allocation, from there to publication, and how long before the end a clock turns amber.
    allocation_days = models.PositiveSmallIntegerField(default=30)
    publication_days = models.PositiveSmallIntegerField(default=20)
    warning_days = models.PositiveSmallIntegerField(default=10)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(annual_limit__gt=0), name="scheme_limit_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(first_year__lte=models.F("last_year")), name="scheme_years"
            ),
        )

    def __str__(self) -> str:
        return _localised(self.name_zh, self.name_en)


class FairCompetitionReview(models.Model):
    """公平竞争审查 record (公平竞争审查条例 arts. 10, 12, 18): none in force, no call opens."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="competition_reviews")
    reviewed_on = models.DateField()
    document_no = models.CharField(max_length=80)
    conclusion = models.CharField(max_length=200)
    exception_relied_on = models.CharField(max_length=200, blank=True)
    expires_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-reviewed_on",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(reviewed_on__lte=models.F("expires_on")),
                name="competition_review_dates",
            ),
        )
        triggers = (APPEND_ONLY,)

    def __str__(self) -> str:
        return self.document_no

    def in_force(self, day: "date") -> bool:
        """Whether a call may open on this day by this record."""
        return self.reviewed_on <= day <= self.expires_on


class CallStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("waiting for a second person")
    PUBLISHED = "published", _("published")
    SCREENED = "screened", _("screening closed")
    IN_REVIEW = "in_review", _("under review")
    HEARING = "hearing", _("hearing stage")
    SCORED = "scored", _("scoring closed")
    RANKED = "ranked", _("ranked")
    DECIDED = "decided", _("decided")
    ON_NOTICE = "on_notice", _("on public notice")
    AWARDED = "awarded", _("awarded")
    CLOSED = "closed", _("closed")


# What the public reads and the review obeys: never altered after publication.
FROZEN = (
    "scheme",
    "year",
    "sequence",
    "number",
    "name_zh",
    "name_en",
    "guide_zh",
    "guide_en",
    "contact",
    "complaint_line",
    "opens_at",
    "closes_at",
    "envelope",
    "max_request",
    "rules",
    "sheet",
    "hearing_sheet",
    "required_documents",
    "screening_items",
    "created_by",
    "created_at",
)


class Call(models.Model):
    """One round of a scheme. `number` is year-sequence, as 2026-1. Frozen once published."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="calls")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=12, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    guide_zh = models.TextField(blank=True)
    guide_en = models.TextField(blank=True)
    contact = models.CharField(max_length=200, blank=True)
    complaint_line = models.CharField(max_length=200, blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    envelope = models.DecimalField(
        max_digits=16, decimal_places=2
    )  # yuan, this round's share of the year
    max_request = models.DecimalField(max_digits=16, decimal_places=2)  # yuan a project
    rules = models.JSONField(default=dict)
    sheet = models.JSONField(default=list)
    hearing_sheet = models.JSONField(default=list, blank=True)  # [] where there is no hearing
    required_documents = models.JSONField(default=list)  # [{code, name_zh, name_en, required}]
    screening_items = models.JSONField(default=list)  # [{code, text_zh, text_en, veto}]
    status = models.CharField(max_length=12, choices=CallStatus, default=CallStatus.DRAFT)
    scoring_due_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True)
    last_application_no = models.PositiveIntegerField(default=0)  # gap-free receipt counter

    class Meta:
        ordering = ("-year", "-sequence")
        constraints = (
            models.UniqueConstraint(
                fields=("scheme", "year", "sequence"), name="one_call_per_sequence"
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at")),
                name="call_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=models.Q(envelope__gt=0), name="call_envelope_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(max_request__gt=0)
                & models.Q(max_request__lte=models.F("envelope")),
                name="call_max_request_within_envelope",
            ),
            models.CheckConstraint(
                condition=models.Q(proposed_by__isnull=True, proposed_at__isnull=True)
                | models.Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="call_proposed_who_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(proposed_by__isnull=False),
                name="call_past_draft_was_proposed",
            ),
        )
        triggers = (
            unchanged("call_frozen", FROZEN, when="OLD.status NOT IN ('draft', 'proposed')"),
            kept_once_proposed(),
            stays_published(),
        )

    def __str__(self) -> str:
        return _localised(self.name_zh, self.name_en)

    @property
    def rule_set(self) -> CallRules:
        return CallRules.from_data(self.rules)

    def is_open(self, now: "datetime") -> bool:
        """Whether a dossier may be submitted at this instant."""
        return self.status == CallStatus.PUBLISHED and self.opens_at <= now < self.closes_at


class CallEdition(models.Model):
    """What was published, word for word, with its digest. Append-only."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="editions")
    version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("call", "version"), name="one_edition_per_version"),
            models.CheckConstraint(
                condition=~models.Q(proposed_by=models.F("published_by")),
                name="call_published_by_two",
            ),
        )
        triggers = (APPEND_ONLY,)

    def __str__(self) -> str:
        return f"{self.call.number} · {self.version}"
