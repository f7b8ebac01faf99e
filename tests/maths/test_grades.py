"""Grades by points: a bound reaches its own grade."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.acceptance_rule import Grade, grade_of

BOUNDS = (90, 80, 60)
points = st.decimals("0", "100", places=2)


@pytest.mark.parametrize(
    ("given_", "grade"),
    [
        ("100", Grade.EXCELLENT),
        ("90", Grade.EXCELLENT),
        ("89.99", Grade.GOOD),
        ("80", Grade.GOOD),
        ("79.99", Grade.FAIR),
        ("60", Grade.FAIR),
        ("59.99", Grade.POOR),
        ("0", Grade.POOR),
    ],
)
def test_worked_vectors(given_, grade):
    assert grade_of(Decimal(given_), BOUNDS) == grade


@given(points, points)
def test_more_points_never_give_a_worse_grade(one, other):
    less, more = sorted((one, other))
    order = list(Grade)
    assert order.index(grade_of(more, BOUNDS)) <= order.index(grade_of(less, BOUNDS))


@pytest.mark.parametrize(
    ("given_", "bounds"), [("100.01", BOUNDS), ("-1", BOUNDS), ("5", (60, 80, 90)), ("5", (60,))]
)
def test_what_cannot_be_is_refused(given_, bounds):
    with pytest.raises(ValueError):
        grade_of(Decimal(given_), bounds)
