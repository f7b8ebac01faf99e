"""What one cell of a filled workbook holds."""

from decimal import Decimal
from typing import Any, Final

from openpyxl.cell.cell import Cell

MOST: Final = 1_000_000
NOISE: Final = 9  # decimals beyond which a number is a float's own, not the writer's


def number(cell: Any) -> Decimal | None:
    """The number in a cell; None for anything else, for a percentage, and beyond all scores."""
    given = value(cell)
    if not isinstance(given, (int, float)) or isinstance(given, bool):
        return None
    if "%" in (cell.number_format or "") or not abs(given) < MOST:
        return None
    return Decimal(repr(round(given, NOISE)))


def lines(text: str) -> str:
    """One kind of line end; spreadsheets write a carriage return within a text like this."""
    return text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def value(cell: Any) -> Any:
    """A cell's own value; nothing for the inner part of joined cells, or a formula's."""
    return cell.value if isinstance(cell, Cell) and cell.data_type != "f" else None


def is_formula(cell: Any) -> bool:
    return isinstance(cell, Cell) and cell.data_type == "f"


def is_empty(cell: Any) -> bool:
    held = value(cell)
    blank = held is None or (isinstance(held, str) and not held.strip())
    return blank and not is_formula(cell)


def where(cell: Any) -> str:
    return str(cell.coordinate) if cell is not None else ""
