from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from awards.models.agreements import Award

USER = settings.AUTH_USER_MODEL

AMENDMENT_STATES = {
    "proposed": pgettext_lazy("amendment", "waiting for the office"),
    "endorsed": pgettext_lazy("amendment", "waiting for the approver"),
    "granted": pgettext_lazy("amendment", "in force"),
    "refused": pgettext_lazy("amendment", "refused"),
    "withdrawn": pgettext_lazy("amendment", "taken back by the firm"),
}


class Amendment(models.Model):
    """变更: what a firm asks to change of its agreement; granted, its content is the next version.

    An officer decides; above the share frozen with the call the officer endorses it and an
    approver decides. The agreement and every amendment stay beside one another.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="amendments")
    status = models.CharField(
        max_length=10, choices=list(AMENDMENT_STATES.items()), default="proposed"
    )
    # [{"name", "was", "becomes", "percent"}], in the order of the form
    changes = models.JSONField()
    reason = models.TextField()
    to_approver = models.BooleanField()
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    endorsed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    endorsed_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settlement = models.TextField(blank=True)
    version = models.PositiveSmallIntegerField(null=True)  # of the agreement; the signed one is 1
    content = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("award_id", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("award",),
                condition=Q(status__in=("proposed", "endorsed")),
                name="one_open_amendment",
            ),
            models.UniqueConstraint(
                fields=("award", "version"),
                condition=Q(version__isnull=False),
                name="one_amendment_per_version",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=True, content__isnull=True, digest="")
                & ~Q(status="granted")
                | Q(version__gte=2, content__isnull=False, status="granted") & ~Q(digest=""),
                name="granted_amendment_has_content",
            ),
            models.CheckConstraint(
                condition=Q(endorsed_by__isnull=True, endorsed_at__isnull=True)
                & ~Q(status="endorsed")
                & ~Q(status="granted", to_approver=True)
                | Q(endorsed_by__isnull=False, endorsed_at__isnull=False, to_approver=True),
                name="large_amendment_goes_to_approver",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True, settlement="")
                & Q(status__in=("proposed", "endorsed"))
                | Q(settled_by__isnull=False, settled_at__isnull=False)
                & Q(status__in=("granted", "refused", "withdrawn"))
                & ~Q(settlement=""),
                name="amendment_settled_who_when_why",
            ),
            models.CheckConstraint(
                condition=(~Q(settled_by=F("proposed_by")) | Q(status="withdrawn"))
                & ~Q(settled_by=F("endorsed_by"))
                & ~Q(endorsed_by=F("proposed_by")),
                name="amendment_by_other_hands",
            ),
        )

    def __str__(self) -> str:
        return str(self.award)
