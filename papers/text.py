"""People's text as a page can carry it: no control characters, no run without a place to break.
No Django.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST_RUN = 24  # characters without a blank that surely fit into a narrow column
# Letters and figures of the West in one piece; Chinese breaks anywhere by itself.
_RUNS = re.compile(rf"[!-~\u00a1-\u02ff]{{{LONGEST_RUN + 1},}}")
# They turn or hide what stands after them: a firm's name could read backwards.
_TURNING = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BREAK = "\u200b"


def printable(text: str) -> str:
    """The text without what is no text, with places to break in long runs."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _TURNING.sub("", text).replace("\t", " ")
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return _RUNS.sub(_broken, kept)


def _broken(run: re.Match[str]) -> str:
    return _BREAK.join(run.group())


def all_printable(value: Any) -> Any:
    """The same of every text in a structure of lists and mappings; keys stay."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: all_printable(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [all_printable(held) for held in value]
    return value
