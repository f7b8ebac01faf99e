"""离线评分: score sheets filled without network or on paper, and who types them in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from reviews.models.guards import (
    APPEND_ONLY,
    NOT_EMPTIED,
    import_moves,
    import_starts,
    kept,
    unchanged,
)
from reviews.models.panels import Panel, Seat, Stage

USER = settings.AUTH_USER_MODEL


class Scribe(models.Model):
    """录入员: a person whom a supervisor named to type in the paper sheets of one panel.

    A scribe sees the marks on that paper before the lock, and acts for the office in no other way
    in that call from then on. Append-only.
    """

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="scribes")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    appointed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("panel", "user"), name="scribe_once_per_panel"),
            models.CheckConstraint(
                condition=~Q(user=F("appointed_by")), name="scribe_appointed_by_another"
            ),
        )
        triggers = (APPEND_ONLY, NOT_EMPTIED)

    def __str__(self) -> str:
        return f"{self.panel.call.number} · {self.panel.number}"


class ImportStatus(models.TextChoices):
    PENDING = "pending", pgettext_lazy("sheets filled offline", "pending")
    CONFIRMED = "confirmed", pgettext_lazy("sheets filled offline", "confirmed")
    RETURNED = "returned", pgettext_lazy("sheets filled offline", "returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("sheets filled offline", "taken back")


class SheetImport(models.Model):
    """A filled workbook as it was read: no mark yet. It becomes marks once, or never.

    stage: whose sheets, those of the paper review or of the hearing.
    kind: "own", the expert's upload, or "paper", typed in by a scribe and checked by another.
    content: [{"application", "marks": [{"leaf", "tier", "score", "comment", "version"}],
    "overall": {"comment", "version"}}]; a version is the mark's at the export, 0 for none.
    digest: SM3 of the workbook; content_digest: of the content; scan_digest: of the signed paper.
    """

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="imports")
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.PAPER)
    kind = models.CharField(max_length=5, choices=(("own", "own"), ("paper", "paper")))
    status = models.CharField(max_length=9, choices=ImportStatus, default=ImportStatus.PENDING)
    content = models.JSONField()
    content_digest = models.CharField(max_length=64)
    file = models.FileField(upload_to="sheets/", max_length=200)
    name = models.CharField(max_length=130)
    digest = models.CharField(max_length=64)
    scan = models.FileField(upload_to="sheets/", max_length=200, blank=True)
    scan_name = models.CharField(max_length=130, blank=True)
    scan_type = models.CharField(max_length=40, blank=True)
    scan_digest = models.CharField(max_length=64, blank=True)
    maker = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    checker = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)  # why returned

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("seat", "stage"), condition=Q(status="pending"), name="one_pending_import"
            ),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("maker")),
                name="import_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_at__isnull=True)
                | (~Q(status="pending") & Q(decided_at__isnull=False)),
                name="import_decided_when",
            ),
            models.CheckConstraint(
                condition=Q(kind="own", checker__isnull=True, scan_digest="")
                & ~Q(status="returned")
                | Q(kind="paper")
                & ~Q(scan_digest="")
                & Q(
                    Q(status__in=("confirmed", "returned"), checker__isnull=False)
                    | Q(status__in=("pending", "withdrawn"), checker__isnull=True)
                ),
                name="paper_checked_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(reason=""), name="import_returned_why"
            ),
        )
        triggers = (
            NOT_EMPTIED,
            import_starts(),
            import_moves(),
            unchanged(
                "import_stays",
                (
                    "seat",
                    "stage",
                    "kind",
                    "content",
                    "content_digest",
                    "file",
                    "name",
                    "digest",
                    "scan",
                    "scan_name",
                    "scan_type",
                    "scan_digest",
                    "maker",
                    "made_at",
                ),
            ),
            unchanged(
                "import_decided_once",
                ("status", "checker", "decided_at", "reason"),
                when="OLD.status <> 'pending'",
            ),
            kept("import_kept"),
        )

    def __str__(self) -> str:
        return f"{self.seat} · {self.digest[:8]}"
