"""People's text as a page can carry it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.text import LONGEST_RUN, all_printable, printable


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("一\r\n二\r三", "一\n二\n三"),
        ("a\tb\x00\x07c", "a bc"),
        ("有限\u202e司公\u202c", "有限司公"),
        ("A" * 24, "A" * 24),
        ("A" * 26, "\u200b".join("A" * 26)),
        ("𠮷䶮㛃，（）：“”", "𠮷䶮㛃，（）：“”"),
        ("\ud800x", "x"),
    ],
)
def test_what_is_shown(given, shown):
    assert printable(given) == shown


@given(st.text())
def test_nothing_turns_and_every_run_can_break(text):
    shown = printable(text)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e")
    assert all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cs") for c in shown)
    western = "".join(c if "!" <= c <= "~" else " " for c in shown)
    assert max(map(len, western.split()), default=0) <= LONGEST_RUN


def test_every_text_of_a_structure():
    assert all_printable({"a": ["x\x00", {"b": ("\u202ey", 1, None)}]}) == {
        "a": ["x", {"b": ["y", 1, None]}]
    }
