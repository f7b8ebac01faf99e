from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call
from applications.workflow import Status
from awards.models.minutes import Minutes
from reviews.models import Ranking

USER = settings.AUTH_USER_MODEL


class Outcome(models.TextChoices):
    FUNDED = "funded", _("proposed for funding")
    PARTIAL = "partial", _("proposed in part")
    RESERVE = "reserve", _("reserve list")
    PASSED_OVER = "passed_over", _("passed over for a quota")
    NOT_FUNDED = "not_funded", _("not funded")


# Who is above the line, and in which states a dossier still holds its sum of the envelope.
PROPOSED = (Outcome.FUNDED, Outcome.PARTIAL)
HOLDING = (Status.PROPOSED, Status.ON_NOTICE, Status.OBJECTION_HOLD)
# Who waits on the reserve list, in rank order.
WAITING = (Outcome.RESERVE, Outcome.PASSED_OVER)


class FundingList(models.Model):
    """The funding line drawn on a ranking; submitted by the officer, decided by the approver."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="funding_lists")
    ranking = models.ForeignKey(Ranking, models.PROTECT, related_name="funding_lists")
    version = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=8)
    envelope = models.DecimalField(max_digits=16, decimal_places=2)
    status = models.CharField(
        max_length=10,
        choices=(
            ("draft", _("draft")),
            ("submitted", _("submitted for decision")),
            ("approved", _("approved")),
            ("sent_back", _("sent back")),
        ),
        default="draft",
    )
    drawn_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    minutes = models.ForeignKey(Minutes, models.PROTECT, null=True, related_name="lists")
    decision_note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("call", "version"), name="one_funding_list_per_version"
            ),
            models.UniqueConstraint(
                fields=("call",), condition=Q(status="approved"), name="one_approved_list"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("drawn_by")), name="list_drawn_and_decided_by_two"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "submitted"), decided_by__isnull=True)
                | Q(
                    status__in=("approved", "sent_back"),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="list_decided_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(status="approved", minutes__isnull=False)
                | ~Q(status="approved") & Q(minutes__isnull=True),
                name="list_approved_by_minutes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.call.number} · {self.version}"

    @property
    def minutes_no(self) -> str:
        """The number of the minutes that it was approved by, "" before."""
        return self.minutes.number if self.minutes else ""


class FundingItem(models.Model):
    """One dossier on the list, in rank order, with the sum proposed (yuan) and the running sum."""

    funding_list = models.ForeignKey(FundingList, models.PROTECT, related_name="items")
    application = models.ForeignKey(Application, models.PROTECT, related_name="funding_items")
    position = models.PositiveIntegerField()
    rank = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    cumulative = models.DecimalField(max_digits=16, decimal_places=2)
    note = models.CharField(max_length=200, blank=True)
    promoted_at = models.DateTimeField(null=True)  # moved up from the reserve list (递补)
    # A project funded in part must agree to the smaller sum before it goes on public notice; it is
    # asked by a date, and who does not answer by then has declined.
    answer_due = models.DateTimeField(null=True)
    answer_provisional = models.BooleanField(default=False)
    consent = models.CharField(
        max_length=8,
        choices=(
            ("", _("not answered yet")),
            ("given", _("agreed")),
            ("refused", _("declined")),
            ("silent", _("no answer in time")),
        ),
        blank=True,
        default="",
    )
    consent_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    consent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("funding_list_id", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("funding_list", "application"), name="one_item_per_dossier"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="item_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(consent="", consent_by__isnull=True, consent_at__isnull=True)
                | Q(
                    consent__in=("given", "refused", "silent"),
                    consent_by__isnull=False,
                    consent_at__isnull=False,
                    answer_due__isnull=False,
                ),
                name="consent_who_and_when",
            ),
        )

    def __str__(self) -> str:
        return str(self.application)

    @property
    def holds(self) -> bool:
        """Whether the item's sum is reserved: proposed on an approved list, not yet awarded."""
        return (
            self.funding_list.status == "approved"
            and self.outcome in PROPOSED
            and self.application.status in HOLDING
        )


class Deviation(models.Model):
    """A departure from the rank: hold back or lift one dossier, with reason and a second person."""

    funding_list = models.ForeignKey(FundingList, models.PROTECT, related_name="deviations")
    application = models.ForeignKey(Application, models.PROTECT, related_name="deviations")
    kind = models.CharField(
        max_length=10, choices=(("hold_back", _("hold back")), ("lift", _("lift above the line")))
    )
    reason = models.TextField()
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("funding_list", "application"),
                condition=Q(refused_at__isnull=True),
                name="one_deviation_per_item",
            ),
            models.CheckConstraint(
                # refused by who asked for it: withdrawn
                condition=~Q(confirmed_by=F("proposed_by")),
                name="deviation_by_two",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(refused_at__isnull=True),
                name="deviation_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="deviation_confirmed_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(refused_by__isnull=True, refused_at__isnull=True)
                | Q(refused_by__isnull=False, refused_at__isnull=False),
                name="deviation_refused_who_and_when",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="deviation_has_reason"),
        )

    def __str__(self) -> str:
        return str(self.application)
