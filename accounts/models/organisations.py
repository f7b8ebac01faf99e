from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import triggers
from accounts.models.regions import Region


class OrganisationKind(models.TextChoices):
    FIRM = "firm", _("firm")
    AUTHORITY = "authority", _("authority")
    INSTITUTION = "institution", _("institution")


class Organisation(models.Model):
    """A firm, an authority or an expert's institution, by its 统一社会信用代码."""

    kind = models.CharField(max_length=12, choices=OrganisationKind)
    name = models.CharField(_("name"), max_length=120)
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organisations")
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    contact_phone = models.CharField(_("contact telephone"), max_length=30, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(uscc__regex=r"^[0-9A-HJ-NP-RTUWXY]{18}$"), name="uscc_shape"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Level(models.TextChoices):
    OWNER = "owner", _("owner")
    EDITOR = "editor", _("editor")
    VIEWER = "viewer", _("viewer")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def live(self) -> "MembershipQuerySet":
        return self.filter(ended_at__isnull=True)


class Membership(models.Model):
    """A person acting for a firm. Only an owner submits; ended, never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    level = models.CharField(max_length=10, choices=Level)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "organisation"),
                condition=models.Q(ended_at__isnull=True),
                name="one_live_membership",
            ),
        )
        triggers = (
            triggers.members_hold_no_role(),
            triggers.never_deleted("memberships_are_never_deleted"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"
