from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.regions import Region
from accounts.roles import REGIONAL, Role


class User(AbstractUser):
    """One person, one account. What the person may do comes from grants and memberships."""

    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    unit = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="staff"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="people")
    disabled_at = models.DateTimeField(null=True, blank=True)

    REQUIRED_FIELDS = ["email", "name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class RoleGrant(models.Model):
    """A role held from one instant to another; revoked, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30, choices=Role)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="grants")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role", "region"),
                condition=models.Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="one_live_grant",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=list(REGIONAL), region__isnull=False)
                | (~models.Q(role__in=list(REGIONAL)) & models.Q(region__isnull=True)),
                name="regional_roles_have_a_region",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="grant_confirmed_who_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(confirmed_by=models.F("proposed_by")),
                name="grant_maker_is_not_checker",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
