from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region
from reviews.models.guards import NOT_EMPTIED, kept, unchanged


class Kind(models.TextChoices):
    TECHNOLOGY = "technology", _("technology")
    INDUSTRY = "industry", _("industry")
    FINANCE = "finance", _("finance")
    EMPLOYMENT = "employment", _("employment")


class Expert(models.Model):
    """A member of the expert pool (专家库): kinds, specialties, employer and home region."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert")
    kinds = ArrayField(models.CharField(max_length=12, choices=Kind))
    specialties = ArrayField(models.CharField(max_length=30), default=list)  # Industry codes
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="experts")
    region = models.ForeignKey(Region, models.PROTECT, related_name="experts")
    title = models.CharField(max_length=60, blank=True)
    pseudonym = models.CharField(
        max_length=12, unique=True
    )  # E0001; the only name outside the permitted roles
    active = models.BooleanField(default=True)
    admitted_at = models.DateTimeField()

    class Meta:
        ordering = ("pseudonym",)
        # Whoever was drawn is on record by pseudonym alone: another name there is another person.
        triggers = (
            NOT_EMPTIED,
            unchanged("expert_stays", ("user", "pseudonym")),
            kept("expert_kept"),
        )

    def __str__(self) -> str:
        return self.pseudonym


class ExpertInterest(models.Model):
    """A tie between an expert and an organisation, declared or found (employment, share, kin,
    past work).
    """

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="interests")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="interests")
    kind = models.CharField(
        max_length=12,
        choices=(
            ("employment", _("employed there")),
            ("share", _("holds shares")),
            ("kin", _("close kin")),
            ("work", _("paid work within three years")),
        ),
    )
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("expert", "organisation", "kind"), name="one_interest_per_kind"
            ),
        )
