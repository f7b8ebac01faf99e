"""Scores in a CSV table: read with every fault named by its line, ranked, written as CSV.

For panels that marked on paper, and for anybody who wants to try the aggregation on scores of their
own. Plain Python.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

from applications.sheet import read_decimal
from reviews.ranking import Order, TableRow, rank_table
from reviews.scoring import Method, half_up

GAPS: Final = frozenset({"", "na", "n/a", "nan", "-", "—"})  # no score, which is not zero
PLACES: Final = 12  # decimals at most in what is written; zeros beyond two are left away
ENCODINGS: Final = ("utf-8-sig", "gb18030")  # what spreadsheets save as CSV here
_FAULTS_SHOWN: Final = 5


class TableError(ValueError):
    """A table that cannot be ranked; one line for each fault, with file, column or line number."""

    def __init__(self, faults: Sequence[str]) -> None:
        shown = list(faults[:_FAULTS_SHOWN])
        if len(faults) > len(shown):
            shown.append(f"and {len(faults) - len(shown)} more")
        super().__init__("\n".join(shown))


class Writable(Protocol):
    """Anything that text can be written to."""

    def write(self, text: str, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Layout:
    """The headings of the columns that are read; all others are left alone.

    `of_item`: columns that say something of the item itself, the same on each of its rows.
    """

    item: str
    expert: str
    score: str
    of_item: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.item, self.expert, self.score, *self.of_item)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One score as it stands in the table, with its line; None is a gap. `of_item` as written."""

    line: int
    item: str
    expert: str
    score: Decimal | None
    of_item: tuple[str, ...] = ()


def rank_file(path: Path, layout: Layout, order: Order, method: Method) -> list[TableRow]:
    """The items of a CSV file by their aggregate, best first. Raises TableError."""
    rows = read(path, layout)
    return rank_table(((row.item, row.expert, row.score) for row in rows), order, method)


def read(path: Path, layout: Layout) -> list[ScoreRow]:
    """The scores of a CSV file with headings, cells trimmed. Raises TableError."""
    try:
        table = list(_cells(_decoded(path)))
    except csv.Error as error:
        raise TableError([f"{path}: not a CSV table: {error}"]) from None
    if not table:
        raise TableError([f"{path}: the table is empty"])
    headings, body = table[0][1], table[1:]
    columns = _columns(path, headings, layout)
    faults: list[str] = []
    rows = [_row(number, cells, headings, columns, faults) for number, cells in body]
    found = [row for row in rows if row is not None]
    faults += [*_repeated(found), *_contradicted(found, layout)]
    if faults:
        raise TableError(faults)
    if not found:
        raise TableError([f"{path}: there is no score below the headings"])
    return found


def write(rows: Iterable[TableRow], file: Writable) -> None:
    """CSV with the headings rank, item, value, n; equal values share a rank, gaps have none."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("rank", "item", "value", "n"))
    for row in rows:
        value = "" if row.value is None else _short(half_up(row.value, PLACES))
        writer.writerow(("" if row.rank is None else row.rank, row.item, value, row.n))


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError([f"{path}: {error.strerror}"]) from None
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError([f"{path}: not a text file in UTF-8 or GB 18030"])


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, cells trimmed, with the line each ends on."""
    headings, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=headings.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield reader.line_num, cells


def _columns(path: Path, headings: list[str], layout: Layout) -> tuple[int, ...]:
    """Where the columns stand, in the order of the layout."""
    faults = []
    for name in layout.headings:
        if headings.count(name.strip()) != 1:
            many = "more than one column" if name.strip() in headings else "no column"
            faults.append(f"{path}: {many} named {name!r}; there are {', '.join(headings)}")
    if faults:
        raise TableError(faults)
    return tuple(headings.index(name.strip()) for name in layout.headings)


def _row(
    line: int,
    cells: list[str],
    headings: list[str],
    columns: tuple[int, ...],
    faults: list[str],
) -> ScoreRow | None:
    if len(cells) > len(headings) and any(cells[len(headings) :]):
        faults.append(f"line {line}: more cells than headings")
        return None
    item, expert, score, *others = (
        cells[column] if column < len(cells) else "" for column in columns
    )
    for column, name in zip(columns[:2], (item, expert), strict=True):
        if not name:
            faults.append(f"line {line}: {headings[column]} is empty")
            return None
    if score.lower() in GAPS:
        return ScoreRow(line, item, expert, None, tuple(others))
    value = read_decimal(score)
    if value is None:
        faults.append(f"line {line}: {headings[columns[2]]} is not a number: {score!r}")
        return None
    return ScoreRow(line, item, expert, value, tuple(others))


def _repeated(rows: Sequence[ScoreRow]) -> list[str]:
    """An expert has one score for an item: which of two would count is nobody's guess."""
    first: dict[tuple[str, str], int] = {}
    return [
        f"line {row.line}: {row.expert} scored {row.item} on line {line} already"
        for row in rows
        if (line := first.setdefault((row.item, row.expert), row.line)) != row.line
    ]


def _contradicted(rows: Sequence[ScoreRow], layout: Layout) -> list[str]:
    """Rows that say something else of an item than its first row does."""
    first: dict[str, ScoreRow] = {}
    return [
        f"line {row.line}: {name} of {row.item} is {given!r}, on line {known.line} {before!r}"
        for row in rows
        for known in (first.setdefault(row.item, row),)
        for name, given, before in zip(layout.of_item, row.of_item, known.of_item, strict=True)
        if given != before
    ]


def _short(value: Decimal) -> str:
    """At least two decimals, without zeros beyond them."""
    text = format(value, "f")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
