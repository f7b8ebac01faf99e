"""Score sheets as one XLSX: a worksheet for each expert, a dossier below the other on A4 pages.

One worksheet and not one for each dossier: an expert compares as they go, prints once, and a panel
of seven has seven tabs. No cell holds a formula, whatever a title begins with.
"""

import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Final

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from applications.sheet import Leaf
from reviews.offline.blank import (
    CODE,
    COMMENT,
    KEY,
    MOST,
    NAME,
    OVERALL,
    SCORE,
    TIERS,
    Block,
    key_of,
)

# So wide that an upright A4 page holds one dossier of the usual sheet at nearly full size.
WIDTHS: Final = {CODE: 6, NAME: 17, TIERS: 40, MOST: 6, SCORE: 8, COMMENT: 32, KEY: 4}
LINE: Final = 15  # points; a formula's line is smaller
SMALL: Final = 0.8
A4: Final = 9
LONGEST_COMMENT: Final = 2000
FONT: Final = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
GRID: Final = {**FONT, "border": 1, "text_wrap": True}
PLAIN: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


@dataclass(frozen=True, slots=True)
class Paper:
    """What the workbook says of itself. `due`: until when it is to be back, "" for unknown."""

    call: str
    panel: str
    due: str
    made_at: datetime
    for_paper: bool


def write(paper: Paper, by_expert: Mapping[str, Sequence[Block]]) -> bytes:
    """The workbook with a worksheet for each expert, by pseudonym. The same input, the same bytes
    up to `made_at`.
    """
    out = io.BytesIO()
    book = Workbook(out, PLAIN)
    book.set_properties({"created": paper.made_at.replace(tzinfo=None), "title": _("Score sheets")})
    styles = _styles(book)
    _notes(book, paper, styles)
    for expert, blocks in by_expert.items():
        _Sheet(book.add_worksheet(expert), styles).write(paper, blocks)
    book.close()
    return out.getvalue()


def _styles(book: Workbook) -> dict[str, Format]:
    """Text cells carry the quote mark of spreadsheets: edited, they stay text."""
    shapes: dict[str, dict[str, Any]] = {
        "title": {**FONT, "bold": True, "font_size": 13, "quote_prefix": True},
        "small": {**FONT, "font_size": 8, "font_color": "#524E47", "quote_prefix": True},
        "note": {**FONT, "text_wrap": True, "valign": "top", "quote_prefix": True},
        "head": {**GRID, "bold": True, "bg_color": "#E8EEF5", "align": "center"},
        "text": {**GRID, "quote_prefix": True},
        "grey": {**GRID, "bg_color": "#F0EEEA", "font_size": 8, "quote_prefix": True},
        "number": {**GRID, "num_format": "0.00"},
        "grey_number": {**GRID, "bg_color": "#F0EEEA", "font_size": 8, "num_format": "0.00"},
        "score": {**GRID, "num_format": "0.00", "locked": False, "bg_color": "#FAF1DA"},
        "comment": {
            **GRID, "locked": False, "valign": "top", "bg_color": "#FAF1DA", "quote_prefix": True,
        },
        "hidden": {"font_color": "#FFFFFF", "quote_prefix": True},
    }  # fmt: skip
    return {name: book.add_format(shape) for name, shape in shapes.items()}


def _notes(book: Workbook, paper: Paper, styles: Mapping[str, Format]) -> None:
    """The first worksheet: how to fill in, until when, and what happens to it."""
    page = book.add_worksheet(pgettext("worksheet", "How to fill in"))
    page.set_column(0, 0, 100)
    page.set_paper(A4)
    page.write_string(0, 0, f"{paper.call} · {paper.panel}", styles["title"])
    for place, line in enumerate(_lines_of_notes(paper), start=1):
        page.write_string(place, 0, line, styles["note"])
        page.set_row(place, _height(line, 100))
    page.protect()


def _lines_of_notes(paper: Paper) -> list[str]:
    lines = [
        _("Fill in the yellow cells only: score and comment of each indicator, then the overall "
          "comment. Grey rows are computed from the dossier and need nothing."),
        _("A score runs from 0 to the maximum, with at most two decimals. The tier follows from "
          "the score. Where the score differs from the tier's usual score, give your grounds."),
        _("Do not add, delete or move rows, join cells or enter formulas: such a file is refused."),
    ]  # fmt: skip
    if paper.for_paper:
        lines.append(
            _("On paper: write legibly, sign and date every page. Two scribes type the sheets in "
              "independently; the signed pages are scanned and kept as your signature.")
        )  # fmt: skip
    else:
        lines.append(
            _("A dossier whose cells are all empty stays in the system as it is. One that is begun "
              "must be complete. Nothing is signed by uploading; you sign in the system.")
        )  # fmt: skip
    if paper.due:
        lines.append(_("Due by %(due)s; what comes later does not count.") % {"due": paper.due})
    return lines


class _Sheet:
    """One expert's worksheet, written from the top down."""

    def __init__(self, page: Worksheet, styles: Mapping[str, Format]) -> None:
        self.page, self.styles, self.row = page, styles, 0
        self.language = get_language() or "zh-hans"

    def write(self, paper: Paper, blocks: Sequence[Block]) -> None:
        self._set_up(paper)
        breaks = []
        for block in blocks:
            if self.row > 1:
                breaks.append(self.row)
            self._block(block)
        self.page.set_h_pagebreaks(breaks)
        self.page.print_area(0, CODE, max(self.row - 1, 1), COMMENT)

    def _set_up(self, paper: Paper) -> None:
        page = self.page
        for column, width in WIDTHS.items():
            page.set_column(column, column, width, None, {"hidden": column == KEY})
        page.set_paper(A4)
        page.set_portrait()
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        # In a footer & begins a command, and && is the sign itself.
        name = f"{paper.call} · {paper.panel} · &A".replace("&", "&&").replace("&&A", "&A")
        page.set_footer(f"&L{name}&R&P / &N")
        heads = {
            CODE: _("Code"),
            NAME: _("Indicator"),
            TIERS: _("Tiers, usual score (from – to)"),
            MOST: pgettext("points", "Maximum"),
            SCORE: _("Score"),
            COMMENT: _("Comment"),
        }
        for column, head in heads.items():
            page.write_string(0, column, head, self.styles["head"])
        page.set_row(0, 2 * LINE)
        page.repeat_rows(0)
        page.freeze_panes(1, MOST)
        page.protect("", {"format_rows": True})
        self.row = 1

    def _block(self, block: Block) -> None:
        title = _("No. %(order)s  %(title)s — %(firm)s") % {
            "order": block.order,
            "title": block.title,
            "firm": block.firm,
        }
        self._text(CODE, title, "title")
        self._text(KEY, block.identity, "hidden")
        self._next(LINE * 1.6)
        self._text(CODE, block.identity, "small")
        self._next(LINE)
        for leaf in block.sheet.leaves():
            if leaf.mode == "formula":
                self._formula(block, leaf)
            else:
                self._expert(block, leaf)
        self._overall(block)
        self._text(CODE, _("Expert's signature: ______________    Date: ______________"), "note")
        self._next(LINE * 2.4)

    def _formula(self, block: Block, leaf: Leaf) -> None:
        result = block.computed.get(leaf.code)
        for column, text in (
            (CODE, leaf.code),
            (NAME, leaf.name(self.language)),
            (TIERS, result.working if result and result.working else _("computed by formula")),
            (COMMENT, ""),
        ):
            self._text(column, text, "grey")
        self.page.write_number(self.row, MOST, float(leaf.weight), self.styles["grey_number"])
        if result is None:
            self._text(SCORE, "—", "grey")
        else:
            self.page.write_number(self.row, SCORE, float(result.score), self.styles["grey_number"])
        working = result.working if result else ""
        self._next(max(SMALL * self._needs(leaf, working, SMALL), LINE * SMALL))

    def _expert(self, block: Block, leaf: Leaf) -> None:
        mark = block.filled(leaf.code)
        tiers = "\n".join(
            _("%(tier)s: %(base)s (%(low)s–%(high)s)")
            % {
                "tier": tier.label(self.language),
                "base": f"{tier.base:.2f}",
                "low": f"{tier.low:.2f}",
                "high": f"{tier.high:.2f}",
            }
            for tier in leaf.tiers
        )
        self._text(CODE, leaf.code, "text")
        self._text(NAME, leaf.name(self.language), "text")
        self._text(TIERS, tiers, "text")
        self._text(COMMENT, mark.comment, "comment")
        self._text(KEY, key_of(leaf.code, mark.version), "hidden")
        self.page.write_number(self.row, MOST, float(leaf.weight), self.styles["number"])
        if mark.score is None:
            self.page.write_blank(self.row, SCORE, None, self.styles["score"])
        else:
            self.page.write_number(self.row, SCORE, float(mark.score), self.styles["score"])
        self._validate(leaf)
        self._next(max(self._needs(leaf, tiers), _height(mark.comment, WIDTHS[COMMENT])))

    def _validate(self, leaf: Leaf) -> None:
        """The spreadsheet itself refuses what the system would."""
        cell = f"{'ABCDEFG'[SCORE]}{self.row + 1}"
        most = f"{leaf.weight:.2f}"
        self.page.data_validation(
            self.row,
            SCORE,
            self.row,
            SCORE,
            {
                "validate": "custom",
                "value": f"=AND(ISNUMBER({cell}),{cell}>=0,{cell}<={most},ROUND({cell},2)={cell})",
                "error_title": leaf.code,
                "error_message": _("Enter a score from 0 to %(most)s with at most two decimals.")
                % {"most": most},
            },
        )
        self.page.data_validation(
            self.row,
            COMMENT,
            self.row,
            COMMENT,
            {"validate": "length", "criteria": "<=", "value": LONGEST_COMMENT},
        )

    def _overall(self, block: Block) -> None:
        self._text(CODE, "", "text")
        self._text(NAME, _("Overall comment"), "text")
        for column in (TIERS, MOST, SCORE):
            self._text(column, "", "grey")
        self._text(COMMENT, block.overall.comment, "comment")
        self._text(KEY, key_of(OVERALL, block.overall.version), "hidden")
        self._next(max(3 * LINE, _height(block.overall.comment, WIDTHS[COMMENT])))

    def _needs(self, leaf: Leaf, text: str, size: float = 1) -> float:
        name = _height(leaf.name(self.language), WIDTHS[NAME] / size)
        return max(name, _height(text, WIDTHS[TIERS] / size))

    def _text(self, column: int, text: str, style: str) -> None:
        shape = self.styles[style]
        if text:
            self.page.write_string(self.row, column, _storable(text), shape)
        else:
            self.page.write_blank(self.row, column, None, shape)

    def _next(self, height: float) -> None:
        self.page.set_row(self.row, height)
        self.row += 1


def _storable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def _height(text: str, width: float) -> float:
    """Points for a text wrapped at so many columns; Chinese characters take two."""
    lines = 0
    for line in text.split("\n"):
        columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        lines += max(1, ceil(columns * 1.05 / width))
    return min(lines * LINE, 400.0)
