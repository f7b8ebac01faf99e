"""The stages of a call on a page's rail, told by the call's status and the clock: nine, and the
hearing where the rules have one.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from applications.models import Call, CallStatus

STAGES: tuple[tuple[str, Promise], ...] = (
    ("apply", pgettext_lazy("stage", "Applications")),
    ("screen", pgettext_lazy("stage", "Recommendation, screening")),
    ("draw", pgettext_lazy("stage", "Expert draw")),
    ("score", pgettext_lazy("stage", "Scoring")),
    ("rank", pgettext_lazy("stage", "Ranking")),
    ("decide", pgettext_lazy("stage", "Decision")),
    ("notice", pgettext_lazy("stage", "Public notice")),
    ("agree", pgettext_lazy("stage", "Agreements")),
    ("pay", pgettext_lazy("stage", "Payment")),
)
HEARING: tuple[str, Promise] = ("hearing", pgettext_lazy("stage", "Hearing"))
NAMES: dict[str, Promise] = dict((*STAGES, HEARING))
_AT: dict[str, str] = {
    CallStatus.SCREENED: "draw",
    CallStatus.IN_REVIEW: "score",
    CallStatus.HEARING: "hearing",
    CallStatus.SCORED: "rank",
    CallStatus.RANKED: "decide",
    CallStatus.DECIDED: "notice",
    CallStatus.ON_NOTICE: "notice",
    CallStatus.AWARDED: "agree",
}


@dataclass(frozen=True, slots=True)
class StageStep:
    """One step of the rail: its words, past, now or next, and until when it lasts, if known."""

    code: str
    label: Promise
    state: str
    due: datetime | None = None


def current_stage(call: Call, now: datetime) -> str:
    """The code of the stage the call is in; "" before it opens, "over" when it is closed."""
    if call.status in (CallStatus.DRAFT, CallStatus.PROPOSED):
        return ""
    if call.status == CallStatus.CLOSED:
        return "over"
    if call.status == CallStatus.PUBLISHED:
        if now < call.opens_at:
            return ""
        return "apply" if now < call.closes_at else "screen"
    return _AT[call.status]


def _stages(call: Call) -> tuple[tuple[str, Promise], ...]:
    if not call.rule_set.has_hearing and call.status != CallStatus.HEARING:
        return STAGES
    after = next(n for n, (code, _label) in enumerate(STAGES, start=1) if code == "score")
    return (*STAGES[:after], HEARING, *STAGES[after:])


def due_of(call: Call, stage: str) -> datetime | None:
    """Until when this stage of the call lasts, if it has a date."""
    if stage == "apply":
        return call.closes_at
    return call.scoring_due_at if stage in ("score", "hearing") else None


def rail(call: Call, now: datetime) -> list[StageStep]:
    """The steps of `components/stage_rail.html` for this call at this instant."""
    stages = _stages(call)
    codes = [code for code, _label in stages]
    here = current_stage(call, now)
    place = len(codes) if here == "over" else codes.index(here) if here else -1
    return [
        StageStep(
            code=code,
            label=label,
            state="past" if n < place else "now" if n == place else "next",
            due=due_of(call, here) if n == place else None,
        )
        for n, (code, label) in enumerate(stages)
    ]
