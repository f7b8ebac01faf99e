from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from awards.acceptance_rule import Grade
from awards.models.agreements import Award

USER = settings.AUTH_USER_MODEL
GRADED = ("graded", "accepted", "failed")
CLOSED = ("accepted", "failed", "returned")

GRADE_NAMES = {
    Grade.EXCELLENT.value: pgettext_lazy("grade", "excellent"),
    Grade.GOOD.value: pgettext_lazy("grade", "good"),
    Grade.FAIR.value: pgettext_lazy("grade", "fair"),
    Grade.POOR.value: pgettext_lazy("grade", "poor"),
}
ACCEPTANCE_STATES = {
    "applied": pgettext_lazy("acceptance", "waiting for the evaluation"),
    "graded": pgettext_lazy("acceptance", "waiting for a second person"),
    "accepted": pgettext_lazy("acceptance", "accepted"),
    "failed": pgettext_lazy("acceptance", "not accepted"),
    "returned": pgettext_lazy("acceptance", "returned to the firm"),
}


class Acceptance(models.Model):
    """验收: the firm applies with its audit report, one person grades it, another settles it.

    A returned or failed one stays, and another may follow.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="acceptances")
    status = models.CharField(
        max_length=10, choices=list(ACCEPTANCE_STATES.items()), default="applied"
    )
    invested = models.DecimalField(max_digits=16, decimal_places=2)  # yuan, in all
    insured = models.PositiveIntegerField()  # headcount at the end, totals only
    summary = models.TextField()
    report_name = models.CharField(max_length=200)
    report = models.FileField(upload_to="acceptance/", max_length=200)
    report_size = models.PositiveBigIntegerField()
    report_type = models.CharField(max_length=100)
    report_digest = models.CharField(max_length=64)
    applied_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    points = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    grade = models.CharField(max_length=10, choices=list(GRADE_NAMES.items()), blank=True)
    reasons = models.TextField(blank=True)
    graded_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    graded_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settlement = models.TextField(blank=True)

    class Meta:
        ordering = ("award_id", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("award",),
                condition=Q(status__in=("applied", "graded", "accepted")),
                name="one_standing_acceptance",
            ),
            models.CheckConstraint(
                condition=Q(graded_by__isnull=True, graded_at__isnull=True)
                & Q(points__isnull=True, grade="", reasons="")
                & ~Q(status__in=GRADED)
                | Q(graded_by__isnull=False, graded_at__isnull=False)
                & Q(points__gte=0, points__lte=100, status__in=GRADED)
                & ~Q(grade="")
                & ~Q(reasons=""),
                name="acceptance_graded_who_when_why",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True, settlement="")
                & ~Q(status__in=CLOSED)
                | Q(settled_by__isnull=False, settled_at__isnull=False, status__in=CLOSED)
                & ~Q(settlement=""),
                name="acceptance_settled_who_when_why",
            ),
            models.CheckConstraint(
                condition=~Q(settled_by=F("graded_by"))
                & ~Q(graded_by=F("applied_by"))
                & ~Q(settled_by=F("applied_by")),
                name="acceptance_by_two",
            ),
            models.CheckConstraint(
                condition=(~Q(status="accepted") | ~Q(grade="poor"))
                & (~Q(status="failed") | Q(grade="poor")),
                name="poor_is_not_accepted",
            ),
        )

    def __str__(self) -> str:
        return str(self.award)
