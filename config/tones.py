"""Which mark and colour each state of each workflow wears. The word itself comes from the workflow.

A state that is not listed wears the neutral ring; a test says which are missing.
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

# Values of every field named status, state or outcome, by subject. A word that two workflows share
# has one tone: the reader meets it with the same meaning.
STATES: dict[str, str] = {
    # dossier
    "draft": "doing",
    "submitted": "doing",
    "returned": "act",
    "recommended": "doing",
    "not_recommended": "stop",
    "eligible": "done",
    "ineligible": "stop",
    "under_review": "doing",
    "scored": "doing",
    "shortlisted": "done",
    "not_shortlisted": "stop",
    "hearing_scored": "doing",
    "beyond": "stop",
    "absent": "stop",
    "proposed": "wait",
    "reserve": "line",
    "passed_over": "line",
    "not_funded": "stop",
    "on_notice": "wait",
    "objection_hold": "act",
    "awarded": "done",
    "agreed": "done",
    "in_progress": "doing",
    "completed": "done",
    "withdrawn": "stop",
    "disqualified": "stop",
    "terminated": "stop",
    # call, calendar
    "published": "done",
    "screened": "doing",
    "in_review": "doing",
    "hearing": "doing",
    "ranked": "doing",
    "decided": "doing",
    "closed": "done",
    "superseded": "stop",
    # seat, assignment
    "invited": "wait",
    "accepted": "done",
    "declined": "stop",
    "replaced": "stop",
    "to_declare": "todo",
    "open": "doing",
    "finished": "done",
    "recused": "stop",
    "void": "stop",
    # site check
    "ordered": "todo",
    "recorded": "wait",
    "called_off": "stop",
    # panel, draw, rank
    "forming": "doing",
    "prepared": "doing",
    "committed": "doing",
    "drawn": "done",
    "scoring": "doing",
    "below_floor": "stop",
    "vetoed": "stop",
    "too_few": "warn",
    # funding list, notice, objection
    "funded": "done",
    "partial": "warn",
    "sent_back": "act",
    "approved": "done",
    "filed": "doing",
    "refused": "stop",
    "upheld": "warn",
    "asked": "wait",
    "rejected": "stop",
    # instalment
    "planned": "todo",
    "claimed": "doing",
    "verified": "doing",
    "entered": "doing",
    "released": "doing",
    "paid": "done",
    "forfeited": "stop",
    # acceptance, and what else follows an award
    "applied": "wait",
    "graded": "wait",
    "issued": "act",
    "endorsed": "wait",
    "granted": "done",
    "kept": "warn",
    "replied": "wait",
    "lifted": "done",
    "failed": "stop",
    # batch for the treasury
    "sent": "wait",
    "settled": "done",
    "dissolved": "stop",
    # request, message, job
    "answered": "wait",
    "passed": "line",
    "assisted": "done",
    "pending": "wait",
    "confirmed": "done",
    "dead": "act",
}


def tone_of(state: Any) -> str:
    """The tone of a state, of a state's value, or the tone itself; "todo" when unknown."""
    own = getattr(state, "tone", None)
    if isinstance(own, str) and own in TONES:
        return own
    value = str(getattr(state, "value", state))
    return value if value in TONES else STATES.get(value, "todo")
