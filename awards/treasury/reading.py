"""The table in the treasury's file: which column is which, and what its cells say."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

from awards.treasury.matching import Answer

Column = Literal["reference", "voucher", "amount", "paid_on"]
COLUMNS: Final[tuple[Column, ...]] = ("reference", "voucher", "amount", "paid_on")
MOST_ROWS: Final = 5000
HEADER_WITHIN: Final = 20  # rows; a letterhead may stand above the table
LONGEST: Final = 60  # characters of a number; beyond that it is none
DAY: Final = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]0?0:00(?::00)?)?$")


class TableError(ValueError):
    """No table that can be read; `key` (no_header, too_many_rows, no_rows) says why.

    `names`: the columns that were not found.
    """

    def __init__(self, key: str, names: Sequence[Column] = ()) -> None:
        super().__init__(key)
        self.key, self.names = key, tuple(names)


def read_rows(rows: Iterable[Sequence[Any]], names: Mapping[Column, Iterable[str]]) -> list[Answer]:
    """The rows below the header, empty ones and those without a reference and a voucher left out.

    `names`: what each column may be called. Cells are text, or what a workbook holds: numbers and
    dates. Raises TableError.
    """
    known = {_plain(name): column for column in COLUMNS for name in names[column]}
    places: dict[Column, int] = {}
    found: list[Answer] = []
    for number, cells in enumerate(rows, start=1):
        if len(places) < len(COLUMNS):
            places = max(places, _places(cells, known), key=len)
            if len(places) < len(COLUMNS) and number >= HEADER_WITHIN:
                break
            continue
        answer = _answer(number, cells, places)
        if answer is not None:
            found.append(answer)
        if len(found) > MOST_ROWS:
            raise TableError("too_many_rows")
    if len(places) < len(COLUMNS):
        raise TableError("no_header", [name for name in COLUMNS if name not in places])
    if not found:
        raise TableError("no_rows")
    return found


def _places(cells: Sequence[Any], known: Mapping[str, Column]) -> dict[Column, int]:
    """Column → its place, in a row that may be the header."""
    places: dict[Column, int] = {}
    for place, cell in enumerate(cells):
        column = known.get(_plain(cell)) if isinstance(cell, str) else None
        if column is not None:
            places.setdefault(column, place)
    return places


def _answer(number: int, cells: Sequence[Any], places: Mapping[Column, int]) -> Answer | None:
    held = {
        column: cells[place] if place < len(cells) else None for column, place in places.items()
    }
    reference, voucher = kept_reference(held["reference"]), kept_reference(held["voucher"])
    paid_on = _day(held["paid_on"])
    if not voucher and paid_on is None:
        return None  # our own line, not answered: it stays missing
    return Answer(number, reference, voucher, _amount(held["amount"]), paid_on)


def kept_reference(value: Any) -> str:
    """A number of a document as it is compared: half-width, upper case, no blanks, no guard."""
    text = str(value) if value is not None else ""
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))  # a workbook keeps a long number as a float
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(plain.split()).removeprefix("'")
    return kept if len(kept) <= LONGEST else ""


def _amount(value: Any) -> Decimal | None:
    """Yuan with at most two decimals; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        text = repr(round(value, 6))
    else:
        text = unicodedata.normalize("NFKC", str(value)).strip().lstrip("¥'").replace(",", "")
    try:
        amount = Decimal(text.strip().removesuffix("元"))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 < amount < Decimal(10) ** 14:
        return None
    kept = amount.quantize(Decimal("0.01"))
    return kept if kept == amount else None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = unicodedata.normalize("NFKC", str(value or "")).strip().removeprefix("'")
    parts = DAY.match(text)
    if parts is None:
        return None
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError:
        return None


def _plain(text: Any) -> str:
    """A heading as it is compared."""
    return "".join(unicodedata.normalize("NFKC", str(text)).lower().split())
