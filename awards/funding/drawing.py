"""Drawing the line on a ranking."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from awards.funding.filling import fill, run_down
from awards.funding.lines import (
    CENT,
    ZERO,
    Candidate,
    Deviation,
    FundingError,
    FundingItem,
    FundingLine,
    Mode,
    Quotas,
)
from awards.funding.rooms import PANEL, Rooms

NO_QUOTAS: Final = Quotas()


def draw_line(
    candidates: Iterable[Candidate],
    envelope: Decimal,
    mode: Mode,
    floor: Decimal,
    deviations: Sequence[Deviation] = (),
    quotas: Quotas = NO_QUOTAS,
) -> FundingLine:
    """The funding list of a ranking, candidates given in rank order.

    1. Who is below the floor gets nothing. Held-back projects are set aside. Lifted ones are funded
       first, out of the envelope and of the quotas of their industry and prefecture; where panels
       share the money, they share what the lifted leave.
    2. Down the ranking, each is asked first whether its whole sum keeps within every quota:
       industry, prefecture, its panel's share. One that does not is passed over (`passed_over`,
       the reason names the first quota in that order) and stays on the reserve list; the walk goes
       on. In the modes `strict` and `partial` the own line of every group whose quota it exceeds
       falls with it: nobody behind it of that industry (prefecture, panel) is funded on this walk,
       smaller or not. In `skip` the next of the group that keeps within the quota is funded.
    3. One that keeps within the quotas is then measured against what is left of the envelope, by
       the mode, as without quotas: funded; or `strict` stops there, `skip` goes on, `partial` gives
       it the rest and stops. A part counts as a project of its groups.
    4. What the panels' shares leave goes once more down those passed over for their panel's share
       alone, by the mode, the other quotas still holding. Who is then left without money is
       `passed_over` for the share if at its turn it could have been paid and somebody of a worse
       rank was; else it waits on the reserve list like everybody behind the line.

    So two projects alike in industry, prefecture and panel are never funded against their rank,
    except in `skip` where the better one did not fit; without quotas nothing but 1 and 3 is left.

    Raises FundingError for input that contradicts itself, for a deviation without a reason, and for
    a lift that the floor, the envelope or a quota forbids.
    """
    queue = list(candidates)
    decided = _checked_deviations(queue, envelope, deviations)
    _check_panels(queue, quotas)
    items = {candidate.id: _start(candidate, floor, decided) for candidate in queue}
    line = FundingLine((), envelope, mode, floor, quotas)
    _lift(items, [id_ for id_, deviation in decided.items() if deviation.kind == "lift"], line)
    waiting = [
        id_ for id_, item in items.items() if item.outcome == "reserve" and not item.deviation
    ]
    fill(items, waiting, line, "fits")
    return replace(line, items=run_down(items.values(), envelope))


def _check_panels(candidates: Sequence[Candidate], quotas: Quotas) -> None:
    for candidate in candidates:
        if quotas.panels and quotas.panels.get(candidate.groups.get(PANEL, ""), 0) <= 0:
            raise FundingError("panel_unknown", candidate.id)


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
        groups=candidate.groups,
    )
    if candidate.total < floor:
        if deviation and deviation.kind == "lift":
            raise FundingError("lift_below_floor", candidate.id)
        return replace(item, outcome="below_floor", reason="below_floor")
    return replace(item, reason="held_back") if deviation else item


def _lift(items: dict[str, FundingItem], lifted: Sequence[str], line: FundingLine) -> None:
    left = line.envelope
    rooms = Rooms(replace(line.quotas, panels={}), line.envelope, line.mode, ())
    for item in (items[id_] for id_ in lifted):
        if item.requested > left:
            raise FundingError("lift_exceeds_envelope", item.id)
        if rooms.over(item, item.requested, by_panel=False):
            raise FundingError("lift_exceeds_quota", item.id)
        rooms.take(item, item.requested, first=True)
        left -= item.requested
        items[item.id] = replace(item, awarded=item.requested, outcome="funded", reason="lifted")


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
