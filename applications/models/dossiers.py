import pgtrigger
from django.conf import settings
from django.db import models
from guardian.models import UserObjectPermissionBase

from accounts.models import Organisation, Region
from applications.models.calls import Call, Industry
from applications.models.guards import APPEND_ONLY, closing_instant, unchanged
from applications.workflow import Status


class Application(models.Model):
    """A firm's dossier in a call, from draft to the last payment."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    firm = models.ForeignKey(Organisation, models.PROTECT, related_name="applications")
    # 2026-1-0087, given at submission; null until then, because "" would be taken once only.
    number = models.CharField(max_length=20, unique=True, null=True)  # noqa: DJ001  (see above)
    title = models.CharField(max_length=120)
    industry = models.ForeignKey(Industry, models.PROTECT, null=True, related_name="applications")
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="applications"
    )  # where it is built
    requested = models.DecimalField(
        max_digits=16, decimal_places=2, null=True
    )  # yuan, frozen at submission
    status = models.CharField(
        max_length=20, choices=[(s.value, s.value) for s in Status], default=Status.DRAFT
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    status_since = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        permissions = (
            ("edit_application", "Can fill in the dossier"),
            ("submit_application", "Can submit, withdraw, sign for the firm"),
            ("score_application", "Can read and score the dossier as an expert"),
            ("serve_application", "Can serve the project as its secretary"),
        )
        indexes = (
            models.Index(fields=("call", "status", "number")),
            models.Index(fields=("firm", "call")),
            models.Index(fields=("region", "status")),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(requested__isnull=True) | models.Q(requested__gt=0),
                name="requested_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=("draft", "withdrawn"))
                | models.Q(
                    number__isnull=False, submitted_at__isnull=False, requested__isnull=False
                ),
                name="submitted_has_number_and_sum",
            ),
            models.UniqueConstraint(
                fields=("call", "firm", "title"),
                condition=~models.Q(status="withdrawn"),
                name="one_live_dossier_per_title",
            ),
        )
        triggers = (
            unchanged(
                "application_frozen",
                ("call", "firm", "number", "requested", "region", "submitted_at"),
                when="OLD.number IS NOT NULL",
            ),
            pgtrigger.Protect(name="application_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.title


class ApplicationUserObjectPermission(UserObjectPermissionBase):
    """guardian's permissions on a dossier, by a direct foreign key."""

    content_object = models.ForeignKey(Application, on_delete=models.CASCADE)


class Section(models.Model):
    """One section of the draft, as typed; `version` grows by one at each save."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="sections")
    code = models.CharField(max_length=20)
    data = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    complete = models.BooleanField(default=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    updated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("application", "code"), name="one_row_per_section"),
        )

    def __str__(self) -> str:
        return self.code


class Submission(models.Model):
    """What was submitted, frozen, with digest and receipt. A correction is the next version."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    version = models.PositiveSmallIntegerField()
    receipt = models.CharField(max_length=24, unique=True)  # 2026-1-0087, then 2026-1-0087-2 …
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("application", "version"), name="one_submission_per_version"
            ),
            models.CheckConstraint(
                condition=models.Q(version__gte=1), name="submission_version_from_one"
            ),
        )
        triggers = (APPEND_ONLY, closing_instant())

    def __str__(self) -> str:
        return self.receipt


class Attachment(models.Model):
    """A file of the dossier, stored under its digest. A removed file stays, for a submission may
    name it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    document = models.CharField(max_length=30)  # code of the call's required document, or "other"
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="dossiers/", max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("application", "document")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(size__gt=0), name="attachment_not_empty"),
        )
        triggers = (
            unchanged(
                "attachment_frozen",
                (
                    "application",
                    "document",
                    "name",
                    "file",
                    "size",
                    "content_type",
                    "digest",
                    "uploaded_by",
                    "uploaded_at",
                ),
            ),
            pgtrigger.Protect(name="attachment_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.name
