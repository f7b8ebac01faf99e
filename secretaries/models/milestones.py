"""Stages and nodes of projects (五阶段二十节点): a versioned template, and each one's plan."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from secretaries.models.people import refuse

USER = settings.AUTH_USER_MODEL
Q, F = models.Q, models.F


class Stage(models.TextChoices):
    LANDING = "landing", _("landing")
    APPROVALS = "approvals", _("approvals before building")
    BUILDING = "building", _("start of building, entry into statistics")
    ACCEPTANCE = "acceptance", _("completion and acceptance")
    PRODUCTION = "production", _("production")


class Mark(models.TextChoices):
    """What a node stands for in the four rates and in the rule of visits."""

    SIGNED = "signed", _("investment agreement signed")
    STARTED = "started", _("building started")
    COUNTED = "counted", _("counted in the statistics")
    RUNNING = "running", _("in production")


class MilestoneTemplate(models.Model):
    """One version of the list of nodes; the latest is given to projects from then on."""

    version = models.PositiveSmallIntegerField(unique=True)
    reason = models.CharField(max_length=400, blank=True)
    made_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.CheckConstraint(
                condition=Q(made_by__isnull=True) | ~Q(reason=""), name="template_says_why"
            ),
        )

    def __str__(self) -> str:
        return str(self.version)


class MilestoneNode(models.Model):
    """One node: its stage, place, names, and how many days after the appointment it is planned."""

    template = models.ForeignKey(MilestoneTemplate, models.PROTECT, related_name="nodes")
    place = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10, choices=Stage)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    days = models.PositiveSmallIntegerField()  # calendar days after the appointment
    mark = models.CharField(max_length=8, blank=True, choices=Mark)

    class Meta:
        ordering = ("template", "place")
        constraints = (
            models.UniqueConstraint(fields=("template", "place"), name="one_node_a_place"),
            models.UniqueConstraint(
                fields=("template", "mark"), condition=~Q(mark=""), name="one_node_a_mark"
            ),
        )
        triggers = (
            refuse(
                "milestone_node_stands",
                pgtrigger.Update | pgtrigger.Delete,
                "a version of the milestones is followed by another, not changed",
            ),
        )

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en


class ProjectMilestone(models.Model):
    """A node of one project: planned, and reached on a day with what shows it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="milestones")
    node = models.ForeignKey(MilestoneNode, models.PROTECT, related_name="+")
    planned_on = models.DateField()
    reached_on = models.DateField(null=True)
    left_out = models.BooleanField(default=False)  # this project does not need it
    evidence = models.TextField(blank=True)
    recorded_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("application", "node__place")
        constraints = (
            models.UniqueConstraint(fields=("application", "node"), name="one_milestone_a_node"),
            models.CheckConstraint(
                condition=Q(reached_on__isnull=True, left_out=False)
                | ~Q(evidence="") & Q(recorded_by__isnull=False, recorded_at__isnull=False),
                name="milestone_recorded_who_when_what",
            ),
            models.CheckConstraint(
                condition=Q(reached_on__isnull=True) | Q(left_out=False),
                name="milestone_reached_or_left_out",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} · {self.node.name_zh}"


class InvestmentReport(models.Model):
    """What a project has invested in all by the end of a month, yuan, as its secretary found it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="investments")
    month = models.DateField()  # its first day
    invested = models.DecimalField(max_digits=16, decimal_places=2)
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("application", "-month")
        constraints = (
            models.UniqueConstraint(fields=("application", "month"), name="one_investment_a_month"),
            models.CheckConstraint(condition=Q(invested__gte=0), name="investment_not_negative"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_is_its_first_day"),
        )

    def __str__(self) -> str:
        return f"{self.application} {self.month:%Y-%m}"
