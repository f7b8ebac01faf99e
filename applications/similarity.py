"""How alike two project titles are. Plain Python.

Words that every title carries (项目, 年产, 建设 …) say nothing about the project and are left out;
what remains is compared by the pairs of neighbouring characters (Sørensen-Dice).
"""

import re
from fractions import Fraction

_NOISE = re.compile(
    r"年产|新建|扩建|改建|建设|生产线|生产|项目|工程|一期|二期|三期|有限公司|project|construction|phase",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[\W_]+")


def core(title: str) -> str:
    """The title without noise words, spaces and punctuation, in lower case."""
    lowered = _NOT_WORD.sub("", title.lower())
    return _NOISE.sub("", lowered) or lowered


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}


def likeness(a: str, b: str) -> Fraction:
    """From 0 (nothing in common) to 1 (the same core); symmetric."""
    x, y = core(a), core(b)
    if not x or not y:
        return Fraction(0)
    left, right = _pairs(x), _pairs(y)
    return Fraction(2 * len(left & right), len(left) + len(right))
