"""The table that goes to the treasury and comes back: its columns, by name in both languages."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override, pgettext_lazy

from awards.models import BatchLine
from awards.treasury import Column

REFERENCE: Final = pgettext_lazy("payment batch", "Our reference")
AMOUNT: Final = pgettext_lazy("payment batch", "Amount, yuan")
VOUCHER: Final = pgettext_lazy("payment batch", "Voucher number")
PAID_ON: Final = pgettext_lazy("payment batch", "Paid on")
HEADER: Final[tuple[Promise, ...]] = (
    REFERENCE,
    pgettext_lazy("payment batch", "Payee"),
    pgettext_lazy("payment batch", "Credit code of the payee"),
    AMOUNT,
    pgettext_lazy("payment batch", "Application"),
    pgettext_lazy("payment batch", "Project"),
    pgettext_lazy("payment batch", "Instalment"),
    pgettext_lazy("payment batch", "Place"),
    pgettext_lazy("payment batch", "Allocation notice"),
    VOUCHER,
    PAID_ON,
)
READ: Final[Mapping[Column, Promise]] = {
    "reference": REFERENCE,
    "voucher": VOUCHER,
    "amount": AMOUNT,
    "paid_on": PAID_ON,
}


def table(lines: Iterable[BatchLine]) -> Iterator[tuple[str | Decimal, ...]]:
    """The rows of a batch: every cell a text but the sum, the treasury's two left empty."""
    for line in lines:
        payment = line.payment
        award = payment.instalment.award
        application = award.application
        yield (
            line.reference,
            payment.payee,
            application.firm.uscc,
            payment.amount,
            application.number or "",
            application.title,
            str(payment.instalment.sequence),
            str(application.region),
            award.allocation.number if award.allocation else "",
            "",
            "",
        )


def names() -> dict[Column, list[str]]:
    """What the columns that are read may be called: our words in every language of the site."""
    found: dict[Column, list[str]] = {column: [] for column in READ}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for column, name in READ.items():
                found[column].append(str(name))
    return found


def column_words(columns: Iterable[Any]) -> str:
    """Columns by name in the active language, for a refusal."""
    return "、".join(f"“{READ[column]}”" for column in columns)
