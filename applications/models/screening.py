from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from applications.models.calls import Call
from applications.models.dossiers import Application, Submission

USER = settings.AUTH_USER_MODEL


class Stage(models.TextChoices):
    REGION = "region", _("regional check")
    SCREENING = "screening", _("eligibility screening")


class CorrectionRequest(models.Model):
    """一次性告知补正: one per stage at most, all reasons at once, due in working days."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="corrections")
    stage = models.CharField(max_length=10, choices=Stage)
    reasons = models.JSONField()  # [{"section": code or "", "text": …}]
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    requested_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("application", "stage"), name="one_correction_per_stage"
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("requested_at")),
                name="correction_due_after_request",
            ),
        )

    def is_over(self, now: datetime) -> bool:
        """Whether the time for the correction has passed; a provisional date never ends it."""
        return not self.provisional and now > self.due_at


class RegionalCheck(models.Model):
    """What the county found when it checked the dossier (县市初审)."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="regional_check")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    site_visited_on = models.DateField(null=True, blank=True)
    truthful = models.BooleanField()
    finance_agrees = models.BooleanField()
    opinion = models.TextField()
    checked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()


class Recommendation(models.Model):
    """A place in a region's ranked recommendation to a call."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="recommendation")
    call = models.ForeignKey(Call, models.PROTECT, related_name="recommendations")
    region = models.ForeignKey(Region, models.PROTECT, related_name="recommendations")
    rank = models.PositiveSmallIntegerField()
    letter_no = models.CharField(max_length=80)
    recommended_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField(db_default=models.Func(function="steelyard_now"))

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("call", "region", "rank"), name="one_dossier_per_regional_rank"
            ),
            models.CheckConstraint(condition=models.Q(rank__gte=1), name="regional_rank_from_one"),
        )
        triggers = (
            pgtrigger.Protect(
                name="recommendation_is_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        )


class Screening(models.Model):
    """形式审查: yes or no and a reason for each item of the call's list; the verdict when given."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="screening")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    items = models.JSONField(default=dict)  # {item code: {"ok": bool, "reason": str}}
    verdict = models.CharField(
        max_length=10,
        blank=True,
        choices=(("eligible", _("eligible")), ("ineligible", _("ineligible"))),
    )
    version = models.PositiveIntegerField(default=1)  # grows at each save: two officers, one list
    screened_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    screened_at = models.DateTimeField()
    declared_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(verdict="", declared_by__isnull=True, declared_at__isnull=True)
                | (
                    ~models.Q(verdict="")
                    & models.Q(declared_by__isnull=False, declared_at__isnull=False)
                ),
                name="screening_declared_who_and_when",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="screener_is_not_recommender",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT 1 FROM applications_recommendation r
                               WHERE r.application_id = NEW.application_id
                              AND r.recommended_by_id IN (NEW.screened_by_id, NEW.declared_by_id))
                    OR EXISTS (SELECT 1 FROM applications_regionalcheck c
                               WHERE c.application_id = NEW.application_id
                                 AND c.checked_by_id IN (NEW.screened_by_id, NEW.declared_by_id))
                    THEN RAISE EXCEPTION 'who recommended a dossier may not screen it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="declared_screening_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__verdict__gt=""),
                func="RAISE EXCEPTION 'a declared screening cannot be changed';",
            ),
        )


class CreditRecord(models.Model):
    """A firm's credit record: an entry of a public list (失信被执行人, 严重违法失信, penalties), or
    what one of its funded projects came to, made by that act. The firm may object to the latter
    once; what is withdrawn counts no more.
    """

    uscc = models.CharField(max_length=18, db_index=True)
    kind = models.CharField(
        max_length=20,
        choices=(
            ("dishonest", _("dishonest judgment debtor")),
            ("serious", _("serious violation list")),
            ("safety", _("work-safety accident")),
            ("environment", _("environmental penalty")),
            ("not_accepted", _("project not accepted")),
            ("terminated", _("project terminated")),
            ("false", _("false figures")),
            ("unpaid", _("clawback not paid back")),
        ),
    )
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="credit_records"
    )
    text = models.CharField(max_length=300)
    source = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField(null=True)
    objection = models.TextField(blank=True)
    objected_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    objected_at = models.DateTimeField(null=True)
    decision = models.CharField(
        max_length=10, blank=True, choices=(("kept", _("kept")), ("withdrawn", _("withdrawn")))
    )
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    objection="", objected_by__isnull=True, objected_at__isnull=True, decision=""
                )
                | ~models.Q(objection="")
                & models.Q(objected_by__isnull=False, objected_at__isnull=False),
                name="credit_objected_who_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    decision="", answer="", decided_by__isnull=True, decided_at__isnull=True
                )
                | ~models.Q(decision="")
                & ~models.Q(answer="")
                & models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="credit_decided_who_when_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("objected_by")),
                name="credit_decided_by_another",
            ),
            models.UniqueConstraint(
                fields=("application", "kind"),
                condition=models.Q(kind="unpaid"),
                name="one_unpaid_record_per_project",
            ),
        )
        triggers = (pgtrigger.Protect(name="credit_record_is_kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.uscc} · {self.kind}"


class CheckFinding(models.Model):
    """What a duplicate or credit check showed; blocking findings must be answered in screening."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="findings")
    kind = models.CharField(
        max_length=12, choices=(("duplicate", _("duplicate check")), ("credit", _("credit check")))
    )
    code = models.CharField(max_length=40)
    severity = models.CharField(
        max_length=10,
        choices=(("info", _("to note")), ("warn", _("to check")), ("veto", _("veto"))),
    )
    details = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    answer = models.TextField(blank=True)  # why a veto or warning does not stand in the way
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (
                    ~models.Q(answer="")
                    & models.Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                name="finding_answered_who_and_when",
            ),
            models.UniqueConstraint(
                fields=("application", "kind", "code"), name="one_finding_per_code"
            ),
        )
