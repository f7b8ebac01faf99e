import io
import subprocess
import sys
from decimal import Decimal as D
from fractions import Fraction
from pathlib import Path

import pytest

from reviews.ranking import TableRow
from reviews.tables import Layout, TableError, rank_file, read, write

LAYOUT = Layout("ID", "RevID", "Score")
ROOT = Path(__file__).parents[2]

# Three reviewers each, lower is better, one decimal; two gaps; one item without any score.
TABLE = """ID,Year,RevID,Score
10,2014,7,2.0
10,2014,22,3.5
10,2014,26,2.0
12,2014,4,2.0
12,2014,9,2.5
12,2014,11,2.5
13,2014,4,n/a
13,2014,9,1.0
13,2014,11,2.0
14,2015,4,1.5
14,2015,9,
14,2015,11,1.5
15,2015,4,NA
"""
RANKED = """rank,item,value,n
1,13,1.50,2
1,14,1.50,2
3,12,2.333333333333,3
4,10,2.50,3
,15,,0
"""


def table(tmp_path, text, name="scores.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def faults(path, layout=LAYOUT):
    with pytest.raises(TableError) as caught:
        read(path, layout)
    return str(caught.value).replace(f"{path}: ", "").split("\n")


def ranked_text(path, order="asc", method="mean", layout=LAYOUT):
    out = io.StringIO()
    write(rank_file(path, layout, order, method), out)
    return out.getvalue()


def test_a_table_of_real_looking_scores(tmp_path):
    assert ranked_text(table(tmp_path, TABLE)) == RANKED


def test_other_methods_and_the_other_order(tmp_path):
    path = table(tmp_path, TABLE)
    assert ranked_text(path, "desc").splitlines()[1] == "1,10,2.50,3"
    assert ranked_text(path, "asc", "median").splitlines()[3:5] == ["3,10,2.00,3", "4,12,2.50,3"]


def test_values_are_exact_as_far_as_they_are_written():
    out = io.StringIO()
    rows = [
        TableRow(1, "a", Fraction(1, 3), 3),
        TableRow(2, "b", Fraction(5), 1),
        TableRow(3, "c", Fraction(-1, 8), 1),
        TableRow(4, "d,e", Fraction(1, 10**13), 1),
        TableRow(None, "f", None, 0),
    ]
    write(rows, out)
    assert out.getvalue().splitlines()[1:] == [
        "1,a,0.333333333333,3",
        "2,b,5.00,1",
        "3,c,-0.125,1",
        '4,"d,e",0.00,1',
        ",f,,0",
    ]


@pytest.mark.parametrize(
    "text",
    [
        TABLE.encode("utf-8-sig"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace(",", " , ").encode(),
        TABLE.replace("\n", "\n\n,,,\n").encode(),
        TABLE.replace("Year", "年份").encode("gb18030"),
        TABLE.replace("2014", '"20\n14"').encode(),
    ],
    ids=["BOM", "CRLF", "semicolons", "tabs", "spaces", "blank lines", "GB 18030", "line breaks"],
)
def test_however_the_spreadsheet_saved_it(tmp_path, text):
    assert ranked_text(table(tmp_path, text)) == RANKED


def test_chinese_headings_and_names(tmp_path):
    text = "项目,专家,得分\n换热机组,张,86.5\n换热机组,李,90\n袜业,张,91\n"
    path = table(tmp_path, text, encoding="gb18030")
    assert ranked_text(path, "desc", layout=Layout("项目", "专家", "得分")) == (
        "rank,item,value,n\n1,袜业,91.00,1\n2,换热机组,88.25,2\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["the table is empty"]),
        ("\n,,\n", ["the table is empty"]),
        ("ID,RevID,Score\n", ["there is no score below the headings"]),
        ("ID,Score\n1,2\n", ["no column named 'RevID'; there are ID, Score"]),
        ("ID,ID,RevID\n1,1,1\n", ["more than one column named 'ID'; there are ID, ID, RevID",
         "no column named 'Score'; there are ID, ID, RevID"]),
        ("ID,RevID,Score\n1,a,good\n", ["line 2: Score is not a number: 'good'"]),
        ("ID,RevID,Score\n1,a,1e999999999\n", ["line 2: Score is not a number: '1e999999999'"]),
        ("ID,RevID,Score\n1,a,inf\n", ["line 2: Score is not a number: 'inf'"]),
        ("ID,RevID,Score\n1,a,\"3,5\"\n", ["line 2: Score is not a number: '3,5'"]),
        ("ID,RevID,Score\n,a,1\n1,,1\n", ["line 2: ID is empty", "line 3: RevID is empty"]),
        ("ID,RevID,Score\n1,a,1,9\n", ["line 2: more cells than headings"]),
        ("ID,RevID,Score\n1,a,1\n2,a,1\n1,a,2\n", ["line 4: a scored 1 on line 2 already"]),
        ('ID,RevID,Score\n1,a,"1\n', ["not a CSV table: unexpected end of data"]),
        (b"\xff\xfe\x00\x80\xff", ["not a text file in UTF-8 or GB 18030"]),
    ],
)  # fmt: skip
def test_faults_are_named_by_line_and_column(tmp_path, text, expected):
    assert faults(table(tmp_path, text)) == expected


def test_many_faults_are_cut_short(tmp_path):
    text = "ID,RevID,Score\n" + "".join(f"{i},a,x\n" for i in range(9))
    found = faults(table(tmp_path, text))
    assert len(found) == 6 and found[-1] == "and 4 more"


def test_a_file_that_is_not_there(tmp_path):
    assert faults(tmp_path / "none.csv") == ["No such file or directory"]
    assert faults(tmp_path) == ["Is a directory"]


def test_short_rows_are_gaps_and_spare_cells_without_content_are_fine(tmp_path):
    rows = read(table(tmp_path, "ID,RevID,Score\n1,a\n1,b,2,,\n"), LAYOUT)
    assert [(row.line, row.item, row.expert, row.score) for row in rows] == [
        (2, "1", "a", None),
        (3, "1", "b", D(2)),
    ]


def command(*arguments, data):
    """The command as a person runs it; it needs no database and starts none."""
    return subprocess.run(
        [sys.executable, "manage.py", "rank_scores", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "STEELYARD_DATA": str(data), "HOME": str(data)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_command(tmp_path):
    columns = ["--item", "ID", "--expert", "RevID", "--score", "Score"]
    path = str(table(tmp_path, TABLE))
    done = command(path, *columns, "--order", "asc", data=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, RANKED, "")
    wrong = command(path, *columns[:-1], "Marks", data=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no column named 'Marks'; there are ID, Year, RevID, Score" in wrong.stderr
    unknown = command(path, *columns, "--method", "best", data=tmp_path)
    assert unknown.returncode == 2 and "invalid choice: 'best'" in unknown.stderr
    assert not (tmp_path / "postgres").exists()


def test_columns_that_say_something_of_the_item(tmp_path):
    layout = Layout("ID", "RevID", "Score", ("Cost", "Panel"))
    text = "Cost,ID,RevID,Score,Panel\n5,1,a,2,P\n5,1,b,,P\n7,2,a,3,\n"
    rows = read(table(tmp_path, text), layout)
    assert [row.of_item for row in rows] == [("5", "P"), ("5", "P"), ("7", "")]
    assert faults(table(tmp_path, text.replace("5,1,b", "6,1,b")), layout) == [
        "line 3: Cost of 1 is '6', on line 2 '5'"
    ]
    assert faults(table(tmp_path, text.replace("Panel", "Group")), layout) == [
        "no column named 'Panel'; there are Cost, ID, RevID, Score, Group"
    ]
