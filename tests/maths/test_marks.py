from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.sheet import default_sheet, parse
from reviews.scoring import MARK_PROBLEM_KEYS, asks_grounds, check_mark, comment_length, tier_of

SHEET = parse(default_sheet())
CHAIN = SHEET.leaf("Q1.2")  # 6.00 | 3.01 to 5.00, base 4 | 0.01 to 3.00 | 0
REASON = "换热板片冲压属现有链条的延伸，图谱未列为缺环。"  # 24 characters


def keys(tier, score, comment="", leaf=CHAIN, **more):
    return [problem.key for problem in check_mark(leaf, tier, score, comment, **more)]


def test_the_base_of_a_tier_needs_no_comment():
    for index, tier in enumerate(CHAIN.tiers):
        assert keys(index, tier.base) == []


@pytest.mark.parametrize(
    ("score", "comment", "asked"),
    [
        (D(6), "", True),
        (D(0), " \n", True),
        (D(6), "填补缺环", False),
        (D("5.99"), "", False),
        (D(4), "", False),
        (None, "", False),
    ],
)
def test_grounds_are_asked_for_where_a_mark_is_extreme(score, comment, asked):
    assert asks_grounds(CHAIN, score, comment) == asked


@pytest.mark.parametrize(
    ("tier", "score", "comment", "expected"),
    [
        (1, "4.50", REASON, []),
        (1, "3.01", REASON, []),
        (1, "5.00", REASON, []),
        (1, "4.50", "", ["comment_short"]),
        (1, "4.50", "理由" * 9, ["comment_short"]),
        (1, "4.50", "理由" * 10, []),
        (1, "4.50", "理 由\n" * 10, []),
        (1, "4.50", " " * 40, ["comment_short"]),
        (1, "5.01", REASON, ["tier_range"]),
        (1, "3.00", REASON, ["tier_range"]),
        (0, "4.00", REASON, ["tier_range"]),
        (1, "4.005", REASON, ["score_decimals"]),
        (1, "6.01", REASON, ["score_range"]),
        (1, "-0.01", REASON, ["score_range"]),
        (1, "NaN", REASON, ["score_unreadable"]),
        (1, "Infinity", REASON, ["score_unreadable"]),
        (1, None, REASON, ["score_missing"]),
        (None, "4.00", "", ["tier_missing"]),
        (None, None, "", ["score_missing", "tier_missing"]),
        (4, "4.00", "", ["tier_unknown"]),
        (-1, "4.00", "", ["tier_unknown"]),
        (9, None, "", ["score_missing", "tier_unknown"]),
    ],
)
def test_what_a_mark_must_satisfy(tier, score, comment, expected):
    assert keys(tier, None if score is None else D(score), comment) == expected


def test_problems_carry_what_their_message_names():
    (problem,) = check_mark(CHAIN, 1, D("4.60"), "图谱未列")
    assert (problem.where, problem.values) == (
        "Q1.2",
        {"base": "4.00", "needed": "20", "more": "16"},
    )
    (problem,) = check_mark(CHAIN, 1, D("5.60"), REASON)
    assert problem.values == {"low": "3.01", "high": "5.00"}
    (problem,) = check_mark(CHAIN, 1, D(7), REASON)
    assert problem.values == {"max": "6.00"}


def test_the_length_of_a_comment_is_the_calls_to_set():
    assert keys(1, D("4.5"), "短", min_comment=1) == []
    assert keys(1, D("4.5"), "", min_comment=0) == []
    assert comment_length(" 图谱\t未列 ") == 4


def test_more_decimals_than_two_are_fine_when_they_are_zeros():
    assert keys(1, D("4.0000")) == []


@given(st.sampled_from(SHEET.expert_leaves()), st.decimals(allow_nan=True, allow_infinity=True))
def test_any_number_at_all_gets_an_answer(leaf, score):
    for index in range(len(leaf.tiers)):
        found = keys(index, score, REASON, leaf)
        assert set(found) <= set(MARK_PROBLEM_KEYS) and len(found) <= 1
        if not found:
            assert tier_of(leaf, score) == index


@given(st.sampled_from(SHEET.expert_leaves()), st.data())
def test_every_score_of_a_leaf_belongs_to_one_tier_and_can_be_given_with_a_reason(leaf, data):
    score = data.draw(st.decimals(min_value=0, max_value=leaf.weight, places=2))
    tier = tier_of(leaf, score)
    assert keys(tier, score, REASON, leaf) == []


def test_no_tier_holds_what_lies_between_two_of_them():
    assert tier_of(CHAIN, D("3.00")) == 2 and tier_of(CHAIN, D("3.01")) == 1
    assert tier_of(CHAIN, D("3.005")) is None and tier_of(CHAIN, D("6.01")) is None
