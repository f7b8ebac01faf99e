import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import triggers


class TokenQuerySet(models.QuerySet["AccessToken"]):
    def live(self, now: object) -> "TokenQuerySet":
        """Neither revoked nor past their time, of people whose account is open."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)


class AccessToken(models.Model):
    """A person's key for programs that read the API in the person's name; only its digest is kept.

    Revoked or expired, never deleted. `last_used_on` is the day in Asia/Shanghai.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="token_has_a_name"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="token_lives_for_a_while"
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="token_stays_what_it_is",
                fields=["user", "name", "digest", "created_at", "expires_at"],
            ),
            pgtrigger.Protect(
                name="token_revoked_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
            triggers.never_deleted("tokens_are_never_deleted"),
        )

    def __str__(self) -> str:
        return self.name
