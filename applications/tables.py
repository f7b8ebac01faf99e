"""Tables to download."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from xlsxwriter import Workbook

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


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A UTF-8 table (with the mark that spreadsheets need to read Chinese) under a file name."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(header)
    writer.writerows([safe(value) for value in row] for row in rows)
    return response


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The same table as one worksheet: numbers are numbers, and no cell holds a formula."""
    kept = io.BytesIO()
    plain = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "in_memory": True, "constant_memory": True,
    }  # fmt: skip
    with Workbook(kept, plain) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, cells in enumerate([header, *rows]):
            sheet.write_row(place, 0, ["" if cell is None else cell for cell in cells])
    response = HttpResponse(kept.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
