from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call
from awards.models.envelopes import Envelope

USER = settings.AUTH_USER_MODEL
SETTLED = ("paid", "forfeited")  # an instalment from which no more will be paid


class AllocationNotice(models.Model):
    """指标下达: the finance department's letter, recorded as evidence of an act done elsewhere."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="allocation_notices")
    number = models.CharField(max_length=80, unique=True)
    issued_on = models.DateField()
    total = models.DecimalField(max_digits=16, decimal_places=2)
    content = models.JSONField()  # its projects with their sums, as they were then
    digest = models.CharField(max_length=64)
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Award(models.Model):
    """资助: the sum awarded to one dossier, yuan; `paid` and `cut` together never pass `amount`.

    `cut` is what of its instalments will not be paid; it went back to the envelope.
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="award")
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="awards")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    paid = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    cut = models.DecimalField(max_digits=16, decimal_places=2, default=0, db_default=Decimal(0))
    allocation = models.ForeignKey(
        AllocationNotice, models.PROTECT, null=True, related_name="awards"
    )
    decided_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    # Ended early: what was not paid by then goes back to the envelope.
    revoked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revocation = models.TextField(blank=True)
    # Accepted (验收): every instalment paid, the targets checked against the agreement.
    accepted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    acceptance = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_positive"),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True, revocation="")
                | Q(revoked_by__isnull=False, revoked_at__isnull=False) & ~Q(revocation=""),
                name="revoked_who_when_why",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True, acceptance="")
                | Q(
                    accepted_by__isnull=False,
                    accepted_at__isnull=False,
                    revoked_at__isnull=True,
                    paid=F("amount") - F("cut"),
                )
                & ~Q(acceptance=""),
                name="accepted_who_when_when_paid",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, cut__gte=0, paid__lte=F("amount") - F("cut")),
                name="award_paid_within_amount",
            ),
        )

    def __str__(self) -> str:
        return str(self.application)


class Agreement(models.Model):
    """任务书: figures and targets of the submitted dossier, signed by both sides, then frozen."""

    award = models.OneToOneField(Award, models.PROTECT, related_name="agreement")
    number = models.CharField(max_length=30, unique=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    drawn_up_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField()
    sign_by = models.DateTimeField()
    provisional = models.BooleanField(default=False)  # reaches a year without known holidays
    firm_signed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    firm_signed_at = models.DateTimeField(null=True)
    office_signed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    office_signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(firm_signed_by__isnull=True, firm_signed_at__isnull=True)
                | Q(firm_signed_by__isnull=False, firm_signed_at__isnull=False),
                name="firm_signed_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(office_signed_by__isnull=True, office_signed_at__isnull=True)
                | Q(office_signed_by__isnull=False, office_signed_at__isnull=False),
                name="office_signed_who_and_when",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Instalment(models.Model):
    """One part of an award by the call's plan; the parts total the award exactly.

    `cut` of it will not be paid: by too few jobs achieved, or by an amendment.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="instalments")
    sequence = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    cut = models.DecimalField(max_digits=16, decimal_places=2, default=0, db_default=Decimal(0))
    status = models.CharField(
        max_length=10,
        choices=(
            ("planned", _("planned")),
            ("claimed", _("claimed")),
            ("verified", _("verified by the secretary")),
            ("entered", _("entered by the maker")),
            ("released", _("released by the checker")),
            ("paid", _("paid")),
            ("forfeited", _("not paid out")),
        ),
        default="planned",
    )

    class Meta:
        ordering = ("award_id", "sequence")
        constraints = (
            models.UniqueConstraint(
                fields=("award", "sequence"), name="one_instalment_per_sequence"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_positive"),
            models.CheckConstraint(
                condition=Q(cut__gte=0, cut__lt=F("amount")) & ~Q(status="forfeited")
                | Q(cut=F("amount"), status="forfeited"),
                name="forfeited_when_all_is_cut",
            ),
        )

    @property
    def payable(self) -> Decimal:
        """What of it is or will be paid, yuan."""
        return self.amount - self.cut

    def __str__(self) -> str:
        return f"{self.award} · {self.sequence}"


class Claim(models.Model):
    """A firm's claim of one instalment with its evidence; a returned one stays, a new follows."""

    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="claims")
    invested = models.DecimalField(max_digits=16, decimal_places=2)  # yuan, so far
    insured = models.PositiveIntegerField()  # headcount, totals only
    statement = models.TextField()
    claimed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    verified_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verification = models.TextField(blank=True)
    returned_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    return_reason = models.TextField(blank=True)
    # Net new jobs by which the last instalment was settled when verified (`awards.achievement`).
    jobs_promised = models.PositiveIntegerField(null=True)
    jobs_achieved = models.PositiveIntegerField(null=True)
    jobs_payable = models.DecimalField(max_digits=16, decimal_places=2, null=True)  # before it

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    jobs_promised__isnull=True,
                    jobs_achieved__isnull=True,
                    jobs_payable__isnull=True,
                )
                | Q(
                    jobs_promised__isnull=False,
                    jobs_achieved__isnull=False,
                    jobs_payable__isnull=False,
                    verified_at__isnull=False,
                ),
                name="claim_settled_when_verified",
            ),
            models.UniqueConstraint(
                fields=("instalment",), condition=Q(returned_at__isnull=True), name="one_live_claim"
            ),
            models.CheckConstraint(
                condition=~Q(verified_by=F("claimed_by")) & ~Q(returned_by=F("claimed_by")),
                name="claimant_is_not_verifier",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | Q(returned_at__isnull=True),
                name="claim_verified_or_returned",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True, verified_at__isnull=True, verification="")
                | Q(verified_by__isnull=False, verified_at__isnull=False) & ~Q(verification=""),
                name="claim_verified_who_when_what",
            ),
            models.CheckConstraint(
                condition=Q(returned_by__isnull=True, returned_at__isnull=True, return_reason="")
                | Q(returned_by__isnull=False, returned_at__isnull=False) & ~Q(return_reason=""),
                name="claim_returned_who_when_why",
            ),
        )

    def __str__(self) -> str:
        return str(self.instalment)


class ClaimFile(models.Model):
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="claims/", max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)


class Payment(models.Model):
    """拨付: maker enters, checker releases, then the treasury's voucher records it as paid."""

    instalment = models.OneToOneField(Instalment, models.PROTECT, related_name="payment")
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="payment")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    payee = models.CharField(max_length=120)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    checked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    # NULL until paid: '' would be taken by the first payment.
    voucher_no = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001
    paid_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=~Q(checked_by=F("made_by")), name="payment_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_at__isnull=True)
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="payment_checked_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(
                    voucher_no__isnull=True,
                    paid_on__isnull=True,
                    recorded_by__isnull=True,
                    recorded_at__isnull=True,
                )
                | Q(
                    voucher_no__isnull=False,
                    checked_by__isnull=False,
                    paid_on__isnull=False,
                    recorded_by__isnull=False,
                    recorded_at__isnull=False,
                ),
                name="paid_only_after_check",
            ),
        )

    def __str__(self) -> str:
        return str(self.instalment)
