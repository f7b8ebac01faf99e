"""Drawing the line on a ranking."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from awards.funding.filling import fill, run_down
from awards.funding.lines import (
    ZERO,
    Candidate,
    Deviation,
    FundingError,
    FundingItem,
    FundingLine,
    Mode,
)

CENT: Final = Decimal("0.01")


def draw_line(
    candidates: Iterable[Candidate],
    envelope: Decimal,
    mode: Mode,
    floor: Decimal,
    deviations: Sequence[Deviation] = (),
) -> FundingLine:
    """The funding list of a ranking, candidates given in rank order.

    Lifted projects are funded first, held-back ones set aside, and the mode runs over the rest
    unchanged. Raises FundingError for input that contradicts itself, for a deviation without a
    reason, and for a lift that the floor or the envelope forbids.
    """
    queue = list(candidates)
    decided = _checked_deviations(queue, envelope, deviations)
    items = {candidate.id: _start(candidate, floor, decided) for candidate in queue}
    left = envelope
    for id_, deviation in decided.items():
        if deviation.kind == "lift":
            left = _lift(items, id_, left)
    waiting = [
        id_ for id_, item in items.items() if item.outcome == "reserve" and not item.deviation
    ]
    fill(items, waiting, left, mode, "fits")
    return FundingLine(run_down(items.values(), envelope), envelope, mode, floor)


def _start(candidate: Candidate, floor: Decimal, decided: Mapping[str, Deviation]) -> FundingItem:
    """A candidate before any money: on reserve, or below the floor."""
    deviation = decided.get(candidate.id)
    item = FundingItem(
        id=candidate.id,
        rank=candidate.rank,
        total=candidate.total,
        requested=candidate.requested,
        awarded=ZERO,
        outcome="reserve",
        reason="after_line",
        deviation=deviation.kind if deviation else "",
        deviation_reason=deviation.reason.strip() if deviation else "",
    )
    if candidate.total < floor:
        if deviation and deviation.kind == "lift":
            raise FundingError("lift_below_floor", candidate.id)
        return replace(item, outcome="below_floor", reason="below_floor")
    return replace(item, reason="held_back") if deviation else item


def _lift(items: dict[str, FundingItem], id_: str, left: Decimal) -> Decimal:
    item = items[id_]
    if item.requested > left:
        raise FundingError("lift_exceeds_envelope", id_)
    items[id_] = replace(item, awarded=item.requested, outcome="funded", reason="lifted")
    return left - item.requested


def _checked_deviations(
    candidates: Sequence[Candidate], envelope: Decimal, deviations: Sequence[Deviation]
) -> dict[str, Deviation]:
    """The deviations by project, in rank order, once the input holds together."""
    if not envelope.is_finite() or envelope < 0:
        raise FundingError("envelope_negative")
    _check_candidates(candidates)
    by_project: dict[str, Deviation] = {}
    known = {candidate.id for candidate in candidates}
    for deviation in deviations:
        if deviation.id not in known:
            raise FundingError("unknown_project", deviation.id)
        if deviation.id in by_project:
            raise FundingError("deviation_twice", deviation.id)
        if not deviation.reason.strip():
            raise FundingError("deviation_without_reason", deviation.id)
        by_project[deviation.id] = deviation
    return {c.id: by_project[c.id] for c in candidates if c.id in by_project}


def _check_candidates(candidates: Sequence[Candidate]) -> None:
    for id_, count in Counter(candidate.id for candidate in candidates).items():
        if count > 1:
            raise FundingError("project_twice", id_)
    ranks = [candidate.rank for candidate in candidates if candidate.rank is not None]
    if ranks != sorted(ranks):
        raise FundingError("not_in_rank_order")
    for candidate in candidates:
        if not candidate.requested.is_finite() or candidate.requested <= 0:
            raise FundingError("requested_not_positive", candidate.id)
        if candidate.requested % CENT:
            raise FundingError("requested_below_cents", candidate.id)
