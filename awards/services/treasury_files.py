"""The treasury's file: harmless in form before any of it is read."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from applications import uploads
from audit.digests import sm3
from audit.refusals import Invalid, Message
from reviews.offline import cells
from reviews.offline.opening import opened

MOST_BYTES: Final = 2 * 1024 * 1024
CSV_TYPE: Final = "text/csv"
Rows = Iterator[Sequence[Any]]


def open_answer(upload: "File[Any]") -> tuple[Rows, uploads.Checked]:
    """The rows of a CSV file or of a workbook's first sheet, and what was checked of the file.

    Raises Invalid(field="upload"): another kind, too large, damaged, formulas, links, macros.
    """
    name = uploads.clean_name(upload.name or "")
    extension = name.rpartition(".")[2].lower()
    if extension == "xlsx":
        book, checked = opened(upload)
        return _of_sheet(book.worksheets[0]), checked
    if extension != "csv":
        raise _no(_("Upload the treasury's answer as CSV or XLSX; no other kind is read."))
    return _of_csv(upload, name)


def _of_sheet(page: Any) -> Rows:
    for row in page.iter_rows():
        for cell in row:
            if cells.is_formula(cell):
                raise _no(
                    _("Cell %(cell)s holds a formula. Save the table with its values only.")
                    % {"cell": cells.where(cell)}
                )
        yield [cells.value(cell) for cell in row]


def _of_csv(upload: "File[Any]", name: str) -> tuple[Rows, uploads.Checked]:
    upload.seek(0)
    data = upload.read(MOST_BYTES + 1)
    upload.seek(0)
    if len(data) > MOST_BYTES:
        raise _no(
            _("The file is larger than %(most)s MB. Compress it or split it.")
            % {"most": MOST_BYTES // 1024 // 1024}
        )
    if not data.strip():
        raise _no(_("The file is empty. Choose the right file."))
    text = _decoded(data)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise _no(_("The table is damaged and cannot be read. Export it again.")) from None
    return iter(rows), uploads.Checked(name, "csv", len(data), CSV_TYPE, sm3(data))


def _decoded(data: bytes) -> str:
    """The text of a table, in the encodings that spreadsheets write; no other bytes are one."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(c) < 32 and c not in "\t\r\n" for c in text):
            return text
    raise _no(_("This is no table of text. Export it from the treasury's system as CSV or XLSX."))


def _no(message: Message) -> Invalid:
    return Invalid(message, "upload")
