"""What waits for a hand about one project or one document: every kind in one shape, so that all of
them are one statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateTimeField,
    DecimalField,
    F,
    Field,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from applications.workflow import Status

Rows = QuerySet[Any, tuple[Any, ...]]
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a kind (see `awards.waiting_acts.KINDS`) that waits.

    page: the key of what its page shows, an award mostly; title: of the project; number: of a
    document, an instalment or a quarter; words: a ground, a reason or a year; amount: yuan.
    """

    kind: str
    page: int | None
    title: str
    number: str
    words: str
    amount: Decimal | None
    due: datetime | None
    provisional: bool


# What is not named of a kind is empty: its column's type and value.
_EMPTY: Final["Mapping[str, tuple[Field[Any, Any], Any]]"] = {
    "page": (BigIntegerField(), None),
    "title": (TextField(), ""),
    "number": (TextField(), ""),
    "words": (TextField(), ""),
    "amount": (DecimalField(max_digits=16, decimal_places=2), None),
    "due": (DateTimeField(), None),
    "provisional": (BooleanField(), False),
}
UNTIL = {"due": "due_at", "provisional": "provisional"}
UNTIL_SIGNED = {"due": "sign_by", "provisional": "provisional"}
_PROJECT = {"page": "award", "title": "award__application__title"}


def ask(rows: Iterable[Rows]) -> list[Act]:
    """All of these, those due first. One query; none where there is nothing to ask."""
    parts = list(rows)
    if not parts:
        return []
    found = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    acts = [Act(*row) for row in found]
    return sorted(acts, key=lambda act: (act.due or _FAR, act.page or 0))


def shaped(kind: str, rows: QuerySet[Any], **columns: str) -> Rows:
    """These rows in the shape of an `Act`; `columns` names where each of its fields is."""
    where = _PROJECT | columns
    values = (
        Cast(F(where[name]) if where.get(name) else Value(empty), field)
        for name, (field, empty) in _EMPTY.items()
    )
    return rows.order_by().values_list(Cast(Value(kind), TextField()), *values)


def under_way(model: type[Any]) -> QuerySet[Any]:
    """Rows of projects that are under way."""
    rows: QuerySet[Any] = model.objects.filter(award__application__status=Status.IN_PROGRESS)
    return rows
