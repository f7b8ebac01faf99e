"""What happened on the seats since a draw: who gave one up, who followed, who would be next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from reviews.draw import assignment, pool, replacement
from reviews.models import Draw, Recusal, Seat, SeatState


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
    draw: Draw, left: Iterable[Seat] | None = None
) -> list[replacement.Replacement]:
    """Every seat given up since the draw, in order, with who follows and what became known till
    then.

    The last one answers who follows a seat that was vacated just now. `left` are the vacated seats
    if they are read already.
    """
    people, seed, seated = pool.read(draw.input), bytes.fromhex(draw.seed), seated_of(draw)
    history: list[replacement.Replacement] = []
    later = _later_recusals(draw)
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


@dataclass(frozen=True)
class Follower:
    """Who would follow on a seat, and the numbers of the dossiers they are barred from."""

    expert: str
    barred: frozenset[str]


def followers(draw: Draw, seats: Iterable[Seat]) -> dict[int, Follower]:
    """For each of the draw's seats, by its id, who would follow if it alone were vacated now; a
    seat on which nobody would is left out. Two queries, whatever the numbers.
    """
    if not draw.result:
        return {}
    people, seed, seated = pool.read(draw.input), bytes.fromhex(draw.seed), seated_of(draw)
    history = replacements_of(draw)
    told = {recusal for step in history for recusal in step.recusals}
    later = [recusal for _at, recusal in _later_recusals(draw)]
    known = [recusal for recusal in later if recusal not in told]
    found = {}
    for seat in seats:
        place = str(seat.panel.number), seat.code.rpartition(".")[0], seat.expert.pseudonym
        step = replacement.replace(people, seed, seated, history, *place, seat.state, known)
        if step.replaced_by is not None:
            recusals = [r for r in (*people.recusals, *later) if r.expert == step.replaced_by]
            found[seat.pk] = Follower(step.replaced_by, frozenset(r.application for r in recusals))
    return found


def _later_recusals(draw: Draw) -> list[tuple[Any, pool.Recusal]]:
    """(when, recusal) of what the frozen input did not know, oldest first."""
    frozen = {(r["expert"], r["application"]) for r in draw.input["recusals"]}
    rows = (
        Recusal.objects.filter(panel__call=draw.call_id, recorded_at__gte=draw.drawn_at)
        .order_by("recorded_at", "pk")
        .values_list("recorded_at", "expert__pseudonym", "application__number", "found")
    )
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
