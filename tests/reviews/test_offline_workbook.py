"""The workbook itself: what it shows, what it lets in, and every fault named at its cell."""

import io
from decimal import Decimal as D

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from reviews.offline import workbook
from reviews.offline.blank import COMMENT, KEY, OVERALL, SCORE, Filled, Owner
from reviews.offline.reading import SheetFaults
from tests.reviews import sheets
from tests.reviews.blanks import (
    BLANK,
    BLOCKS,
    LEAVES,
    PAPER,
    SHEET,
    block,
    cell,
    faults,
    good,
    read_back,
    repacked,
    with_part,
)

pytestmark = [
    pytest.mark.usefixtures("english"),
    pytest.mark.filterwarnings("ignore::UserWarning:openpyxl"),
]
# --- What is written -----------------------------------------------------------------------------


def test_no_cell_is_a_formula_and_a_title_stays_text():
    titled = block(title="=1+1", firm="@SUM(A1)", overall=Filled(None, "+cmd", 1))
    book = load_workbook(io.BytesIO(workbook.write(PAPER, {"=E0007": [titled]})))
    cells = [c for page in book for row in page.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} == {"s", "n"}
    assert [c.value for c in cells if str(c.value).startswith(("=", "+", "@"))] == ["+cmd"]
    texts = [c for c in cells if c.data_type == "s" and c.column != 7 and c.row > 1]
    assert all(c.quotePrefix for c in texts)


def test_the_tiers_are_written_as_the_language_writes_them():
    with translation.override("zh-hans"):
        page = load_workbook(io.BytesIO(workbook.write(PAPER, {"E0007": [block()]})))["E0007"]
    tiers = {c.value for c in page["C"] if c.value and "\n" in str(c.value)}
    assert len(tiers) == len(LEAVES)
    assert not [c for text in tiers for c in text if c in ":()"]
    assert any("延伸现有链条：4.00（3.01–5.00）" in text for text in tiers)


def test_only_scores_and_comments_can_be_typed_into():
    page = sheets.opened(BLANK)[1]
    rows = sheets.rows_of(page)
    open_cells = {c.coordinate for row in page.iter_rows() for c in row if not c.protection.locked}
    expected = {f"E{row}" for (_p, leaf), row in rows.items() if leaf != OVERALL}
    assert open_cells == expected | {f"F{row}" for row in rows.values()}
    assert page.protection.sheet
    assert page.column_dimensions["G"].hidden
    assert page.freeze_panes == "D2"
    assert page.print_title_rows == "$1:$1"
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "portrait")
    assert len(page.row_breaks.brk) == len(BLOCKS) - 1
    limits = [v for v in page.data_validations.dataValidation if v.type == "custom"]
    assert len(limits) == len(BLOCKS) * len(LEAVES)
    assert not page.merged_cells.ranges


def test_the_identifier_can_be_read_on_the_paper_and_by_the_system():
    page = sheets.opened(BLANK)[1]
    assert page["G2"].value == page["A3"].value == BLOCKS[0].identity
    assert page["A3"].value.split(" / ")[:7] == [
        "steelyard-sheet-1", "2026-1", "3", "technology.1", "E0007", "2026-1-0001", "v1"
    ]  # fmt: skip


def test_the_digest_is_of_the_blank_and_not_of_marks():
    begun = block(marks={"Q1.2": Filled(D("5.00"), "依据", 3)})
    assert begun.digest == block().digest
    other = [
        block(submission=(2, "ab" * 32)),
        block(submission=(1, "ac" * 32)),
        block(owner=Owner("2026-1", 3, "technology.2", "E0007")),
        block(sheet=SHEET.with_references({"Q2.1": {"full_yuan": "1"}}), title="改名"),
    ]
    digests = [b.digest for b in other]
    assert digests[:3] != [block().digest] * 3
    assert len(set(digests[:3])) == 3
    assert digests[3] == block().digest  # references show in the computed points, nowhere else


def test_the_same_sheets_are_the_same_bytes():
    written = [workbook.write(PAPER, {"E0007": [block(0), block(1)]}) for _ in range(2)]
    assert written[0] == written[1]


# --- What is read --------------------------------------------------------------------------------


def test_a_filled_workbook_is_read_as_it_was_typed():
    upload = sheets.filled(
        BLANK,
        scores=lambda place, leaf: {"Q1.2": 4, "Q3.1": "６．５", "Q4.1": 4.1}.get(
            leaf, good(0, leaf)
        ),
        comment=lambda place, leaf: (
            "一行\r\n二行，理由充分，材料齐备，可以核实，应予认定。"
            if place == 0
            else "足够长的理由说明，材料齐备，数据可核实，应予认定。"
        ),
    )
    first, second = read_back(upload.read(), whole=True)
    assert (first.assignment, second.assignment) == (100, 101)
    assert {m.leaf: m.score for m in first.marks} == {
        "Q1.2": D(4), "Q3.1": D("6.5"), "Q4.1": D("4.1"),
        **{leaf: D(str(good(0, leaf))) for leaf in LEAVES if leaf not in ("Q1.2", "Q3.1", "Q4.1")},
    }  # fmt: skip
    assert all(SHEET.leaf(m.leaf).tiers[m.tier].holds(m.score) for m in first.marks)
    assert first.marks[0].comment.startswith("一行\n二行")
    assert {m.version for m in first.marks} == {0}


def test_what_was_exported_with_marks_comes_back_as_nothing_new():
    marks = {leaf: Filled(D("1.10"), "理由=1", 2) for leaf in LEAVES[:2]}
    begun = [block(0, marks=marks, overall=Filled(None, "总评", 4)), block(1)]
    data = workbook.write(PAPER, {"E0007": begun})
    with pytest.raises(SheetFaults, match="1 fault"):
        read_back(data, blocks=begun)
    upload = sheets.filled(data, scores=lambda place, leaf: good(place, leaf) if place else None)
    [only] = read_back(upload.read(), blocks=begun)
    assert only.assignment == 101


def test_the_version_of_each_mark_comes_along():
    begun = [block(0, marks={"Q1.2": Filled(D(6), "", 7)}, overall=Filled(None, "x", 3))]
    upload = sheets.filled(workbook.write(PAPER, {"E0007": begun}), scores=good)
    [only] = read_back(upload.read(), blocks=begun)
    assert {m.leaf: m.version for m in only.marks} == dict.fromkeys(LEAVES, 0) | {"Q1.2": 7}
    assert only.overall_version == 3


def test_all_faults_are_listed_at_once_with_sheet_and_cell():
    def spoil(page, rows):
        page.cell(rows[0, "Q1.2"], SCORE + 1).value = 6.01
        page.cell(rows[0, "Q3.1"], SCORE + 1).value = 5.123
        page.cell(rows[0, "Q4.1"], SCORE + 1).value = "五分"
        page.cell(rows[0, "Q5.2"], SCORE + 1).value = "=3+1"
        page.cell(rows[0, "J4.2"], SCORE + 1).value = None
        page.cell(rows[1, "Q1.2"], SCORE + 1).value = 5.5
        page.cell(rows[1, "Q3.1"], KEY + 1).value = None
        page.cell(rows[1, OVERALL], COMMENT + 1).value = "长" * 2001
        page.merge_cells("A20:B21")

    found = faults(sheets.filled(BLANK, scores=good, change=spoil))
    at = {(c, text) for sheet, c, text in found if sheet == "E0007"}
    assert len(found) == len(at)
    rows = [int("".join(c for c in where.split(":")[0] if c.isdigit())) for _s, where, _t in found]
    assert rows == sorted(rows)
    assert at == {
        ("A20:B21", "Joined cells. Take them apart; each cell is read alone."),
        (cell(0, "Q1.2", SCORE), "Enter a score from 0 to 6.00."),
        (cell(0, "Q3.1", SCORE), "Enter the score with at most two decimals."),
        (cell(0, "Q4.1", SCORE), "Enter the score as a number, as 4.50."),
        (cell(0, "Q5.2", SCORE), "A formula. Type the value itself."),
        (cell(0, "J4.2", SCORE), "No score yet."),
        (
            cell(1, "Q1.2", COMMENT),
            (
                "The score differs from the tier's base of 6.00: give your grounds in at least 20 "
                "characters, 20 more to go."
            ),
        ),
        ("G26", "Dossier 2026-1-0002: the row of Q3.1 is missing."),
        (cell(1, OVERALL, COMMENT), "At most 2000 characters."),
    }


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        ([block(owner=Owner("2026-1", 3, "finance.1", "E0008"))], "belong to panel 3 of 2026-1"),
        ([block(owner=Owner("2027-1", 3, "technology.1", "E0007"))], "belong to panel 3"),
        ([block(submission=(2, "cd" * 32)), block(1)], "out of date"),
        ([block(1)], "takes no marks from this expert"),
    ],
)
def test_foreign_and_outdated_sheets_are_refused(expected, words):
    [(sheet, at, text)] = faults(sheets.filled(BLANK, scores=good), blocks=expected)[:1]
    assert (sheet, at) == ("E0007", "G2")
    assert words in text


def test_a_sheet_twice_and_a_damaged_identifier_are_refused():
    def twice(page, rows):
        page["G26"].value = page["G2"].value

    def damaged(page, rows):
        page["G2"].value = "steelyard-sheet-1 / 2026-1"

    assert "stands here twice" in faults(sheets.filled(BLANK, scores=good, change=twice))[0][2]
    assert "damaged" in faults(sheets.filled(BLANK, scores=good, change=damaged))[0][2]


def test_paper_has_every_dossier_whole():
    half = sheets.filled(BLANK, scores=lambda place, leaf: None if place else good(0, leaf))
    assert len(read_back(half.read())) == 1
    half.seek(0)
    assert [f[1] for f in faults(half, whole=True)] == [cell(1, leaf, SCORE) for leaf in LEAVES]
    alone = workbook.write(PAPER, {"E0007": BLOCKS[:1]})
    [(_, _, text)] = faults(sheets.filled(alone, scores=good), whole=True)
    assert text == "Dossier 2026-1-0002 is missing. Export the sheets again."


def test_a_workbook_of_something_else_is_refused():
    out = io.BytesIO()
    sheets.Workbook().save(out)
    without = repacked(lambda parts: parts.pop("xl/worksheets/sheet2.xml"))
    for data in (out.getvalue(), without, repacked(with_part("xl/workbook.xml", b"<x/>"))):
        [(_, _, text)] = faults(ContentFile(data))
        assert "no workbook of score sheets" in text


def test_an_array_formula_is_a_formula():
    def put(page, rows):
        at = page.cell(rows[0, "Q1.2"], SCORE + 1).coordinate
        page[at] = ArrayFormula(at, "=SUM(A1:A2)")

    assert (cell(0, "Q1.2", SCORE), "A formula. Type the value itself.") in {
        f[1:] for f in faults(sheets.filled(BLANK, scores=good, change=put))
    }
