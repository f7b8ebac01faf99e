"""What may be typed into a field, and what comes back from it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications import sections
from applications.fields import FieldProblem
from applications.figures import Figures
from applications.sections.project import INVESTMENT
from applications.snapshots import figures_of

FAI = INVESTMENT.field("fixed_assets_yuan")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("12,600", "126000000.00"),
        ("１２６００", "126000000.00"),
        ("1.2345", "12345.00"),
        ("12600 万元", "126000000.00"),
        ("", ""),
    ],
)
def test_amounts_are_read_in_wan(typed, stored):
    assert FAI.typed(typed) == stored


@pytest.mark.parametrize(
    "typed", ["abc", "-1", "1e9", "--5", "1.2.3", "0.00000001", "99999999999", "NaN", "∞", "0"]
)
def test_amounts_that_cannot_be_are_refused(typed):
    with pytest.raises(FieldProblem):
        FAI.typed(typed)


@given(st.decimals(min_value=1, max_value=10**7, places=4, allow_nan=False))
def test_what_is_shown_for_editing_reads_back_the_same(wan):
    stored = FAI.typed(format(wan, "f"))
    assert FAI.typed(FAI.for_input(stored)) == stored
    assert Decimal(stored) == wan * 10000


@given(st.sampled_from([f for s in sections.SECTIONS for f in s.fields]), st.text(max_size=60))
def test_no_text_breaks_a_field(field, text):
    try:
        stored = field.typed(text)
    except FieldProblem as problem:
        assert str(problem.message)
    else:
        assert field.read(stored) == stored
        field.for_reading(stored)
        field.for_input(stored)


def test_every_figure_of_the_formulas_is_asked_for_once():
    from dataclasses import fields

    asked = [f.name for s in sections.SECTIONS for f in s.fields if f.figure]
    assert sorted([*asked, "catalogue_match"]) == sorted(f.name for f in fields(Figures))
    Figures.from_content(figures_of({}, None))


def test_ten_sections_in_order():
    assert sections.CODES == (
        "firm", "project", "investment", "land_permits", "technology", "market", "green",
        "employment", "attachments", "commitment",
    )  # fmt: skip
