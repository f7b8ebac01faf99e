"""Tables to download."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import IO, Any
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from xlsxwriter import Workbook

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Spreadsheets set up for Chinese take the full-width signs as well.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula, blanks before it or not; numbers stay."""
    text = "" if value is None else str(value)
    starts = text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if isinstance(value, str) and starts else text


def persons(number: Decimal | None) -> str:
    """Full-time equivalents without idle zeros: 101.00 as 101."""
    return "" if number is None else f"{number.normalize():f}"


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a table one by one, with the mark that spreadsheets need to read Chinese."""
    line = csv.writer(_Echo()).writerow
    yield "\ufeff"
    yield line(header)
    for row in rows:
        yield line([safe(value) for value in row])


class _Echo:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A UTF-8 table under a file name."""
    response = HttpResponse(csv_lines(header, rows), content_type=CSV)
    response["Content-Disposition"] = _attached(name)
    return response


def csv_stream(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """The same, sent while the rows are read: a table of any length."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type=CSV)
    response["Content-Disposition"] = _attached(name)
    return response


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The same table as one worksheet: numbers are numbers, and no cell holds a formula."""
    kept = io.BytesIO()
    _write_sheet(kept, header, rows)
    response = HttpResponse(kept.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = _attached(name)
    return response


def xlsx_stream(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """The same, by way of a file without a name, which goes when the answer is sent."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response)
    _write_sheet(kept, header, rows)
    kept.seek(0)
    response = FileResponse(kept, content_type=XLSX)
    response["Content-Disposition"] = _attached(name)
    return response


def _write_sheet(kept: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Row by row: no more than one is in memory."""
    plain = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "constant_memory": True,
    }  # fmt: skip
    with Workbook(kept, plain) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, cells in enumerate(chain([header], rows)):
            sheet.write_row(place, 0, ["" if cell is None else cell for cell in cells])


def _attached(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"
