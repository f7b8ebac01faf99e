"""A filled workbook against the sheets it must belong to: every fault at once, each at its cell."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from applications.sheet import Leaf
from audit.refusals import Invalid
from reviews.offline import cells
from reviews.offline.blank import (
    COMMENT,
    KEY,
    OVERALL,
    SCORE,
    Block,
    by_identity,
    number_of,
    owner_of,
    protocol_of,
    read_key,
)
from reviews.offline.workbook import LONGEST_COMMENT
from reviews.scoring import check_mark, tier_of
from reviews.scoring.typed import UnreadableScoreError, read_score
from reviews.wording import MARK_PROBLEMS, problem_text

Text = str | Promise
Inputs = dict[str, tuple[int, Any, Any]]  # leaf → version, score cell, comment cell
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where: the worksheet's name and the cell, both "" for the whole workbook."""

    sheet: str
    cell: str
    message: Text


@dataclass(frozen=True, slots=True)
class Read:
    """A mark as it stands in the workbook; the tier follows from the score."""

    leaf: str
    tier: int
    score: Decimal
    comment: str
    version: int


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """One dossier as it was filled in."""

    assignment: int
    number: str
    marks: tuple[Read, ...]
    overall: str
    overall_version: int


class SheetFaults(Invalid):
    """A workbook with faults; nothing of it is taken. `faults`: all of them, in reading order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults[:MOST_SHOWN])
        self.more = max(0, len(faults) - MOST_SHOWN)
        words = ngettext(
            "The workbook has %(count)s fault; nothing of it was taken. Put it right and upload it "
            "again.",
            "The workbook has %(count)s faults; nothing of it was taken. Put them right and upload "
            "it again.",
            len(faults),
        )
        super().__init__(words % {"count": len(faults)}, "upload")


def read(book: Workbook, blocks: Sequence[Block], *, whole: bool, least: int) -> list[ReadBlock]:
    """The filled dossiers of a workbook, in the order of `blocks`.

    whole: every dossier must be there and complete, as on paper that is signed; otherwise one
    whose cells are all empty is left out. least: characters of a comment that has to be given.
    Raises SheetFaults.
    """
    reader = _Reader(blocks, whole=whole, least=least)
    for page in book.worksheets:
        reader.read_page(page)
    return reader.result()


class _Reader:
    """Collects what is read and what is wrong."""

    def __init__(self, blocks: Sequence[Block], *, whole: bool, least: int) -> None:
        self.blocks, self.whole, self.least = blocks, whole, least
        self.expected = by_identity(blocks)
        self.faults: list[Fault] = []
        self.found: dict[int, ReadBlock | None] = {}
        self.page = ""
        self.pages: dict[str, int] = {}

    def result(self) -> list[ReadBlock]:
        if not self.found and not self.faults:
            words = _("This is no workbook of score sheets. Export the sheets and fill those.")
            self.faults.append(Fault("", "", words))
        missing = [b for b in self.blocks if b.assignment not in self.found]
        if self.whole and not self.faults:
            for block in missing:
                words = _("Dossier %(number)s is missing. Export the sheets again.")
                self.faults.append(Fault("", "", words % {"number": block.number}))
        filled = [b for block in self.blocks if (b := self.found.get(block.assignment))]
        if not filled and not self.faults:
            self.faults.append(
                Fault("", "", _("Nothing is filled in that the system does not have already."))
            )
        if self.faults:
            raise SheetFaults(sorted(self.faults, key=self._place_of))
        return filled

    def _place_of(self, fault: Fault) -> tuple[int, int]:
        """Worksheets in their order, each from the top down; the whole workbook last."""
        row = "".join(c for c in fault.cell.partition(":")[0] if c.isdigit())
        return self.pages.get(fault.sheet, len(self.pages)), int(row or 0)

    def read_page(self, page: Any) -> None:
        self.page = page.title
        self.pages[page.title] = len(self.pages)
        for joined in page.merged_cells.ranges:
            self._say(str(joined), _("Joined cells. Take them apart; each cell is read alone."))
        rows = list(page.iter_rows())
        for cell in (cell for row in rows for cell in row):
            if getattr(cell, "data_type", "") == "f":
                self._say(cell.coordinate, _("A formula. Type the value itself."))
        for identity, start, block_rows in _blocks_of(rows):
            self._place(identity, f"{get_column_letter(KEY + 1)}{start}", block_rows)

    def _say(self, cell: str, message: Text) -> None:
        self.faults.append(Fault(self.page, cell, message))

    def _place(self, identity: str, at: str, rows: Sequence[Sequence[Any]]) -> None:
        """What stands below one identifier."""
        block = self.expected.get(identity)
        if block is None:
            self._say(at, self._stranger(identity))
        elif block.assignment in self.found:
            self._say(at, _("Dossier %(number)s stands here twice.") % {"number": block.number})
        else:
            inputs = self._inputs(block, at, rows)
            kept = not self.whole and _adds_nothing(block, inputs)
            self.found[block.assignment] = None if kept else self._filled(block, inputs)

    def _stranger(self, identity: str) -> Text:
        """Why a block does not belong to the sheets that are expected."""
        owner = owner_of(identity)
        if owner is None:
            return _("The identifier is damaged. Export the sheets again.")
        if not self.blocks or owner != self.blocks[0].owner.parts:
            words = _("These sheets belong to panel %(panel)s of %(call)s, expert %(expert)s.")
            return words % {"call": owner[0], "panel": owner[1], "expert": owner[3]}
        if protocol_of(identity) != self.blocks[0].owner.protocol:
            return _("These sheets are those of another stage of the review. Export them again.")
        number = number_of(identity)
        if number not in {block.number for block in self.blocks}:
            words = _("Dossier %(number)s takes no marks from this expert. Take its sheet out.")
            return words % {"number": number}
        return _(
            "The sheet of dossier %(number)s is out of date: the dossier or the score sheet has "
            "changed since. Export it again and fill that one."
        ) % {"number": number}

    def _inputs(self, block: Block, at: str, rows: Sequence[Sequence[Any]]) -> Inputs:
        """Leaf → its input cells; a row that is missing, stands twice or is no leaf's is said."""
        wanted = [leaf.code for leaf in block.sheet.expert_leaves()] + [OVERALL]
        found: Inputs = {}
        for row in rows:
            value = cells.value(row[KEY]) if len(row) > KEY else None
            key = read_key(value.strip()) if isinstance(value, str) else None
            if key is None:
                continue
            code, version = key
            if code not in wanted or code in found:
                words = _("%(leaf)s does not belong in this row. Export the sheets again.")
                self._say(row[KEY].coordinate, words % {"leaf": code[:20]})
            else:
                found[code] = (version, row[SCORE], row[COMMENT])
        for code in wanted:
            if code not in found:
                shown = _("the overall comment") if code == OVERALL else code
                words = _("Dossier %(number)s: the row of %(leaf)s is missing.")
                self._say(at, words % {"number": block.number, "leaf": shown})
        return found

    def _filled(self, block: Block, inputs: Inputs) -> ReadBlock:
        leaves = [leaf for leaf in block.sheet.expert_leaves() if leaf.code in inputs]
        marks = [self._mark(leaf, *inputs[leaf.code]) for leaf in leaves]
        version, _score, cell = inputs.get(OVERALL, (0, None, None))
        good = tuple(mark for mark in marks if mark is not None)
        return ReadBlock(block.assignment, block.number, good, self._comment(cell), version)

    def _mark(self, leaf: Leaf, version: int, score_cell: Any, comment_cell: Any) -> Read | None:
        if cells.is_formula(score_cell) or cells.is_formula(comment_cell):
            return None  # said already
        count = len(self.faults)
        comment = self._comment(comment_cell)
        score = self._score(leaf, score_cell)
        if len(self.faults) > count:
            return None
        tier = None if score is None else tier_of(leaf, score)
        # Without a score there is no tier either: the one sentence is enough.
        problems = [
            p for p in check_mark(leaf, tier, score, comment, self.least) if p.key != "tier_missing"
        ]
        for problem in problems:
            cell = comment_cell if problem.key.startswith("comment") else score_cell
            self._say(cells.where(cell), problem_text(problem))
        if problems or score is None or tier is None:
            return None
        return Read(leaf.code, tier, score, comment, version)

    def _score(self, leaf: Leaf, cell: Any) -> Decimal | None:
        """The number of a cell, None for an empty one; anything else is a fault."""
        held, number = cells.value(cell), cells.number(cell)
        if number is not None:
            return number
        if held is None or isinstance(held, str):
            try:
                return read_score(held or "")
            except UnreadableScoreError:
                pass
        self._say(cells.where(cell), MARK_PROBLEMS["score_unreadable"])
        return None

    def _comment(self, cell: Any) -> str:
        value = cells.value(cell)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if value is None:
            return ""
        if not isinstance(value, str) or cell.data_type == "e":
            self._say(cells.where(cell), _("Not a text. Type the comment as text."))
            return ""
        text = cells.lines(value)
        if any(c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs") for c in text):
            self._say(cells.where(cell), _("The comment holds a character that cannot be kept."))
        if len(text) > LONGEST_COMMENT:
            words = _("At most %(most)s characters.")
            self._say(cells.where(cell), words % {"most": LONGEST_COMMENT})
        return text


def _blocks_of(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, int, Sequence[Sequence[Any]]]]:
    """(identifier, its row, the rows below it up to the next) of a worksheet."""
    starts = []
    for place, row in enumerate(rows):
        value = cells.value(row[KEY]) if len(row) > KEY else None
        if isinstance(value, str) and " / " in value:
            starts.append((value.strip(), place))
    ends = [place for _identity, place in starts[1:]] + [len(rows)]
    for (identity, place), end in zip(starts, ends, strict=False):
        yield identity, place + 1, rows[place + 1 : end]


def _adds_nothing(block: Block, inputs: Inputs) -> bool:
    """Whether a dossier is empty in the workbook, or says no more than the system has: one that
    was half done at the export must not be finished to upload another.
    """
    if all(
        cells.is_empty(score) and cells.is_empty(comment) for _v, score, comment in inputs.values()
    ):
        return True
    for code, (_version, score, comment) in inputs.items():
        stands = block.overall if code == OVERALL else block.filled(code)
        same = (
            cells.is_empty(score) if stands.score is None else cells.number(score) == stands.score
        )
        if not same or cells.lines(str(cells.value(comment) or "")) != stands.comment:
            return False
    return not any(cells.is_formula(cell) for _v, *both in inputs.values() for cell in both)
