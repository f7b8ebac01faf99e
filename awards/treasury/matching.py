"""Each row of the treasury's answer against the payments of one batch."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

Finding = Literal[
    "right",
    "again",
    "unreadable",
    "unknown",
    "left",
    "reference_twice",
    "paid_already",
    "wrong_amount",
    "voucher_twice",
    "wrong_date",
]
FINDINGS: Final[tuple[Finding, ...]] = get_args(Finding)
# Nothing is to be settled: the payment is recorded by this row, or was by the same words before.
MATCHED: Final = frozenset({"right", "again"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One row as it was read: our reference, the treasury's voucher, yuan, the day of payment.

    `row` counts from 1, the header included. A cell that cannot be read is "" or None.
    """

    row: int
    reference: str
    voucher: str
    amount: Decimal | None
    paid_on: date | None

    @property
    def is_whole(self) -> bool:
        return bool(self.reference and self.voucher) and None not in (self.amount, self.paid_on)

    @property
    def words(self) -> tuple[str, str, Decimal | None, date | None]:
        """What the row says, wherever it stands."""
        return self.reference, self.voucher, self.amount, self.paid_on


@dataclass(frozen=True, slots=True)
class Due:
    """A payment of the batch: its sum (yuan), the day of its release, the voucher if it is paid.

    `has_left`: it was taken out of the batch, so that nothing should be paid for it.
    """

    amount: Decimal
    released_on: date
    voucher: str = ""
    has_left: bool = False


def match(
    answers: Sequence[Answer], dues: Mapping[str, Due], taken: Collection[str], today: date
) -> list[Finding]:
    """What is found of each row, in their order.

    dues: the batch's payments by reference; taken: the vouchers that are recorded for payments of
    any batch. Of rows that say the same in every cell the first counts, the others are `again`;
    rows that contradict each other about a reference or a voucher are all named, because nobody
    can know which of them is true. The order of the rows decides nothing else.
    """
    distinct = {answer.words for answer in answers if answer.is_whole}
    references = Counter(words[0] for words in distinct)
    vouchers = Counter(words[1] for words in distinct)
    seen: set[tuple[object, ...]] = set()
    found: list[Finding] = []
    for answer in answers:
        if answer.is_whole and answer.words in seen:
            found.append("again")
            continue
        seen.add(answer.words)
        found.append(_find(answer, dues.get(answer.reference), references, vouchers, taken, today))
    return found


def _find(
    answer: Answer,
    due: Due | None,
    references: Counter[str],
    vouchers: Counter[str],
    taken: Collection[str],
    today: date,
) -> Finding:
    if not answer.is_whole:
        return "unreadable"
    if due is None:
        return "unknown"
    if due.has_left or due.voucher:
        return _of_settled(answer, due)
    twice = vouchers[answer.voucher] > 1 or answer.voucher in taken
    in_time = answer.paid_on is not None and due.released_on <= answer.paid_on <= today
    faults: dict[Finding, bool] = {
        "reference_twice": references[answer.reference] > 1,
        "wrong_amount": answer.amount != due.amount,
        "voucher_twice": twice,
        "wrong_date": not in_time,
    }
    return next((name for name, is_so in faults.items() if is_so), "right")


def _of_settled(answer: Answer, due: Due) -> Finding:
    """Of a payment that waits for no answer any more."""
    if due.has_left:
        return "left"
    same = (due.voucher, due.amount) == (answer.voucher, answer.amount)
    return "again" if same else "paid_already"
