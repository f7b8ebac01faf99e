"""What happened on the seats since a draw: who gave one up, who followed, who stands by."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from reviews.draw import assignment, pool, replacement
from reviews.models import Draw, Recusal, Seat, SeatState

Later = tuple[datetime, pool.Recusal]  # when it was recorded, and what


def seated_of(draw: Draw) -> tuple[assignment.Seated, ...]:
    """The drawn result as the pure module's rows."""
    return tuple(map(assignment.Seated.of, draw.result))


def vacated(draw: Draw) -> QuerySet[Seat]:
    """The seats given up since the draw, in the order in which they were replaced."""
    return (
        Seat.objects.filter(
            draw=draw,
            state__in=(SeatState.DECLINED, SeatState.REPLACED),
            answered_at__isnull=False,
        )
        .select_related("panel", "expert")
        .order_by("answered_at", "pk")
    )


def replacements_of(
    draw: Draw, left: Iterable[Seat] | None = None, later: Sequence[Later] | None = None
) -> list[replacement.Replacement]:
    """Every seat given up since the draw, in order, with who follows and what became known till
    then.

    `left`, `later`: the vacated seats and the recusals since the draw if they are read already.
    """
    people, seed, seated = pool.read(draw.input), bytes.fromhex(draw.seed), seated_of(draw)
    history: list[replacement.Replacement] = []
    later = _later_recusals(draw) if later is None else later
    for row in vacated(draw) if left is None else left:
        assert row.answered_at is not None
        known = [r for at, r in later if at <= row.answered_at]
        later = [(at, r) for at, r in later if at > row.answered_at]
        history.append(
            replacement.replace(
                people,
                seed,
                seated,
                history,
                str(row.panel.number),
                row.code.rpartition(".")[0],
                row.expert.pseudonym,
                row.state,
                known,
            )
        )
    return history


def _later_recusals(draw: Draw) -> list[Later]:
    rows = Recusal.objects.filter(panel__call=draw.call_id, recorded_at__gte=draw.drawn_at)
    return later_than_drawn(
        draw,
        rows.order_by("recorded_at", "pk").values_list(
            "recorded_at", "expert__pseudonym", "application__number", "found"
        ),
    )


def later_than_drawn(draw: Draw, rows: Iterable[tuple[Any, ...]]) -> list[Later]:
    """(when, recusal) of what the frozen input did not know, of (when, expert, application, found)
    in order.
    """
    frozen = {(r["expert"], r["application"]) for r in draw.input["recusals"]}
    return [
        (at, pool.Recusal(expert, number or "", found))
        for at, expert, number, found in rows
        if (expert, number) not in frozen
    ]


def standby_of(
    draw: Draw, history: list[replacement.Replacement]
) -> dict[tuple[str, str], list[replacement.Standby]]:
    """(panel, seat id) → who stands by after these replacements, in the order in which they would
    be asked.
    """
    found: dict[tuple[str, str], list[replacement.Standby]] = defaultdict(list)
    gone = {step.expert for step in history}
    now = replacement.current(seated_of(draw), history)
    for row in replacement.alternates(pool.read(draw.input), bytes.fromhex(draw.seed), now):
        if row.expert not in gone:
            found[row.panel, row.seat].append(row)
    return found
