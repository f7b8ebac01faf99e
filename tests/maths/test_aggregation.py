from decimal import Decimal as D
from fractions import Fraction
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.sheet import default_sheet, parse
from reviews.scoring import METHODS, aggregate, combine, compute, half_up, shares, sums
from tests.maths.worked import PROJECT_A, PROJECT_B

SHEET = parse(default_sheet())
EXPERT_LEAVES = [leaf.code for leaf in SHEET.expert_leaves()]
SEVEN = [D(x) for x in ("81", "85.5", "88", "90", "79", "92", "86")]


@pytest.mark.parametrize(
    ("values", "method", "expected"),
    [
        (SEVEN, "trimmed", "86.10"),
        (SEVEN, "mean", "85.93"),
        (SEVEN, "median", "86.00"),
        (SEVEN[:5], "trimmed", "84.83"),
        (SEVEN[:4], "trimmed", "86.13"),  # fewer than five: the plain mean
        (SEVEN[:4], "median", "86.75"),
        (SEVEN[:1], "trimmed", "81.00"),
        (SEVEN[:2], "median", "83.25"),
        ([D("0.005")], "mean", "0.01"),
        ([D("0.01"), D("0.02")], "mean", "0.02"),  # 0.015, half up
    ],
)
def test_worked_values(values, method, expected):
    assert str(aggregate(values, method)) == expected


def test_a_gap_is_never_zero():
    assert aggregate([*SEVEN, None, None], "mean") == D("85.93")
    assert aggregate([D(80), None, D(90), None, D(85), D(70)], "trimmed") == D("81.25")
    assert aggregate([D(80), None, D(0)], "mean") == D("40.00"), "a zero is a score"
    for method in METHODS:
        assert aggregate([None, None], method) is None
        assert aggregate([], method) is None


def test_where_trimming_begins_is_a_rule_of_the_call():
    assert aggregate(SEVEN, "trimmed", trim_from=8) == D("85.93")
    assert aggregate(SEVEN[:3], "trimmed", trim_from=3) == D("85.50")
    assert aggregate(SEVEN[:2], "trimmed", trim_from=2) == D("83.25"), "two cannot be trimmed"


def test_equal_values_share_what_is_trimmed():
    values = [Fraction(x) for x in (20, 20, 18, 17, 16)]
    half = Fraction(1, 2)
    assert shares(values, "trimmed") == (half, half, 1, 1, 0)
    assert shares([Fraction(5)] * 5, "trimmed") == (Fraction(3, 5),) * 5
    assert shares([Fraction(1), Fraction(2), Fraction(3), Fraction(9)], "median") == (
        0, half, half, 0,
    )  # fmt: skip
    assert shares([Fraction(1), Fraction(2), Fraction(2)], "median") == (0, half, half)
    assert shares([], "median") == ()


scores = st.decimals(min_value=0, max_value=100, places=2)


@given(st.lists(scores, min_size=1, max_size=15))
def test_the_three_methods_against_their_definitions(values):
    exact = [Fraction(value) for value in values]
    assert aggregate(values, "mean") == half_up(Fraction(sum(exact), len(exact)))
    assert aggregate(values, "median") == half_up(median(exact))
    kept = sorted(exact)[1:-1] if len(exact) >= 5 else exact
    assert aggregate(values, "trimmed") == half_up(mean(kept))


@given(st.lists(scores, max_size=12), st.sampled_from(METHODS), st.randoms())
def test_neither_order_nor_gaps_matter(values, method, random):
    shuffled = [*values, None]
    random.shuffle(shuffled)
    assert aggregate(shuffled, method) == aggregate(values, method)


@given(st.lists(scores, min_size=1, max_size=12), st.sampled_from(METHODS))
def test_an_aggregate_lies_between_the_lowest_and_the_highest(values, method):
    assert min(values) <= aggregate(values, method) <= max(values)


# --- a dossier's points ---------------------------------------------------------------------------


def marks_of(*totals):
    """Sheets of experts whose expert leaves sum to these totals, filled from the first leaf on."""
    sheets = {}
    for number, total in enumerate(totals, start=1):
        left, given_marks = D(total), {}
        for leaf in SHEET.expert_leaves():
            given_marks[leaf.code] = min(left, leaf.weight)
            left -= given_marks[leaf.code]
        sheets[f"E{number:02d}"] = given_marks
    return sheets


def test_project_a_ends_at_its_worked_total():
    marks = marks_of("18", "20", "19.5", "21", "17", "22", "20.5")
    score = combine(SHEET, compute(SHEET, PROJECT_A), sums(SHEET, marks), "trimmed")
    assert (score.formula_quality, score.formula_employment) == (D("43.97"), D("21.37"))
    assert (str(score.expert_total), str(score.total)) == ("19.80", "85.14")
    assert score.n == 7 and score.quality + score.employment == score.total
    assert [(e.expert, e.total, e.share) for e in score.experts if e.share == 0] == [
        ("E05", 17, 0),
        ("E06", 22, 0),
    ]


def full(quality, employment):
    """Marks with so many points on quality leaves and on J4.2."""
    left, marks = D(quality), {}
    for leaf in SHEET.expert_leaves():
        if leaf.code == "J4.2":
            marks[leaf.code] = D(employment)
        else:
            marks[leaf.code] = min(left, leaf.weight)
            left -= marks[leaf.code]
    assert left == 0
    return marks


def test_sub_totals_come_from_the_experts_that_count():
    sheets = [("16", "2"), ("17", "1"), ("18", "0.5"), ("12", "0"), ("22", "2")]
    marks = {f"E{i}": full(q, j) for i, (q, j) in enumerate(sheets)}
    score = combine(SHEET, compute(SHEET, PROJECT_B), sums(SHEET, marks), "trimmed")
    # E3 (12) and E4 (24) are left aside as a whole; 18, 18 and 18.5 stay
    assert score.expert_total == D("18.17")
    assert score.expert_employment == D("1.17")  # (2 + 1 + 0.5) ÷ 3
    assert score.expert_quality == D("17.00")
    assert (score.quality, score.employment) == (D("47.78"), D("25.27"))
    assert score.total == D("73.05") == score.quality + score.employment


def test_equal_highest_sums_share_so_that_no_name_decides():
    marks = {"a": full("19", "1"), "b": full("20", "0"), "c": full("15", "1"), "d": full("14", "1"),
             "e": full("10", "0")}  # fmt: skip
    renamed = dict(zip("badec", marks.values(), strict=True))
    one = combine(SHEET, {}, sums(SHEET, marks), "trimmed")
    other = combine(SHEET, {}, sums(SHEET, renamed), "trimmed")
    assert one.expert_total == D("17.00")
    assert (one.expert_quality, one.expert_employment) == (D("16.17"), D("0.83"))
    assert (other.expert_quality, other.expert_employment) == (
        one.expert_quality,
        one.expert_employment,
    )


def test_an_expert_who_left_a_leaf_open_does_not_count():
    marks = marks_of("18", "20", "19")
    marks["E04"] = {**marks["E01"], "J4.2": None}
    marks["E05"] = {"Q1.2": D(6)}
    score = combine(SHEET, {}, sums(SHEET, marks), "mean")
    assert (score.n, score.expert_total, score.incomplete) == (3, D("19.00"), ("E04", "E05"))
    assert [e.expert for e in score.experts] == ["E01", "E02", "E03"]


def test_without_any_complete_sheet_there_is_no_total():
    score = combine(SHEET, compute(SHEET, PROJECT_A), sums(SHEET, {}), "trimmed")
    assert (score.total, score.quality, score.employment, score.expert_total) == (None,) * 4
    assert score.formula_total == D("65.34") and score.n == 0


@st.composite
def panels(draw):
    """Sheets of up to nine experts; coarse marks, so that equal sums are common."""
    step = draw(st.sampled_from(["0.01", "0.5", "1"]))
    sheets = {}
    for number in range(draw(st.integers(1, 9))):
        sheets[f"E{number}"] = {
            leaf.code: draw(st.integers(0, int(leaf.weight / D(step)))) * D(step)
            for leaf in SHEET.expert_leaves()
        }
    return sheets


@given(panels(), st.sampled_from(METHODS), st.sampled_from([PROJECT_A, PROJECT_B]))
def test_quality_and_employment_always_add_up_and_stay_in_range(marks, method, figures):
    score = combine(SHEET, compute(SHEET, figures), sums(SHEET, marks), method)
    assert score.quality + score.employment == score.total
    assert score.expert_total == aggregate([sum(m.values()) for m in marks.values()], method)
    assert 0 <= score.expert_employment <= 2
    assert 0 <= score.expert_quality <= 22
    assert score.total == score.formula_total + score.expert_total
    assert all(value == round(value, 2) for value in (score.quality, score.employment))


@given(panels(), st.sampled_from(METHODS), st.randoms())
def test_neither_names_nor_order_of_experts_matter(marks, method, random):
    sheets = list(marks.values())
    random.shuffle(sheets)
    names = [f"other {number}" for number in range(len(sheets))]
    one = combine(SHEET, {}, sums(SHEET, marks), method)
    other = combine(SHEET, {}, sums(SHEET, dict(zip(names, sheets, strict=True))), method)
    assert (one.expert_quality, one.expert_employment) == (
        other.expert_quality,
        other.expert_employment,
    )


@given(panels(), st.sampled_from(METHODS))
def test_quality_carries_a_residue_of_at_most_a_hundredth(marks, method):
    score = combine(SHEET, {}, sums(SHEET, marks), method)
    counted = [e.share for e in score.experts]
    exact = sum((Fraction(e.quality) * e.share for e in score.experts), Fraction(0)) / sum(counted)
    assert abs(Fraction(score.expert_quality) - exact) <= Fraction(1, 100)
    assert sum(counted) > 0 and all(0 <= share <= 1 for share in counted)
