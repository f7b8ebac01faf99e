"""The funding list as the page shows it: rows in rank order, and the lines drawn through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from applications.workflow import Status
from awards.funding import FundingLine
from awards.models import WAITING, Deviation, FundingItem, FundingList, Outcome
from reviews.office_words import DECIDED_BY, QUOTA_MARKS

ABOVE = (Outcome.FUNDED, Outcome.PARTIAL)
# Taken off, or a part that the firm declined.
OUT = (Status.DISQUALIFIED, Status.WITHDRAWN, Status.NOT_FUNDED)
WAITS = (Status.SCORED, Status.HEARING_SCORED, Status.RESERVE)
ZERO = Decimal(0)
# Why the line falls where it does; empty where nobody waits below it.
Why = Literal["", "part", "spent", "exceeds_rest", "quota", "shares"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A line after row `after` (0: above all): how many above it, their sum, what is left, yuan."""

    after: int
    count: int
    amount: Decimal
    left: Decimal
    last_rank: int | None
    why: Why = ""
    next_rank: int | None = None
    next_sum: Decimal | None = None


def is_above(item: FundingItem) -> bool:
    """Whether the project holds money on the list: proposed, and not dropped out since."""
    return item.outcome in ABOVE and item.application.status not in OUT


def cut_of(items: Sequence[FundingItem], envelope: Decimal, *, shared: bool = False) -> Cut:
    """Where a list's line falls: after the last project with money; `next` is who misses it.

    `shared`: panels share the call's money.
    """
    above = [n for n, item in enumerate(items) if is_above(item)]
    after = above[-1] + 1 if above else 0
    amount = sum((items[n].amount for n in above), ZERO)
    left = envelope - amount
    below = [i for i in items[after:] if i.outcome in WAITING and i.application.status in WAITS]
    missed = next((i for i in below if i.note == "exceeds_rest"), None)
    return Cut(
        after=after,
        count=len(above),
        amount=amount,
        left=left,
        last_rank=items[above[-1]].rank if above else None,
        why=_why([items[n] for n in above], below, left, shared=shared),
        next_rank=missed.rank if missed else None,
        next_sum=missed.application.requested if missed else None,
    )


def _why(
    above: Sequence[FundingItem], below: Sequence[FundingItem], left: Decimal, *, shared: bool
) -> Why:
    notes = {item.note for item in below} - {"held_back"}
    if not notes:
        return ""
    if any(item.outcome == Outcome.PARTIAL for item in above):
        return "part"
    if not left:
        return "spent"
    if "exceeds_rest" in notes:
        return "exceeds_rest"
    if notes <= QUOTA_MARKS.keys():
        return "quota"
    return "shares" if shared else ""


def ghost_of(line: FundingLine) -> Cut:
    """Where a line that does not stand would fall."""
    above = [n for n, item in enumerate(line.items) if item.awarded]
    return Cut(
        after=above[-1] + 1 if above else 0,
        count=len(above),
        amount=line.committed,
        left=line.remainder,
        last_rank=line.items[above[-1]].rank if above else None,
    )


def rows_of(
    items: Sequence[FundingItem],
    cut: Cut,
    ghosts: dict[str, Cut],
    deviations: dict[int, Deviation],
) -> list[dict[str, Any]]:
    """What the table loops over: one dict for each project; `cuts` are the lines above the row."""
    floor = next(
        (n for n, item in enumerate(items) if item.outcome == Outcome.NOT_FUNDED), len(items)
    )
    rows: list[dict[str, Any]] = []
    reserve = 0
    for n, item in enumerate(items):
        funded = is_above(item)
        held = item.note == "held_back"
        on_reserve = item.outcome in WAITING and not held
        reserve += on_reserve and item.application.status in WAITS
        rows.append(
            {
                "item": item,
                "application": item.application,
                "entry": item.entry,  # type: ignore[attr-defined]  # set by the selector
                "funded": funded,
                "held": held,
                "lifted": item.note == "lifted",
                "reserve_order": reserve if on_reserve else None,
                "quota": QUOTA_MARKS[item.note] if item.outcome == Outcome.PASSED_OVER else "",
                "tie": DECIDED_BY.get(item.entry.details.get("decided_by", ""), ""),  # type: ignore[attr-defined]  # set by the selector
                "below_line": n >= cut.after,
                "cut": n == cut.after,
                "ghost": next((k for k, g in ghosts.items() if g.after == n), ""),
                "floor": n == floor,
                "deviation": deviations.get(item.application_id),
            }
        )
    return rows


def loads_of(items: Sequence[FundingItem]) -> list[tuple[Decimal, str, str]]:
    """The beam's loads: every sum with its project; a part and a move up are drawn lighter."""
    return [
        (
            item.amount,
            f"{item.rank or '—'} {item.application.title}",
            "soft" if item.outcome == Outcome.PARTIAL or item.promoted_at else "",
        )
        for item in items
        if is_above(item)
    ]


def state_of(item: FundingItem, funding_list: FundingList) -> tuple[str, str]:
    """The dossier's own state once the list is decided; before that, what is proposed."""
    if funding_list.status == "approved":
        return item.application.status, "status"
    return item.outcome, "outcome"


def step_for(envelope: Decimal) -> Decimal:
    """The beam's marks: a round sum that gives at most some forty of them."""
    step = Decimal(1_000_000)
    while envelope / step > 40:
        step *= 10
    return step
