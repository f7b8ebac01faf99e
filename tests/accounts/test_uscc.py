"""What is right and what is wrong with a 统一社会信用代码, in words."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts import uscc

GOOD = [
    "91220300MA0000001Y",
    "91220400MA00000027",
    "91220500MA0000003F",
    "91220581MA0000004W",
    "91350100M000100Y43",
]


@pytest.mark.parametrize("code", GOOD)
def test_known_codes_are_right(code):
    assert uscc.fault_for_firm(code) is None


def said(code: str) -> str:
    with translation.override("en"):
        wrong = uscc.fault_for_firm(uscc.normalise(code))
        assert wrong is not None
        return str(wrong.message)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("91220581MA", "The code has 10 characters; it must have 18."),
        (
            "91220581MA000O004W",
            "Character 14 is “O”; the code uses digits and capital letters without I, O, S, V, Z.",
        ),
        (
            "91220581MA0000005W",
            (
                "The last character does not fit the first 17; one of them was mistyped. "
                "Compare with the business licence."
            ),
        ),
        (
            "9122A581MA0000004W",
            (
                "Characters 1–8 must be the registration authority and the six-digit division "
                "code. Compare with the business licence."
            ),
        ),
        (
            "11220000013544121E",
            (
                "A code that begins with “11” is not an enterprise's; the applicant must "
                "be an enterprise (91) or a farmers' cooperative (93)."
            ),
        ),
    ],
)
def test_says_what_is_wrong(code, message):
    if code.startswith("11"):
        code = code[:17] + check_digit(code)
    assert said(code) == message


def check_digit(code: str) -> str:
    """GB 32100-2015 5.1.2, written out again."""
    total = sum(uscc.ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return uscc.ALPHABET[(31 - total % 31) % 31]


def test_codes_copied_from_paper_are_read():
    assert uscc.normalise(" 91220581-ｍａ00 0000４w ") == "91220581MA0000004W"


@given(st.text(max_size=30))
def test_any_text_gets_an_answer(text):
    code = uscc.normalise(text)
    wrong = uscc.fault(code)
    assert wrong is not None or check_digit(code) == code[17]


@given(
    st.sampled_from(GOOD),
    st.integers(min_value=8, max_value=17),
    st.sampled_from(uscc.ALPHABET),
)
def test_one_mistyped_character_is_found(code, place, mark):
    typed = code[:place] + mark + code[place + 1 :]
    assert (uscc.fault(typed) is None) == (typed == code)


def test_the_division_is_inside():
    assert uscc.division("91220581MA0000004W") == "220581"
