from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call
from reviews.models.guards import APPEND_ONLY, NOT_EMPTIED, decided_once, kept, unchanged

USER = settings.AUTH_USER_MODEL


class Ranking(models.Model):
    """The ranking of a call by its frozen rules, from locked scores only. Recomputable;
    append-only.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="rankings")
    version = models.PositiveSmallIntegerField()
    rules = models.JSONField()
    digest = models.CharField(max_length=64)
    computed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    computed_at = models.DateTimeField()
    is_new = False  # True for the one whom the act just made

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("call", "version"), name="one_ranking_per_version"),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return f"{self.call.number} · {self.version}"


class RankingEntry(models.Model):
    """One dossier's place. quality + employment = total, points, two decimals; requested
    in yuan.

    The groups that quotas count by stand with it, as they were: the panel's number, the industry's
    code, the division code of the reporting line.
    """

    ranking = models.ForeignKey(Ranking, models.PROTECT, related_name="entries")
    application = models.ForeignKey(Application, models.PROTECT, related_name="ranking_entries")
    rank = models.PositiveIntegerField(
        null=True
    )  # null: below the floor, vetoed, or too few scores
    panel = models.PositiveSmallIntegerField()
    panel_rank = models.PositiveIntegerField(null=True)  # among the panel's own, null like rank
    industry = models.CharField(max_length=30, blank=True)
    prefecture = models.CharField(max_length=6)
    state = models.CharField(
        max_length=12,
        choices=(
            ("ranked", _("ranked")),
            ("below_floor", _("below the floor")),
            ("vetoed", _("vetoed")),
            ("too_few", _("too few valid scores")),
            ("absent", _("did not come to the hearing")),
        ),
    )
    total = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    quality = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    employment = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    net_new_jobs = models.DecimalField(
        max_digits=14, decimal_places=2, default=0
    )  # persons; full-time equivalents, below zero when a firm promises fewer
    requested = models.DecimalField(max_digits=16, decimal_places=2)
    scores = models.PositiveSmallIntegerField()  # how many locked sheets count
    tied = models.BooleanField(default=False)  # needs a joint decision
    details = models.JSONField()  # leaf by leaf: how this came about

    class Meta:
        ordering = ("ranking_id", models.F("rank").asc(nulls_last=True), "application_id")
        constraints = (
            models.UniqueConstraint(
                fields=("ranking", "application"), name="one_entry_per_dossier"
            ),
            models.CheckConstraint(
                condition=models.Q(total__isnull=True)
                | models.Q(total=models.F("quality") + models.F("employment")),
                name="total_is_quality_plus_employment",
            ),
            models.CheckConstraint(
                condition=models.Q(rank__isnull=True, panel_rank__isnull=True)
                | models.Q(panel_rank__gte=1, panel_rank__lte=models.F("rank")),
                name="panel_rank_within_rank",
            ),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED)


class JointDecision(models.Model):
    """The recorded order of dossiers that all keys leave tied, by minutes number; two people."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="joint_decisions")
    order = models.JSONField()  # application ids, first is better
    minutes_no = models.CharField(max_length=80)
    reason = models.TextField()
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(confirmed_by=models.F("proposed_by")),
                name="joint_decision_by_two",
            ),
        )
        triggers = (
            NOT_EMPTIED,
            unchanged(
                "joint_decision_stays",
                ("call", "order", "minutes_no", "reason", "proposed_by", "proposed_at"),
            ),
            decided_once(),
            kept("joint_decision_kept"),
        )
