"""Workbooks of score sheets as people fill them: exported by the site, filled with openpyxl."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from audit import clock
from reviews.models import Seat, SheetImport
from reviews.offline import workbook
from reviews.offline.blank import COMMENT, KEY, OVERALL, SCORE, Block, read_key
from reviews.selectors.offline import blocks_of
from reviews.services import paper
from reviews.services.scribes import appoint_scribe
from tests.applications import filling

XLSX = "sheets.xlsx"


def exported(seat: Seat, *, with_marks: bool = False) -> bytes:
    blocks = blocks_of(seat, with_marks=with_marks)
    return written(blocks)


def written(blocks: list[Block]) -> bytes:
    page = workbook.Paper("2026年批次", "第1组", "6月12日 17:00", clock.now(), for_paper=True)
    return workbook.write(page, {blocks[0].owner.expert: blocks})


def opened(data: bytes) -> tuple[Workbook, Worksheet]:
    book = load_workbook(io.BytesIO(data))
    return book, book.worksheets[-1]


def rows_of(page: Worksheet) -> dict[tuple[int, str], int]:
    """(place of the dossier from 0, leaf) → row number, by the hidden column."""
    found, place = {}, -1
    for row in range(1, page.max_row + 1):
        key = page.cell(row, KEY + 1).value
        if isinstance(key, str) and " / " in key:
            place += 1
        elif isinstance(key, str) and (read := read_key(key)):
            found[place, read[0]] = row
    return found


def filled(
    data: bytes,
    *,
    scores: Callable[[int, str], Any] = lambda place, leaf: None,
    comment: Callable[[int, str], Any] = lambda place, leaf: None,
    change: Callable[[Worksheet, dict[tuple[int, str], int]], None] = lambda page, rows: None,
) -> ContentFile:
    """The workbook with these scores and comments typed in, then changed in some other way."""
    book, page = opened(data)
    rows = rows_of(page)
    for (place, leaf), row in rows.items():
        if leaf != OVERALL and (value := scores(place, leaf)) is not None:
            page.cell(row, SCORE + 1).value = value
        if (text := comment(place, leaf)) is not None:
            page.cell(row, COMMENT + 1).value = text
    change(page, rows)
    out = io.BytesIO()
    book.save(out)
    return ContentFile(out.getvalue(), XLSX)


def base(blocks: list[Block], tier: int = 0) -> Callable[[int, str], Any]:
    """The base score of one tier on every leaf."""
    return lambda place, leaf: float(blocks[place].sheet.leaf(leaf).tiers[tier].base)


def complete(seat: Seat, tier: int = 0, **more: Any) -> ContentFile:
    blocks = blocks_of(seat, with_marks=False)
    return filled(written(blocks), scores=base(blocks, tier), **more)


def two_scribes(seat: Seat, first: User, second: User, supervisor: User) -> None:
    for person in (first, second):
        appoint_scribe(
            panel=seat.panel, user=person, reason="县里会场没有网络，纸质评分", by=supervisor
        )


def scan() -> Any:
    return filling.pdf()


def typed_in(seat: Seat, by: User, tier: int = 0, **more: Any) -> SheetImport:
    return paper.file_paper(seat=seat, upload=complete(seat, tier, **more), scan=scan(), by=by)


def second_typing(row: SheetImport) -> dict[str, Any]:
    """What a scribe types who reads the paper rightly."""
    scores, agreed = {}, set()
    for dossier in row.content:
        number = dossier["application"]
        for mark in dossier["marks"]:
            scores[number, mark["leaf"]] = Decimal(mark["score"])
            agreed.add((number, mark["leaf"]))
        agreed.add((number, "overall"))
    return {"scores": scores, "agreed": agreed}
