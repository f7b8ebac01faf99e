"""The smaller life of a call, as data: which status may follow which, and by whose act."""

from dataclasses import dataclass

from accounts.roles import Role

_OFFICER = frozenset({Role.PROGRAMME_OFFICER})


@dataclass(frozen=True, slots=True)
class CallStep:
    """From one status to the next, who may take it, and what must hold (for the docs)."""

    source: str
    target: str
    roles: frozenset[Role]
    holds: str


CALL_STEPS: tuple[CallStep, ...] = (
    CallStep(
        "draft",
        "proposed",
        _OFFICER,
        "complete: rules, sheet, documents, screening list; within the year's money",
    ),
    CallStep("proposed", "draft", _OFFICER, "recalled, or sent back with a reason"),
    CallStep(
        "proposed",
        "published",
        _OFFICER,
        "a second person; fair-competition review in force; within the scheme's yearly limit",
    ),
    CallStep("published", "draft", _OFFICER, "before opening; nothing received"),
    CallStep("published", "screened", _OFFICER, "closed; no dossier waits for screening"),
    CallStep("screened", "in_review", _OFFICER, "panels stand"),
    CallStep("published", "in_review", _OFFICER, "closed; panels stand"),
    CallStep("in_review", "scored", _OFFICER, "enough locked score sheets"),
    CallStep("in_review", "hearing", _OFFICER, "a hearing follows; enough locked score sheets"),
    CallStep(
        "hearing", "scored", _OFFICER, "minutes of every hearing; enough locked hearing sheets"
    ),
    CallStep("scored", "ranked", _OFFICER, "ranking computed"),
    CallStep("ranked", "decided", frozenset({Role.APPROVER}), "funding list approved"),
    CallStep("decided", "on_notice", _OFFICER, "public notice published"),
    CallStep("on_notice", "awarded", frozenset({Role.APPROVER}), "notice period over"),
    CallStep(
        "awarded",
        "closed",
        frozenset({Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER}),
        "every award settled",
    ),
)
BY_ENDS: dict[tuple[str, str], CallStep] = {(s.source, s.target): s for s in CALL_STEPS}
# Steps that have their own service with more checks than the table can say.
OWN_SERVICE = frozenset(
    {
        ("draft", "proposed"),
        ("proposed", "draft"),
        ("proposed", "published"),
        ("published", "draft"),
    }
)
