from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare, spearmanr

from reviews.certainty.agreement import concordance, panels
from reviews.certainty.outliers import outliers, residuals
from reviews.certainty.table import ScoreTable
from tests.exhaustive import examples
from tests.maths.scores import SHROUT_FLEISS, matrices, rows_of, table_of


def test_one_order_and_opposite_orders():
    assert concordance(table_of([[1, 2, 10], [2, 5, 20], [3, 9, 30]])).w == 1
    assert concordance(table_of([[1, 3], [2, 2], [3, 1]])).w == 0


def test_ties_by_hand():
    # ranks 1 2.5 2.5 4 and 1 2 3 4: sums 2, 4.5, 5.5, 8 around 5: S = 9 + 0.25 + 0.25 + 9 = 18.5;
    # T = 2³ − 2 = 6: W = 12·18.5 / (4·60 − 2·6) = 222/228, χ² = 2·3·W
    found = concordance(table_of([[1, 1], [2, 2], [2, 3], [3, 4]]))
    assert found.w == pytest.approx(222 / 228)
    assert found.chi_square == pytest.approx(6 * 222 / 228)


@settings(max_examples=examples(60), deadline=None)
@given(matrices(items=(3, 8), experts=(3, 5), gaps=False))
def test_it_is_friedmans_statistic_in_another_unit(matrix):
    found = concordance(table_of(matrix))
    y = np.array(matrix, dtype=float)
    if all(len(set(column)) == 1 for column in y.T):
        assert found.w is found.p is None
        return
    statistic, p = friedmanchisquare(*y)
    assert found.chi_square == pytest.approx(statistic, abs=1e-9)
    assert found.p == pytest.approx(p, abs=1e-9)
    assert found.w == pytest.approx(statistic / (y.shape[1] * (y.shape[0] - 1)))


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(3, 7), st.integers(2, 5), st.randoms())
def test_without_ties_the_mean_rank_correlation_says_the_same(n, m, dice):
    columns = [dice.sample(range(50), n) for _ in range(m)]
    found = concordance(table_of([list(line) for line in zip(*columns, strict=True)]))
    assert found.w == pytest.approx((1 + (m - 1) * found.spearman) / m, abs=1e-9)


def test_gaps_use_the_items_two_experts_share():
    matrix = [[1, 2, None], [2, 1, 1], [3, 4, 2], [4, 3, 3], [None, 9, 5]]
    found = concordance(table_of(matrix))
    y = np.array([[np.nan if s is None else s for s in line] for line in matrix])
    expected = []
    for a, b in combinations(range(3), 2):
        both = ~np.isnan(y[:, a]) & ~np.isnan(y[:, b])
        expected.append(spearmanr(y[both, a], y[both, b]).statistic)
    assert (found.gaps, found.pairs, found.p) == (2, 3, None)
    assert found.spearman == pytest.approx(np.mean(expected))
    assert found.w == pytest.approx((1 + 2 * np.mean(expected)) / 3)


@pytest.mark.parametrize(
    "matrix",
    [
        [[1], [2], [3]],
        [[1, 2], [2, 3]],
        [[1, None], [2, 2], [3, 3], [None, 4]],
        [[5, 5], [5, 5], [5, 5]],
        [[None, 1], [None, 2], [None, 3]],
    ],
    ids=["one expert", "two items", "two shared", "all equal", "one expert with scores"],
)
def test_where_it_cannot_be_said_it_is_not(matrix):
    assert concordance(table_of(matrix)).w is None


@settings(max_examples=examples(40), deadline=None)
@given(matrices(items=(3, 7), experts=(2, 4)), st.integers(-9, 9), st.randoms())
def test_relabelling_and_a_constant_change_nothing(matrix, constant, dice):
    rows = [row for row in rows_of(matrix) if row[2] is not None]
    names = [f"n{n}" for n in range(20)]
    dice.shuffle(names)
    renamed = [(names[int(i[1:])], names[int(e[1:])], score + constant) for i, e, score in rows]
    one, other = (concordance(ScoreTable.of(r)) for r in (rows, renamed))
    assert (one.w is None) == (other.w is None)
    if one.w is not None:
        assert other.w == pytest.approx(one.w) and 0 <= one.w <= 1


def test_each_panel_by_itself():
    table = table_of([[1, 2, None], [2, 3, None], [3, 5, None], [None, None, 4], [None] * 3])
    found = panels(table, {"i00": "B", "i01": "B", "i02": "B", "i03": "A", "i04": "C"})
    assert [p.panel for p in found] == ["A", "B", "C"]
    assert [p.concordance.w for p in found] == [None, 1, None]
    assert found[1].model.single is not None and found[2].model is None


# --- Single marks ---------------------------------------------------------------------------------


@settings(max_examples=examples(60), deadline=None)
@given(matrices(items=(2, 7), experts=(2, 5)))
def test_residuals_and_leverages_are_those_of_least_squares(matrix):
    table = table_of(matrix)
    y = np.array([float(score) for score in table.scores])
    design = np.hstack(
        [np.eye(len(table.items))[table.item], np.eye(len(table.experts))[table.expert]]
    )
    hat = design @ np.linalg.pinv(design)
    rest = y - hat @ y
    freedom = y.size - np.linalg.matrix_rank(design)
    for n, mark in enumerate(residuals(table)):
        assert mark.score - mark.expected == pytest.approx(rest[n], abs=1e-9)
        if freedom == 0 or 1 - hat[n, n] < 1e-9:
            assert mark.studentised is None
        elif rest @ rest > 1e-6:
            s = np.sqrt(rest @ rest / freedom)
            assert mark.studentised == pytest.approx(
                rest[n] / (s * np.sqrt(1 - hat[n, n])), abs=1e-6
            )
            assert abs(mark.studentised) <= np.sqrt(freedom) + 1e-9


def test_a_mark_that_stands_out_is_named_whatever_the_gaps():
    matrix = [[60 + 3 * i + j + (i * j) % 3 for j in range(5)] for i in range(8)]
    matrix[2][3] += 25
    matrix[5][1] = matrix[0][0] = None
    found = outliers(table_of(matrix))
    assert [(mark.item, mark.expert) for mark in found] == [("i02", "e03")]
    assert found[0].studentised > 3 and found[0].expected < 80


def test_nothing_stands_out_of_a_small_or_perfect_table():
    assert outliers(table_of(SHROUT_FLEISS)) == []
    assert outliers(table_of([[s, s + 2, s - 1] for s in (1, 4, 9, 7)])) == []
    assert outliers(table_of([[1], [2], [90]])) == []
    assert outliers(table_of([[None]])) == []
