from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from awards.ledger import Account, Kind
from awards.models.agreements import Award, Payment
from awards.models.envelopes import CarryOver, Envelope, EnvelopeChange
from awards.models.funding import FundingItem
from awards.models.recoveries import Repayment

USER = settings.AUTH_USER_MODEL

ACCOUNT_NAMES: dict[str, Any] = {
    Account.AUTHORITY.value: _("granted by document"),
    Account.AVAILABLE.value: pgettext_lazy("account", "available"),
    Account.RESERVED.value: pgettext_lazy("account", "reserved by funding lists"),
    Account.COMMITTED.value: pgettext_lazy("account", "awarded, not yet paid"),
    Account.PAID.value: pgettext_lazy("account", "paid"),
    Account.RECOVERED.value: pgettext_lazy("account", "clawed back"),
    Account.CARRIED.value: pgettext_lazy("account", "carried into the next year"),
}
KIND_NAMES: dict[str, Any] = {
    Kind.CEILING_RAISED.value: pgettext_lazy("entry", "Ceiling raised"),
    Kind.CEILING_LOWERED.value: pgettext_lazy("entry", "Ceiling lowered"),
    Kind.RESERVED.value: pgettext_lazy("entry", "Reserved"),
    Kind.UNRESERVED.value: pgettext_lazy("entry", "Reservation lifted"),
    Kind.AWARDED.value: pgettext_lazy("entry", "Awarded"),
    Kind.PAID.value: pgettext_lazy("entry", "Paid"),
    Kind.RELEASED.value: pgettext_lazy("entry", "Released"),
    Kind.RECOVERED.value: pgettext_lazy("entry", "Clawed back"),
    Kind.CARRIED_OUT.value: pgettext_lazy("entry", "Carried into the next year"),
    Kind.CARRIED_IN.value: pgettext_lazy("entry", "Carried in from the year before"),
}


def _cause(model: type[models.Model] | str, *, db_index: bool = False, **more: Any) -> Any:
    """A reference that the guards hold and not a foreign key: they lock and read the row before an
    entry is written, and let none of them be deleted. To ask that again, with the envelope held,
    would cost a quarter of a commitment's time."""
    more = {"related_name": "entries"} | more
    more |= {"db_index": db_index, "db_constraint": False}
    return models.ForeignKey(model, models.PROTECT, **more)


class LedgerEntry(models.Model):
    """One sum (yuan) moved from the account it credits to the account it debits, for ever.

    A trigger moves the envelope's balances with it and gives `number`, which is the order in
    which a year's entries took place; `id` is not, numbers of a sequence overtake each other.
    """

    envelope = _cause(Envelope)  # indexed with the number
    number = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=list(KIND_NAMES.items()))
    credit = models.CharField(max_length=10, choices=list(ACCOUNT_NAMES.items()))
    debit = models.CharField(max_length=10, choices=list(ACCOUNT_NAMES.items()))
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    at = models.DateTimeField()
    by = _cause(USER, related_name="+")
    document = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    # What caused it; which of them, the kind says.
    change = _cause(EnvelopeChange, null=True)
    item = _cause(FundingItem, db_index=True, null=True)
    award = _cause(Award, db_index=True, null=True)
    payment = _cause(Payment, null=True)
    repayment = _cause(Repayment, null=True)
    carry = _cause(CarryOver, null=True)

    class Meta:
        ordering = ("envelope_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("envelope", "number"), name="one_entry_per_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_moves_something"),
            # Partial: an index that holds only what has such a cause costs the others nothing.
            models.UniqueConstraint(
                fields=("change",), condition=Q(change__isnull=False), name="one_entry_per_change"
            ),
            models.UniqueConstraint(
                fields=("payment",),
                condition=Q(payment__isnull=False),
                name="one_entry_per_payment",
            ),
            models.UniqueConstraint(
                fields=("repayment",),
                condition=Q(repayment__isnull=False),
                name="one_entry_per_repayment",
            ),
            models.UniqueConstraint(
                fields=("carry", "kind"), condition=Q(carry__isnull=False), name="carried_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.envelope} · {self.number}"
