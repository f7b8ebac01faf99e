"""The code at the foot of each page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.codes import code_of, is_code, same, tidy

CODE = code_of("key", "2026-1-0087", "ab" * 32)


def test_a_code_is_bound_to_key_number_and_digest():
    others = {
        code_of("other", "2026-1-0087", "ab" * 32),
        code_of("key", "2026-1-0088", "ab" * 32),
        code_of("key", "2026-1-0087", "ac" * 32),
        code_of("key", "2026-1-008", "7" + "ab" * 32),
    }
    assert code_of("key", "2026-1-0087", "ab" * 32) == CODE
    assert len(others | {CODE}) == 5


def test_a_code_is_sixteen_characters_in_fours_that_nobody_misreads():
    assert [len(part) for part in CODE.split("-")] == [4, 4, 4, 4]
    assert not set(CODE) & set("ILOU")
    assert is_code(CODE)


@pytest.mark.parametrize(
    "typed", [CODE.lower(), CODE.replace("-", ""), f" {CODE} ", CODE.replace("-", "—")]
)
def test_a_code_as_it_is_typed_from_paper(typed):
    assert is_code(typed)
    assert same(typed, CODE)


def test_letters_read_for_figures_are_forgiven():
    assert tidy("oil0-OIL1") == "01100111"


@given(st.text(max_size=60))
def test_any_text_is_no_code_or_one(typed):
    assert same(typed, CODE) is (tidy(typed) == tidy(CODE))
    if is_code(typed):
        assert len(tidy(typed)) == 16
