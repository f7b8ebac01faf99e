"""Which uploaded workbooks are read at all: harmless in form before any of it is believed."""

import io
import zipfile
import zlib
from typing import Any, Final
from xml.parsers.expat import ExpatError, ParserCreate

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook, load_workbook

from applications import uploads
from audit.refusals import Invalid, Message

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_UNPACKED: Final = 12 * 1024 * 1024
MOST_ELEMENTS: Final = 300_000  # of XML, in all parts: each costs memory once it is read
MOST_CELLS: Final = 200_000
MOST_WORKSHEETS: Final = 60
# Parts that reach out of the workbook, or run.
REACHING: Final = (
    "xl/externallinks/", "xl/embeddings/", "xl/activex/", "xl/ctrlprops/", "xl/macrosheets/",
    "xl/querytables/", "xl/connections.xml", "xl/dialogsheets/", "customui/",
)  # fmt: skip
# What openpyxl trips over in a part that is not what it should be.
BROKEN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
DAMAGED: Final = _("The workbook is damaged and cannot be read. Save it again as .xlsx.")
UNFOLDS: Final = _("The workbook unfolds to far more than its sheets and is refused.")


def opened(upload: "File[Any]") -> tuple[Workbook, uploads.Checked]:
    """The workbook of an upload with what was checked of the file. Raises Invalid."""
    name = uploads.clean_name(upload.name or "")
    if not name.lower().endswith(".xlsx"):
        raise _no(_("Upload the workbook itself, saved as .xlsx; no other kind is read."))
    if (upload.size or 0) > MOST_BYTES:
        raise _no(
            _("The workbook is larger than %(most)s MB. Take out what is not of the sheets.")
            % {"most": MOST_BYTES // 1024 // 1024}
        )
    checked = uploads.check(upload)
    data = upload.read()
    upload.seek(0)
    _require_harmless(data)
    try:
        book = load_workbook(io.BytesIO(data), keep_links=False)
    except BROKEN:
        raise _no(DAMAGED) from None
    _require_small(book)
    return book, checked


def _require_harmless(data: bytes) -> None:
    """No part that reaches out, none that unfolds, no document type anywhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(e.filename.lower().startswith(REACHING) for e in entries):
                raise _no(_("The workbook holds links, objects or macros. Save it without them."))
            if sum(e.file_size for e in entries) > MOST_UNPACKED:
                raise _no(UNFOLDS)
            left = MOST_ELEMENTS
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels")):
                    left -= _elements_of(_unpacked(archive, entry), left)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError, ValueError):
        raise _no(DAMAGED) from None


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A part, never more of it than its directory entry promises."""
    with archive.open(entry) as part:
        data = part.read(entry.file_size + 1)
    if len(data) > entry.file_size:
        raise zipfile.BadZipFile
    return data


def _elements_of(part: bytes, most: int) -> int:
    """How many elements a part has; refuses more than `most`, and a part that declares entities,
    which could unfold while it is read.
    """
    parser, count = ParserCreate(), 0

    def refuse(*_args: object) -> None:
        raise _no(_("The workbook holds a document type and is refused. Save it again as .xlsx."))

    def begin(*_args: object) -> None:
        nonlocal count
        count += 1
        if count > most:
            raise _no(UNFOLDS)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    try:
        parser.Parse(part, True)  # noqa: FBT003  (expat knows no names)
    except ExpatError:
        raise _no(DAMAGED) from None
    return count


def _require_small(book: Workbook) -> None:
    """Every cell of every worksheet is looked at; a stray one far away makes that endless."""
    pages = book.worksheets
    cells = sum(page.max_row * page.max_column for page in pages)
    if len(pages) > MOST_WORKSHEETS or cells > MOST_CELLS:
        raise _no(
            _("The workbook holds far more rows or columns than the sheets. Export them again.")
        )


def _no(message: Message) -> Invalid:
    return Invalid(message, "upload")
