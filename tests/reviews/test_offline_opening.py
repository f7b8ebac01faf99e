"""Which files are opened at all; whatever stands in one, it is read or refused and never fails."""

from datetime import datetime

import pytest
from django.core.files.base import ContentFile
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.refusals import Invalid
from reviews.offline import opening
from reviews.offline.blank import OVERALL
from tests.exhaustive import examples
from tests.reviews import sheets
from tests.reviews.blanks import (
    BLANK,
    LEAVES,
    SHEET,
    good,
    read_back,
    repacked,
    with_part,
)

pytestmark = [
    pytest.mark.usefixtures("english"),
    pytest.mark.filterwarnings("ignore::UserWarning:openpyxl"),
]


def doctype(parts):
    name = "xl/sharedStrings.xml"
    head, tail = parts[name].split(b"?>", 1)
    parts[name] = head + b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + tail


def endless(parts):
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"].replace(
        b"</sheetData>", b"<row r='1000000'><c r='XFD1000000'><v>1</v></c></row></sheetData>"
    )


def many(parts):
    parts["xl/many.xml"] = b"<a>" + b"<b/>" * 400_000 + b"</a>"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("s.xls", BLANK, "saved as .xlsx"),
        ("s.xlsm", BLANK, "saved as .xlsx"),
        ("s.csv", b"a,b", "saved as .xlsx"),
        ("s.xlsx", b"", "empty"),
        ("s.xlsx", b"a,b", "really"),
        ("s.xlsx", b"PK\x03\x04" + b"\0" * 200, "damaged|really"),
        ("s.xlsx", BLANK[: len(BLANK) // 2], "damaged"),
        ("s.xlsx", BLANK + b"x" * opening.MOST_BYTES, "larger than 2 MB"),
        ("s.xlsx", repacked(with_part("xl/vbaProject.bin")), "macros"),
        ("s.xlsx", repacked(with_part("xl/externalLinks/externalLink1.xml")), "links, objects"),
        ("s.xlsx", repacked(with_part("xl/embeddings/o.bin")), "links, objects"),
        ("s.xlsx", repacked(with_part("xl/zeros.bin", b"\0" * 13_000_000)), "unfolds"),
        ("s.xlsx", repacked(many), "unfolds"),
        ("s.xlsx", repacked(doctype), "document type"),
        ("s.xlsx", repacked(endless), "far more rows"),
        ("s.xlsx", repacked(with_part("xl/worksheets/sheet2.xml", b"<x>")), "damaged"),
    ],
)
def test_files_that_are_not_read_at_all(name, data, words):
    with pytest.raises(Invalid, match=words):
        opening.opened(ContentFile(data, name))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40),
    st.datetimes(min_value=datetime(1900, 2, 1), max_value=datetime(9999, 1, 1)),
    st.sampled_from(["=1+1", "#REF!", "50%", "1e5", "٣", "＝1", "4.50", "NaN", "-0", "_x000D_"]),
)


@settings(max_examples=examples(60))
@given(
    cells=st.dictionaries(
        st.tuples(st.integers(0, 1), st.sampled_from([*LEAVES, OVERALL]), st.sampled_from("EFG")),
        JUNK,
        max_size=6,
    ),
    whole=st.booleans(),
)
def test_junk_in_cells_is_read_or_refused_and_never_fails(cells, whole):
    def put(page, rows):
        for (place, leaf, column), value in cells.items():
            page[f"{column}{rows[place, leaf]}"] = value

    try:
        found = read_back(sheets.filled(BLANK, scores=good, change=put).read(), whole=whole)
    except Invalid as refused:
        assert str(refused)
        return
    for one in found:
        assert [m.leaf for m in one.marks] == LEAVES
        for mark in one.marks:
            leaf = SHEET.leaf(mark.leaf)
            assert leaf.tiers[mark.tier].holds(mark.score)
            assert mark.score == round(mark.score, 2)


@settings(max_examples=examples(40))
@given(
    place=st.integers(0, len(BLANK) - 1),
    garbage=st.binary(min_size=1, max_size=12),
    cut=st.booleans(),
)
def test_a_damaged_file_is_refused_and_never_fails(place, garbage, cut):
    rest = b"" if cut else BLANK[place + len(garbage) :]
    data = BLANK[:place] + garbage + rest
    try:
        read_back(data)
    except Invalid as refused:
        assert str(refused)
