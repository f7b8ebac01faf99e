from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call
from awards.models.funding import FundingItem
from awards.models.minutes import Minutes

USER = settings.AUTH_USER_MODEL


class PublicNotice(models.Model):
    """公示: which items, from which day to which, counted in working days including the first."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="notices")
    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=160)
    starts_on = models.DateField()
    ends_on = models.DateField()
    working_days = models.PositiveSmallIntegerField()
    provisional = models.BooleanField(default=False)
    supplementary = models.BooleanField(default=False)  # for items moved up from the reserve list
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    published_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="notice_in_order"
            ),
        )

    def __str__(self) -> str:
        return self.number


class NoticeItem(models.Model):
    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="items")
    item = models.ForeignKey(FundingItem, models.PROTECT, related_name="notice_items")
    application = models.OneToOneField(Application, models.PROTECT, related_name="notice_item")
    amount = models.DecimalField(max_digits=16, decimal_places=2)


class Objection(models.Model):
    """异议 by a named person against one item; only that is held. The name stays secret."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections")
    application = models.ForeignKey(Application, models.PROTECT, related_name="objections")
    number = models.CharField(max_length=24, unique=True)
    objector_name = models.CharField(max_length=80)
    objector_identity = models.CharField(max_length=30)
    objector_contact = models.CharField(max_length=80)
    ground = models.CharField(
        max_length=12,
        choices=(
            ("false", _("false statement")),
            ("eligibility", _("not eligible")),
            ("conflict", _("recusal ignored")),
            ("procedure", _("procedure broken")),
            ("duplicate", _("already funded")),
        ),
    )
    text = models.TextField()
    status = models.CharField(
        max_length=10,
        choices=(
            ("filed", _("filed")),
            ("accepted", _("accepted, item held")),
            ("refused", _("not admissible")),
            ("upheld", _("upheld")),
            ("rejected", _("not upheld")),
        ),
        default="filed",
    )
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    handled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    # Until then one review may be asked for; an upheld objection takes effect only after it.
    review_until = models.DateTimeField(null=True)
    review_provisional = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status="filed", handled_by__isnull=True, handled_at__isnull=True)
                | ~Q(status="filed") & Q(handled_by__isnull=False, handled_at__isnull=False),
                name="objection_handled_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=("filed", "accepted", "refused"),
                    answered_by__isnull=True,
                    answered_at__isnull=True,
                    review_until__isnull=True,
                )
                | Q(
                    status__in=("upheld", "rejected"),
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                    review_until__isnull=False,
                ),
                name="objection_answered_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(answered_by=F("handled_by")), name="objection_examined_by_two"
            ),
            models.CheckConstraint(
                condition=~Q(objector_name="") & ~Q(objector_identity="") & ~Q(text=""),
                name="objection_by_real_name",
            ),
        )

    def __str__(self) -> str:
        return self.number


class ObjectionFile(models.Model):
    """Proof of an objection; read only by those who examine it."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="objections/", max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class ObjectionReview(models.Model):
    """复核, once, one level above those who answered: asked for by whom the answer was against, the
    objector or the firm, and decided by the meeting's minutes.
    """

    objection = models.OneToOneField(Objection, models.PROTECT, related_name="review")
    text = models.TextField()
    asked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")  # the firm's
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    status = models.CharField(
        max_length=10,
        choices=(
            ("asked", _("review asked for")),
            ("upheld", _("objection upheld")),
            ("rejected", _("objection not upheld")),
        ),
        default="asked",
    )
    minutes = models.ForeignKey(Minutes, models.PROTECT, null=True, related_name="reviews")
    decision = models.TextField(blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    status="asked",
                    minutes__isnull=True,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                    decision="",
                )
                | Q(
                    status__in=("upheld", "rejected"),
                    minutes__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                & ~Q(decision=""),
                name="review_decided_who_when_by_what",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="review_has_reasons"),
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")), name="review_asked_and_decided_by_two"
            ),
        )

    def __str__(self) -> str:
        return self.objection.number
