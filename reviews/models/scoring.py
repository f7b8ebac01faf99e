from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Submission
from reviews.models.guards import (
    APPEND_ONLY,
    NOT_EMPTIED,
    assignment_moves,
    assignment_starts,
    kept,
    marks_while_open,
    signed_on_paper,
    unchanged,
)
from reviews.models.offline import SheetImport
from reviews.models.panels import Panel, Seat, Stage
from reviews.models.pool import Expert


class Ground(models.TextChoices):
    """What kind of conflict of interest it is."""

    EMPLOYMENT = "employment", _("employed there, now or within three years")
    SHARE = "share", _("holds shares in it")
    KIN = "kin", _("close kin works there or owns it")
    WORK = "work", _("paid work for it within three years")
    RIVAL = "rival", _("has a similar project of one's own")
    OTHER = "other", _("another relation that may sway the judgement")


class Declaration(models.Model):
    """An expert's word on one dossier, given before anything of it opens; anew for each seat."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="declarations")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="declarations")
    application = models.ForeignKey(Application, models.PROTECT, related_name="declarations")
    conflict = models.BooleanField()
    kind = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("seat", "application"), name="one_declaration_per_dossier"
            ),
            models.CheckConstraint(
                condition=models.Q(conflict=False) | ~models.Q(reason=""),
                name="conflict_has_reason",
            ),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED)


class ScoreSheet(models.Model):
    """An expert's signed sheets of one panel and stage: locked together, with their digest.
    Append-only.

    paper: where the expert signed on paper, the sheets typed in from it; `signed_by` is then the
    scribe who checked them and locked.
    """

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="sheets")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="sheets")
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.PAPER)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    paper = models.OneToOneField(SheetImport, models.PROTECT, null=True, related_name="sheet")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("panel", "expert", "stage"), name="one_sheet_per_expert"
            ),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED, signed_on_paper())

    def __str__(self) -> str:
        return self.expert.pseudonym


class AssignmentState(models.TextChoices):
    TO_DECLARE = "to_declare", _("declaration due")
    OPEN = "open", _("to score")
    FINISHED = "finished", _("scored")
    LOCKED = "locked", _("locked")
    RECUSED = "recused", _("recused")
    VOID = "void", _("void")


class Assignment(models.Model):
    """One expert, one dossier, one stage. Marks hang on it; locked for ever once signed."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="assignments")
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="assignments")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="assignments")
    application = models.ForeignKey(Application, models.PROTECT, related_name="assignments")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.PAPER)
    state = models.CharField(
        max_length=10, choices=AssignmentState, default=AssignmentState.TO_DECLARE
    )
    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, null=True, related_name="assignments")
    overall_comment = models.TextField(blank=True)
    overall_version = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("seat", "application", "stage"),
                name="one_assignment_per_seat_and_dossier",
            ),
            models.UniqueConstraint(
                fields=("expert", "application", "stage"),
                condition=~models.Q(state="void"),
                name="one_assignment_per_pair",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="locked") | models.Q(sheet__isnull=False),
                name="locked_is_signed",
            ),
        )
        indexes = (
            models.Index(fields=("panel", "state")),
            models.Index(fields=("application", "state")),
        )
        triggers = (
            NOT_EMPTIED,
            unchanged(
                "assignment_stays",
                ("seat", "panel", "expert", "application", "submission", "stage"),
            ),
            assignment_starts(),
            assignment_moves(),
            kept("assignment_kept"),
        )

    def __str__(self) -> str:
        return f"{self.expert.pseudonym} · {self.application}"


class Mark(models.Model):
    """An expert's mark on one leaf. `version` grows by one at each save."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="marks")
    leaf = models.CharField(max_length=10)
    tier = models.PositiveSmallIntegerField(null=True)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    comment = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assignment", "leaf"), name="one_mark_per_leaf"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=0, score__lte=100),
                name="mark_in_range",
            ),
        )
        triggers = (
            unchanged("mark_stays", ("assignment", "leaf")),
            marks_while_open(),
            NOT_EMPTIED,
        )


class Recusal(models.Model):
    """回避: by the system, declared, or found later. It voids and replaces; it never edits.

    ground, evidence: of what the office found later, the kind of the conflict and what shows it.
    """

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="recusals")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="recusals")
    application = models.ForeignKey(Application, models.PROTECT, related_name="recusals")
    found = models.CharField(
        max_length=10,
        choices=(
            ("system", _("found by the system")),
            ("named", _("named by the applicant")),
            ("declared", _("declared by the expert")),
            ("unable", _("could not judge")),
            ("later", _("found later")),
        ),
    )
    reason = models.CharField(max_length=400)
    ground = models.CharField(max_length=12, choices=Ground, blank=True)
    evidence = models.CharField(max_length=400, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("expert", "application"), name="one_recusal_per_pair"),
            models.CheckConstraint(
                condition=models.Q(ground="", evidence="") & ~models.Q(found="later")
                | ~models.Q(ground="") & ~models.Q(evidence="") & models.Q(found="later"),
                name="what_is_found_later_has_evidence",
            ),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED)
