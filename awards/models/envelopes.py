from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.db.models.lookups import GreaterThanOrEqual

from applications.models import Scheme
from awards.ledger import HELD

USER = settings.AUTH_USER_MODEL
BALANCES = [account.value for account in HELD]


def _balance() -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=16, decimal_places=2, default=Decimal(0))


class Envelope(models.Model):
    """A scheme's money of one year: a balance (yuan) for each account of its ledger.

    Only an entry of the ledger moves a balance, by the trigger of `awards.guards.ledger`;
    `entries_made` counts them. The accounts always total the ceiling.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="envelopes")
    year = models.PositiveSmallIntegerField()
    ceiling = _balance()
    available = _balance()
    reserved = _balance()
    committed = _balance()
    paid = _balance()
    recovered = _balance()
    carried = _balance()
    entries_made = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("year",)
        constraints = (
            models.UniqueConstraint(fields=("scheme", "year"), name="one_envelope_a_year"),
            # One for all: each CHECK is put together anew at every change of the row.
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Least(*BALANCES), Decimal(0)),
                name="no_balance_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(
                    ceiling=F("available")
                    + F("reserved")
                    + F("committed")
                    + F("paid")
                    + F("recovered")
                    + F("carried")
                ),
                name="accounts_total_the_ceiling",
            ),
        )

    def __str__(self) -> str:
        return str(self.year)

    @property
    def taken(self) -> Decimal:
        """What awards have taken, yuan: not yet paid, paid, and clawed back."""
        return self.committed + self.paid + self.recovered

    @property
    def bound(self) -> Decimal:
        """Below this the ceiling cannot fall, yuan: what lists, awards and carrying over hold."""
        return self.ceiling - self.available


class EnvelopeChange(models.Model):
    """A ceiling set by document: entered by one finance officer, confirmed by another."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="changes")
    ceiling = models.DecimalField(max_digits=16, decimal_places=2)
    document_no = models.CharField(max_length=80)
    received_on = models.DateField(
        null=True, blank=True
    )  # receipt of the central transfer (预算法 art. 52)
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("proposed_by")), name="ceiling_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(refused_at__isnull=True),
                name="ceiling_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="ceiling_confirmed_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(refused_by__isnull=True, refused_at__isnull=True)
                | Q(refused_by__isnull=False, refused_at__isnull=False),
                name="ceiling_refused_who_and_when",
            ),
            models.UniqueConstraint(
                fields=("envelope",),
                condition=Q(confirmed_at__isnull=True, refused_at__isnull=True),
                name="one_pending_ceiling",
            ),
        )


class CarryOver(models.Model):
    """结转: unused money of an ended year (yuan) for the next; entered by one finance officer,
    confirmed by another."""

    source = models.ForeignKey(Envelope, models.PROTECT, related_name="carried_out")
    target = models.ForeignKey(Envelope, models.PROTECT, related_name="carried_in")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    document_no = models.CharField(max_length=80)
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="carry_positive"),
            models.CheckConstraint(condition=~Q(document_no=""), name="carry_has_document"),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("proposed_by")), name="carry_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(refused_at__isnull=True),
                name="carry_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="carry_confirmed_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(refused_by__isnull=True, refused_at__isnull=True)
                | Q(refused_by__isnull=False, refused_at__isnull=False),
                name="carry_refused_who_and_when",
            ),
            models.UniqueConstraint(
                fields=("source",),
                condition=Q(confirmed_at__isnull=True, refused_at__isnull=True),
                name="one_pending_carry",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
