import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.certainty.crossed import Crossed
from reviews.certainty.expected_rank import better, expected_ranks
from reviews.certainty.posterior import nodes
from reviews.certainty.table import ScoreTable
from tests.exhaustive import examples
from tests.maths.scores import SHROUT_FLEISS, matrices, panelled, rows_of, table_of

# Seven items, four experts on some of them each; the second expert is lenient.
GAPPED = [
    [55, 70, 61, None],
    [62, 75, None, 66],
    [70, None, 64, 71],
    [None, 85, 75, 73],
    [71, 88, 70, None],
    [None, None, 80, 84],
    [66, 72, None, None],
]


def values(matrix, order="desc", **options):
    return [one.expected for one in expected_ranks(table_of(matrix, order), **options)]


def intervals(found):
    return [(one.low50, one.high50, one.low90, one.high90) for one in found]


# --- Limits by hand -------------------------------------------------------------------------------


def test_without_variance_the_sign_decides_and_no_difference_is_a_half():
    zero = np.zeros(3)
    assert better(np.array([-1.0, 0.0, 2.0]), zero, 5).tolist() == [0, 0.5, 1]
    # t with 1 degree of freedom is Cauchy's: P(T < 1) = 3/4
    assert better(np.array([2.0]), np.array([4.0]), 1) == pytest.approx(0.75)
    assert better(np.array([1.96]), np.ones(1), 10_000) == pytest.approx(0.975, abs=1e-4)


def test_scores_that_do_not_differ_leave_every_rank_open():
    found = expected_ranks(table_of([[5, 5]] * 5))
    assert [one.expected for one in found] == [3] * 5
    assert intervals(found) == [(2, 4, 1, 5)] * 5


def test_items_with_the_same_scores_share_the_middle():
    # every difference is an expert's: no item stands out, whatever the variances
    assert values([[5, 7, 9]] * 4) == pytest.approx([2.5] * 4)


def test_without_noise_expected_ranks_are_ranks():
    matrix = [[s, s + 2, s - 1] for s in (10, 40, 90, 70)]
    found = expected_ranks(table_of(matrix))
    assert [one.expected for one in found] == pytest.approx([4, 3, 1, 2], abs=1e-3)
    assert intervals(found) == [(4,) * 4, (3,) * 4, (1,) * 4, (2,) * 4]
    assert values(matrix, "asc") == pytest.approx([1, 2, 4, 3], abs=1e-3)


def test_one_item_is_the_first():
    [only] = expected_ranks(table_of([[3, 4, 9]]))
    assert (only.expected, only.low90, only.high90) == (1, 1, 1)


def test_one_expert_gives_a_cautious_answer():
    found = expected_ranks(table_of([[1], [2], [3], [4]]))
    assert [one.expected for one in found] == sorted((o.expected for o in found), reverse=True)
    assert 1 < found[3].expected < 2.5 and all(o.low90 == 1 and o.high90 == 4 for o in found[1:3])


def test_an_item_without_scores_has_no_rank():
    found = expected_ranks(table_of([[1, 2], [None, None], [5, 7]]))
    assert found[1].expected is None and found[1].low50 is None
    assert found[0].expected + found[2].expected == pytest.approx(3)


def test_no_score_at_all_is_refused():
    with pytest.raises(ValueError, match="no score"):
        expected_ranks(ScoreTable.of([("a", "x", None)]))


# --- An independent sampler -----------------------------------------------------------------------


def gibbs(table, draws=40_000, burn=2_000, seed=11):
    """Ranks from a Gibbs sampler of the same model, which shares no line with what it checks.

    Half-Cauchy ratios by the auxiliary variables of Makalic and Schmidt (2016).
    """
    rng = np.random.default_rng(seed)
    y = np.array([float(score) for score in table.scores])
    item, expert = table.item, table.expert
    n, rows, columns = y.size, len(table.items), len(table.experts)
    theta, lean, mean = np.zeros(rows), np.zeros(columns), y.mean()
    ratio, aux, noise = [1.0, 1.0], [1.0, 1.0], y.var()
    kept = np.empty((draws, rows), dtype=int)
    for step in range(-burn, draws):
        for which, (index, effect) in enumerate(((item, theta), (expert, lean))):
            others = lean[expert] if which == 0 else theta[item]
            precision = np.bincount(index, minlength=effect.size) + 1 / ratio[which]
            centre = np.bincount(index, y - mean - others, minlength=effect.size) / precision
            effect[:] = centre + rng.standard_normal(effect.size) * np.sqrt(noise / precision)
        rest = y - theta[item] - lean[expert]
        mean = rest.mean() + rng.standard_normal() * np.sqrt(noise / n)
        squares = ((rest - mean) ** 2).sum()
        squares += (theta**2).sum() / ratio[0] + (lean**2).sum() / ratio[1]
        noise = squares / 2 / rng.gamma((n + rows + columns) / 2)
        for which, effect in enumerate((theta, lean)):
            scale = 1 / aux[which] + (effect**2).sum() / (2 * noise)
            ratio[which] = scale / rng.gamma((1 + effect.size) / 2)
            aux[which] = (1 + 1 / ratio[which]) / rng.gamma(1)
        if step >= 0:
            kept[step] = np.argsort(np.argsort(-theta)) + 1
    return kept


@pytest.mark.slow
@pytest.mark.parametrize("matrix", [SHROUT_FLEISS, GAPPED], ids=["complete", "gaps"])
def test_a_gibbs_sampler_finds_the_same(matrix):
    table = table_of(matrix)
    kept = gibbs(table)
    found = expected_ranks(table)
    # the sampler's own error is about 0.02 of a rank, the grid's below it
    assert [one.expected for one in found] == pytest.approx(kept.mean(axis=0), abs=0.06)
    for n, one in enumerate(found):
        ranks = kept[:, n]
        for end, share in (
            (one.low50, 0.25), (one.high50, 0.75), (one.low90, 0.05), (one.high90, 0.95),
        ):  # fmt: skip
            # the end is the quantile, up to the error of both samples
            assert (ranks < end).mean() <= share + 0.02
            assert (ranks <= end).mean() >= share - 0.02


def test_intervals_hold_what_they_say():
    # items drawn from the model: their true ranks fall into the intervals as often as they claim
    rng = np.random.default_rng(5)
    inside = []
    for _ in range(12):
        quality = rng.normal(0, 1, 20)
        marks = quality[:, None] + rng.normal(0, 0.7, 5) + rng.normal(0, 1, (20, 5))
        truth = np.argsort(np.argsort(-quality)) + 1
        found = expected_ranks(table_of(marks.round(3).tolist()), draws=2000)
        inside += [
            (one.low50 <= rank <= one.high50, one.low90 <= rank <= one.high90)
            for one, rank in zip(found, truth, strict=True)
        ]
    half, most = np.mean(inside, axis=0)
    assert 0.45 <= half <= 0.68 and 0.87 <= most <= 0.98  # ranks are whole: a little more is held


# --- The grid -------------------------------------------------------------------------------------


@pytest.mark.parametrize("matrix", [SHROUT_FLEISS, GAPPED])
def test_a_grid_ten_times_as_fine_changes_next_to_nothing(matrix, monkeypatch):
    coarse = values(matrix, draws=10)
    for name, value in (("_SIDE", 41), ("_SHRINKS", 1), ("_KEPT", 30.0)):
        monkeypatch.setattr(f"reviews.certainty.posterior.{name}", value)
    assert len(nodes(Crossed.of(table_of(matrix)))) > 1000
    assert values(matrix, draws=10) == pytest.approx(coarse, abs=0.03)


# --- What changes nothing -------------------------------------------------------------------------


@settings(max_examples=examples(25), deadline=None)
@given(matrices(items=(2, 6), experts=(1, 4)), st.integers(-90, 90), st.randoms())
def test_a_constant_and_the_order_of_rows_change_nothing(matrix, constant, dice):
    rows = [row for row in rows_of(matrix) if row[2] is not None]
    first = expected_ranks(ScoreTable.of(rows), draws=500)
    dice.shuffle(rows)
    moved = [(item, expert, score + constant) for item, expert, score in rows]
    assert expected_ranks(ScoreTable.of(moved), draws=500) == first
    for one in first:
        assert 1 <= one.low90 <= one.low50 <= one.high50 <= one.high90 <= len(first)
    total = len(first) * (len(first) + 1) / 2
    assert sum(one.expected for one in first) == pytest.approx(total)


@settings(max_examples=examples(25), deadline=None)
@given(matrices(items=(2, 6), experts=(2, 4)), st.randoms())
def test_names_decide_nothing(matrix, dice):
    rows = [row for row in rows_of(matrix) if row[2] is not None]
    items, experts = sorted({r[0] for r in rows}), sorted({r[1] for r in rows})
    names = dict(zip(items, dice.sample(items, len(items)), strict=True))
    names |= dict(zip(experts, dice.sample(experts, len(experts)), strict=True))
    renamed = ScoreTable.of([(names[i], names[e], score) for i, e, score in rows])
    first = {names[one.item]: one for one in expected_ranks(ScoreTable.of(rows), draws=4000)}
    for one in expected_ranks(renamed, draws=4000):
        assert one.expected == pytest.approx(first[one.item].expected, abs=1e-5)
        pairs = zip(intervals([one])[0], intervals([first[one.item]])[0], strict=True)
        assert all(abs(a - b) <= 1 for a, b in pairs)


@settings(max_examples=examples(25), deadline=None)
@given(matrices(items=(2, 6), experts=(2, 4)))
def test_turning_the_scores_over_turns_the_order(matrix):
    turned = [[None if s is None else 60 - s for s in line] for line in matrix]
    scored = [one for one in expected_ranks(table_of(matrix), draws=10) if one.expected]
    for one, other in zip(
        expected_ranks(table_of(matrix), draws=10),
        expected_ranks(table_of(turned, "asc"), draws=10),
        strict=True,
    ):
        assert (one.expected is None) == (other.expected is None)
        if one.expected is not None:
            assert other.expected == pytest.approx(one.expected, abs=1e-6)
    assert scored


def test_panels_of_different_experts_are_compared_with_due_doubt():
    # the same marks, once by seven people on all three panels, once by seven on each
    rows, panels = panelled(60, seed=2, experts=7, severity=8)
    apart = [(item, f"{panels[item]} {expert}", score) for item, expert, score in rows]
    together, alone = (
        np.mean([one.high90 - one.low90 for one in expected_ranks(ScoreTable.of(r), draws=2000)])
        for r in (rows, apart)
    )
    assert alone > together + 2
