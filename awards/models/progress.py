from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from awards.models.agreements import Award

USER = settings.AUTH_USER_MODEL

REPORT_STATES = {
    "submitted": pgettext_lazy("progress report", "waiting for confirmation"),
    "confirmed": pgettext_lazy("progress report", "confirmed"),
    "returned": pgettext_lazy("progress report", "returned to the firm"),
}


class ProgressReport(models.Model):
    """进展报告: a firm's figures and words of one quarter; a returned one stays, a new follows."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="progress_reports")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=10, choices=list(REPORT_STATES.items()), default="submitted"
    )
    invested = models.DecimalField(max_digits=16, decimal_places=2)  # yuan, so far
    insured = models.PositiveIntegerField()  # headcount, totals only
    text = models.TextField()
    submitted_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settlement = models.TextField(blank=True)

    class Meta:
        ordering = ("award_id", "year", "quarter", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="report_of_a_quarter"
            ),
            models.UniqueConstraint(
                fields=("award", "year", "quarter"),
                condition=~Q(status="returned"),
                name="one_standing_report_per_quarter",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True, settlement="")
                & Q(status="submitted")
                | Q(settled_by__isnull=False, settled_at__isnull=False)
                & ~Q(status="submitted")
                & ~Q(settlement=""),
                name="report_settled_who_when_why",
            ),
            models.CheckConstraint(
                condition=~Q(settled_by=F("submitted_by")), name="report_settled_by_another"
            ),
        )

    def __str__(self) -> str:
        return f"{self.award} · {self.year} Q{self.quarter}"


class MidTermCheck(models.Model):
    """中期检查: what somebody of the office found halfway; the newest counts."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="mid_term_checks")
    on = models.DateField()
    passed = models.BooleanField()
    finding = models.TextField()
    checked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ("award_id", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(finding=""), name="mid_term_check_says_what"),
        )

    def __str__(self) -> str:
        return str(self.award)
