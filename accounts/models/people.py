from typing import Any, ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import triggers
from accounts.models.organisations import Organisation
from accounts.models.regions import Region
from accounts.roles import REGIONAL, Role


class PeopleManager(UserManager["User"]):
    """People without the one account that may do everything."""

    use_in_migrations = False

    def create_superuser(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError("There is no superuser; see `manage.py bootstrap_admins`.")


class User(AbstractUser):
    """One person, one account. What the person may do comes from grants and memberships."""

    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    # Chosen by the person, and no fact of the record: where messages reach beside the inbox.
    mobile = models.CharField(_("mobile number"), max_length=16, blank=True)  # +8613800138000
    reach = models.JSONField(default=dict)  # "sort.channel" → pace; see notifications.choices
    unit = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="staff"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="people")
    date_joined = models.DateTimeField(
        _("registered"), db_default=models.Func(function="steelyard_now")
    )
    disabled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PeopleManager] = PeopleManager()

    REQUIRED_FIELDS = ["email", "name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("id",)
        triggers = (triggers.never_deleted("people_are_never_deleted"),)
        constraints = (
            models.UniqueConstraint(Lower("username"), name="one_person_per_username"),
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="one_person_per_email"
            ),
            models.CheckConstraint(
                condition=models.Q(mobile="") | models.Q(mobile__regex=r"^\+[1-9][0-9]{7,14}$"),
                name="mobile_number_is_international",
            ),
            # What asks for an act or recalls a deadline is always in the inbox, whoever says so.
            models.CheckConstraint(
                condition=~models.Q(reach__has_any_keys=["act.inbox", "reminder.inbox"]),
                name="duties_are_always_in_the_inbox",
            ),
            models.CheckConstraint(
                condition=models.Q(is_superuser=False), name="there_is_no_superuser"
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=True, disabled_at__isnull=True)
                | models.Q(is_active=False, disabled_at__isnull=False),
                name="disabled_people_have_an_instant",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["RoleGrant"]):
    def live(self) -> "GrantQuerySet":
        """Confirmed and not revoked: what the person may act by."""
        return self.filter(confirmed_at__isnull=False, revoked_at__isnull=True)

    def proposed(self) -> "GrantQuerySet":
        """Waiting for the second person."""
        return self.filter(confirmed_at__isnull=True, revoked_at__isnull=True)

    def standing(self) -> "GrantQuerySet":
        """Live or proposed: what counts when another grant is asked for."""
        return self.filter(revoked_at__isnull=True)


class RoleGrant(models.Model):
    """A role held from one instant to another; revoked, never deleted.

    `bootstrap` marks the first administrators, whom nobody could have proposed.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(_("role"), max_length=30, choices=Role)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="grants")
    bootstrap = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    revoked_reason = models.CharField(max_length=400, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role", "region"),
                condition=models.Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="one_live_grant",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=sorted(REGIONAL), region__isnull=False)
                | (~models.Q(role__in=sorted(REGIONAL)) & models.Q(region__isnull=True)),
                name="regional_roles_have_a_region",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    bootstrap=True,
                    proposed_by__isnull=True,
                    confirmed_by__isnull=True,
                    confirmed_at__isnull=False,
                )
                | models.Q(
                    bootstrap=False,
                    proposed_by__isnull=False,
                    confirmed_by__isnull=True,
                    confirmed_at__isnull=True,
                )
                | models.Q(
                    bootstrap=False,
                    proposed_by__isnull=False,
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                ),
                name="grant_confirmed_who_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | models.Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="grant_revoked_who_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="grant_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(proposed_by__isnull=True) | ~models.Q(proposed_by=models.F("user"))
                )
                & (models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("user"))),
                name="nobody_grants_to_themselves",
            ),
        )
        triggers = (
            triggers.grants_stand_apart(),
            triggers.grant_keeps_its_history(),
            triggers.never_deleted("grants_are_never_deleted"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    @property
    def state(self) -> str:
        """proposed | live | revoked"""
        if self.revoked_at is not None:
            return "revoked"
        return "live" if self.confirmed_at is not None else "proposed"
