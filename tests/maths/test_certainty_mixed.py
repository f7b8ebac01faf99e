import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.certainty import mixed
from reviews.certainty.crossed import Absorbed, Crossed
from reviews.certainty.table import ScoreTable
from tests.exhaustive import examples
from tests.maths.scores import SHROUT_FLEISS, matrices, panelled, rows_of, table_of


def anova(matrix):
    """Variances of items, experts and noise by mean squares, as a person computes them."""
    y = np.array(matrix, dtype=float)
    n, k = y.shape
    items, experts = y.mean(axis=1), y.mean(axis=0)
    msr = k * ((items - y.mean()) ** 2).sum() / (n - 1)
    msc = n * ((experts - y.mean()) ** 2).sum() / (k - 1)
    mse = ((y - items[:, None] - experts + y.mean()) ** 2).sum() / ((n - 1) * (k - 1))
    return (msr - mse) / k, (msc - mse) / n, mse


def dense(table, a, b):
    """y, Z, W and H⁻¹ without any short cut."""
    y = np.array([float(score) for score in table.scores])
    z = np.eye(len(table.items))[table.item]
    w = np.eye(len(table.experts))[table.expert]
    return y, z, w, np.linalg.inv(np.eye(y.size) + a * z @ z.T + b * w @ w.T)


def projected(h):
    one = np.ones((len(h), 1))
    return h - h @ one @ one.T @ h / (one.T @ h @ one)


def criterion(table, a, b):
    y, _, _, h = dense(table, a, b)
    _, log = np.linalg.slogdet(h)
    return (y.size - 1) * np.log(y @ projected(h) @ y) - log + np.log(h.sum())


def test_the_published_reliabilities():
    fitted = mixed.fit(table_of(SHROUT_FLEISS))
    assert (round(fitted.single, 2), round(fitted.averaged, 2), fitted.k) == (0.29, 0.62, 4)
    # mean squares of the paper: 11.24 between targets, 32.49 between judges, 1.02 residual
    assert fitted.item_variance == pytest.approx((11.2417 - 1.0194) / 4, abs=1e-4)
    assert fitted.expert_variance == pytest.approx((32.4861 - 1.0194) / 6, abs=1e-4)
    assert fitted.noise_variance == pytest.approx(1.0194, abs=1e-4)


def test_a_table_by_hand():
    # items 2, 4, 6, experts 10/3, 14/3: sums of squares 16, 8/3, 4/3 on 2, 1, 2 degrees of freedom
    fitted = mixed.fit(table_of([[1, 3], [3, 5], [6, 6]]))
    ms = anova([[1, 3], [3, 5], [6, 6]])
    assert ms == pytest.approx(((8 - 2 / 3) / 2, (8 / 3 - 2 / 3) / 3, 2 / 3))
    assert fitted.item_variance == pytest.approx(11 / 3)
    assert fitted.expert_variance == pytest.approx(2 / 3)
    assert fitted.single == pytest.approx((11 / 3) / (11 / 3 + 2 / 3 + 2 / 3))
    assert fitted.averaged == pytest.approx((11 / 3) / (11 / 3 + 2 / 3))
    # BLUP of a balanced expert: 3b/(1 + 3b) of the mean difference ±2/3, b = 1
    assert [e.value for e in fitted.experts] == pytest.approx([-0.5, 0.5])
    # item: 2a/(1 + 2a) of the deviation from the mean, a = 5.5
    assert [i.value for i in fitted.items] == pytest.approx([-2 * 11 / 12, 0, 2 * 11 / 12])


@settings(max_examples=examples(60), deadline=None)
@given(matrices(items=(3, 8), experts=(2, 5), gaps=False))
def test_without_gaps_the_search_finds_the_analysis_of_variance(matrix):
    parts = anova(matrix)
    crossed = Crossed.of(table_of(matrix))
    if min(parts) <= 1e-9:
        return
    closed = mixed._balanced(crossed)
    expected = (parts[0] / parts[2], parts[1] / parts[2])
    assert closed == pytest.approx(expected, rel=1e-9, abs=1e-9)
    found = searched(crossed)
    if max(expected) < 1e4 and min(expected) > 1e-3:
        assert found == pytest.approx(expected, rel=1e-4)


def searched(crossed):
    """The ratios by search, the closed form left aside."""
    kept, mixed._balanced = mixed._balanced, lambda _: None
    try:
        absorbed, b = mixed._ratios(crossed)
    finally:
        mixed._balanced = kept
    return absorbed.a, b


@settings(max_examples=examples(60), deadline=None)
@given(
    matrices(items=(3, 7), experts=(2, 5)), st.sampled_from([0, 0.3, 4]), st.sampled_from([0, 2])
)
def test_the_algebra_equals_the_dense_one_for_any_gaps(matrix, a, b):
    table = table_of(matrix)
    crossed = Crossed.of(table)
    if crossed.total == 0 or crossed.n < 3:
        return
    absorbed = Absorbed.of(crossed, a)
    square, logs = absorbed.residual(np.array([b]))
    y, z, w, h = dense(table, a, b)
    p = projected(h)
    assert square[0] * crossed.scale**2 == pytest.approx(y @ p @ y, rel=1e-8, abs=1e-8)
    assert logs[0] == pytest.approx(np.log(h.sum()) - np.linalg.slogdet(h)[1], abs=1e-8)
    effects = absorbed.effects(b)
    assert effects.items * crossed.scale == pytest.approx(a * z.T @ p @ y, abs=1e-8)
    assert effects.experts * crossed.scale == pytest.approx(b * w.T @ p @ y, abs=1e-8)
    items = a * np.eye(len(table.items)) - a * a * z.T @ p @ z
    experts = b * np.eye(len(table.experts)) - b * b * w.T @ p @ w
    covariance = np.diag(effects.own) + effects.factor @ effects.factor.T
    assert covariance == pytest.approx(items, abs=1e-8)
    assert effects.item_variances() == pytest.approx(np.diag(items), abs=1e-8)
    assert effects.expert_variances == pytest.approx(np.diag(experts), abs=1e-8)


@settings(max_examples=examples(30), deadline=None)
@given(matrices(items=(4, 8), experts=(3, 5)))
def test_no_other_variances_are_likelier(matrix):
    table = table_of(matrix)
    crossed = Crossed.of(table)
    if crossed.total == 0 or crossed.identified != (True, True):
        return
    a, b = searched(crossed)
    if max(a, b) > 1e3:
        return  # next to no noise: the dense algebra is the weaker one there
    best = criterion(table, a, b)
    for other in [(a * s, b * t) for s in (0.5, 0.99, 1.01, 2) for t in (0.5, 0.99, 1.01, 2)]:
        assert criterion(table, *other) >= best - 1e-6
    grid = [0, 0.01, 0.1, 0.3, 1, 3, 10]
    assert min(criterion(table, s, t) for s in grid for t in grid) >= best - 1e-6


@settings(max_examples=examples(30), deadline=None)
@given(matrices(items=(3, 6), experts=(2, 4)), st.integers(-50, 50), st.randoms())
def test_a_constant_and_the_order_of_rows_change_nothing(matrix, constant, dice):
    rows = [row for row in rows_of(matrix) if row[2] is not None]
    first = mixed.fit(ScoreTable.of(rows))
    dice.shuffle(rows)
    second = mixed.fit(ScoreTable.of([(i, e, s + constant) for i, e, s in rows]))
    assert second.mean == pytest.approx(first.mean + constant)
    assert (second.item_variance, second.expert_variance, second.single) == (
        first.item_variance,
        first.expert_variance,
        first.single,
    )
    assert second.experts == first.experts and second.items == first.items


def test_harsh_and_lenient_go_by_the_direction_of_the_scores():
    matrix = [[s + 3, s, s - 3, s + n % 2] for n, s in enumerate([50, 60, 70, 80, 55, 65, 75, 85])]
    up = mixed.fit(table_of(matrix))
    assert [e.tendency for e in up.experts] == ["lenient", "", "harsh", ""]
    down = mixed.fit(table_of(matrix, "asc"))
    assert [e.tendency for e in down.experts] == ["harsh", "", "lenient", ""]
    assert [e.value for e in up.experts] == [e.value for e in down.experts]


def test_the_simulated_variances_come_back():
    rows, _ = panelled(400, seed=3, experts=60)
    fitted = mixed.fit(ScoreTable.of(rows))
    assert fitted.item_variance == pytest.approx(64, rel=0.25)
    assert fitted.expert_variance == pytest.approx(9, rel=0.5)
    assert fitted.noise_variance == pytest.approx(36, rel=0.1)


def test_no_noise_is_a_limit_and_no_fault():
    matrix = [[s, s + 2, s - 1] for s in (1, 4, 9, 7)]
    fitted = mixed.fit(table_of(matrix))
    of_items, of_experts, _ = anova(matrix)
    assert fitted.noise_variance == pytest.approx(0, abs=1e-6)
    assert fitted.item_variance == pytest.approx(of_items, rel=1e-4)
    assert fitted.expert_variance == pytest.approx(of_experts, rel=1e-4)
    assert [e.value for e in fitted.experts] == pytest.approx([-1 / 3, 5 / 3, -4 / 3], abs=1e-3)


@pytest.mark.parametrize(
    "matrix",
    [[[1], [2], [3]], [[1, 2, 3]], [[5, 5], [5, 5]], [[7]], [[1, None], [None, 2]]],
    ids=["one expert", "one item", "all equal", "one score", "nothing shared"],
)
def test_what_cannot_be_told_apart_is_not_said(matrix):
    fitted = mixed.fit(table_of(matrix))
    assert fitted.single is fitted.averaged is fitted.item_variance is None
    assert fitted.experts == fitted.items == ()


def test_experts_with_one_score_each_have_no_severity_but_items_have_a_reliability():
    fitted = mixed.fit(table_of([[1, 2, None, None], [None, None, 7, 9]]))
    assert fitted.expert_variance is None and fitted.experts == ()
    # one way: means 1.5 and 8 around 4.75: between 42.25 on 1, within 0.5 + 2 on 2
    assert fitted.item_variance == pytest.approx((42.25 - 1.25) / 2)
    assert fitted.noise_variance == pytest.approx(1.25)


def test_an_empty_table_has_nothing_to_fit():
    with pytest.raises(ValueError, match="no score"):
        mixed.fit(ScoreTable.of([("a", "x", None)]))
