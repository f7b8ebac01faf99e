"""Blank sheets of an invented seat, in memory, for tests of the workbook."""

import io
import zipfile
from datetime import datetime

import pytest
from django.core.files.base import ContentFile

from applications.sheet import default_sheet, parse
from audit import clock
from reviews.offline import opening, workbook
from reviews.offline.blank import Block, Owner
from reviews.offline.reading import SheetFaults, read
from tests.reviews import sheets

SHEET = parse(default_sheet())
LEAVES = [leaf.code for leaf in SHEET.expert_leaves()]
NOW = datetime(2026, 6, 1, tzinfo=clock.SHANGHAI)
PAPER = workbook.Paper("2026年批次", "第1组", "", NOW, for_paper=False)


def block(place: int = 0, **more) -> Block:
    values = {
        "assignment": 100 + place,
        "owner": Owner("2026-1", 3, "technology.1", "E0007"),
        "order": place + 1,
        "number": f"2026-1-{place + 1:04d}",
        "title": f"第{place + 1}号项目",
        "firm": "=cmd|'/c calc'!A0",
        "submission": (1, "ab" * 32),
        "sheet": SHEET,
        "computed": {},
    }
    return Block(**(values | more))


BLOCKS = [block(0), block(1)]
BLANK = workbook.write(PAPER, {"E0007": BLOCKS})


def good(place: int, leaf: str) -> float:
    return float(SHEET.leaf(leaf).tiers[0].base)


def read_back(data: bytes, *, whole: bool = False, blocks=BLOCKS, least: int = 20):
    book, _checked = opening.opened(ContentFile(data, "s.xlsx"))
    return read(book, blocks, whole=whole, least=least)


def faults(upload, **more) -> list[tuple[str, str, str]]:
    with pytest.raises(SheetFaults) as refused:
        read_back(upload.read(), **more)
    return [(f.sheet, f.cell, str(f.message)) for f in refused.value.faults]


def cell(place: int, leaf: str, column: int) -> str:
    row = sheets.rows_of(sheets.opened(BLANK)[1])[place, leaf]
    return f"{'ABCDEFG'[column]}{row}"


def repacked(change) -> bytes:
    """The blank with its parts changed: name → bytes."""
    with zipfile.ZipFile(io.BytesIO(BLANK)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_part(name: str, data: bytes = b"<x/>"):
    return lambda parts: parts.update({name: data})
