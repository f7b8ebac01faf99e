"""Which mark and colour each state of each workflow wears. The word itself comes from the workflow.

A state that is not listed wears the neutral ring; a test names every listed and unlisted state.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tone:
    icon: str
    css: str = ""


TONES: dict[str, Tone] = {
    "todo": Tone("todo"),
    "doing": Tone("half", "is-doing"),
    "done": Tone("check", "is-done"),
    "warn": Tone("warn", "is-warn"),
    "act": Tone("warn", "is-act"),
    "late": Tone("clock", "is-late"),
    "wait": Tone("clock", "is-doing"),
    "locked": Tone("lock"),
    "stop": Tone("stop"),
    "line": Tone("pin", "is-line"),
    "grey": Tone("grey", "is-line"),
    "up": Tone("up", "is-doing"),
}

STATES: dict[str, str] = {}


def tone_of(state: Any) -> str:
    """The tone of a state, of a state's value, or the tone itself; "todo" when unknown."""
    own = getattr(state, "tone", None)
    if isinstance(own, str) and own in TONES:
        return own
    value = str(getattr(state, "value", state))
    return value if value in TONES else STATES.get(value, "todo")
