"""A panel at its table as an act finds it: who sits, which dossier is with whom, who is barred.

Read once; what an act changes it changes in these rows first, so that all that follows from it is
asked of one reading. `short` says of them what `quorum.short_dossiers` says once they are written.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from applications.models import CallStatus
from applications.selectors.recommendation import latest_submission
from applications.workflow import Status
from reviews.draw import pool, replacement
from reviews.models import (
    Assignment,
    AssignmentState,
    Draw,
    Panel,
    PanelApplication,
    Recusal,
    Seat,
    SeatState,
)
from reviews.selectors import following
from reviews.selectors.quorum import AT_TABLE, SITTING, WATCHED, Short, counts

GIVEN_UP = (SeatState.DECLINED, SeatState.REPLACED)
LEFT = (AssignmentState.RECUSED, AssignmentState.VOID)
REPLACING = (CallStatus.SCREENED, CallStatus.IN_REVIEW)  # while somebody could still score


class Told(NamedTuple):
    """A recusal: when it was recorded, of which expert, by pseudonym, and from which dossier."""

    at: datetime
    expert: str
    application: str
    found: str


class Table:
    """The panel of a seat held by `lock_seat`; `locked` are assignments that the act holds, too.
    Two queries, whatever the numbers.
    """

    def __init__(self, seat: Seat, locked: Iterable[Assignment] = ()) -> None:
        self.draw, self.panel = seat.draw, seat.panel
        rows = list(_seats(seat.draw))
        self.seats = [seat if row.pk == seat.pk else row for row in rows]
        self.places = list(_places(seat.panel))
        self.rows = _laid_out(self.places, self.seats, {row.pk: row for row in locked})
        self.was = {row.pk: row.state for row in self.rows}
        self.recusals = _recusals(rows)  # oldest first; an act appends

    @property
    def judged(self) -> list[PanelApplication]:
        """The places of the dossiers that stand; `.latest` is the version in force."""
        return [place for place in self.places if place.application.status != Status.WITHDRAWN]

    def rows_of(self, seat: Seat) -> list[Assignment]:
        """Every dossier that was laid out to the seat, in both stages."""
        return [row for row in self.rows if row.seat is seat]

    def short(self) -> list[Short]:
        """The dossiers that can no longer get scores enough, by number."""
        call = self.draw.call
        if call.status not in WATCHED or self.panel.status not in AT_TABLE:
            return []
        possible = Counter(row.application_id for row in self.rows if counts(row))
        needed = call.rule_set.min_scores
        found = [
            Short(place.application, self.panel.number, possible[place.application_id], needed)
            for place in self.judged
        ]
        short = [row for row in found if row.possible < row.needed]
        return sorted(short, key=lambda row: row.application.number or "")

    def is_barred_too_often(self, seat: Seat) -> bool:
        """Barred from more than the allowed share of the panel, with nothing signed."""
        call = self.draw.call
        if call.status not in REPLACING or seat.state != SeatState.ACCEPTED or self.is_matching:
            return False  # matched with single dossiers, each stands for itself
        states = [row.state for row in self._judged_rows(seat)]
        barred = sum(state in LEFT for state in states)
        allowed = call.rule_set.max_single_recusals_percent
        return barred * 100 > allowed * len(states) and AssignmentState.LOCKED not in states

    @property
    def is_matching(self) -> bool:
        return bool(self.draw.input.get("matching"))

    def helping(self, short: Sequence[Short]) -> Seat | None:
        """A seat whose next in the drawn order could score a dossier that is short: the one with
        the most recusals first, then the one furthest down the drawn order.
        """
        if not short or self.draw.call.status not in REPLACING or not self.draw.result:
            return None
        left = self._recused()
        nexts = [self.follow(seat, seat.state).replaced_by for seat, _dossiers in left]
        for dossier in (row.application for row in short):
            for (seat, dossiers), who in zip(left, nexts, strict=True):
                helps = who is not None and dossier.number not in self.barred_from(who)
                if helps and dossier.pk in dossiers:
                    return seat
        return None

    def _recused(self) -> list[tuple[Seat, set[int]]]:
        """The panel's seats that could change hands for a dossier, since their members have signed
        nothing, each with the dossiers that its member is recused from.
        """
        found = []
        for order, seat in enumerate(self.seats):
            if seat.panel_id == self.panel.pk and seat.state in SITTING:
                left = {row.application_id for row in self._judged_rows(seat) if row.state in LEFT}
                if left and not any(row.sheet_id for row in self.rows_of(seat)):
                    found.append(((-len(left), -seat.rank, -order), seat, left))
        return [(seat, left) for _place, seat, left in sorted(found, key=lambda row: row[0])]

    def _judged_rows(self, seat: Seat) -> list[Assignment]:
        rows = self.rows_of(seat)
        return [row for row in rows if row.application.status != Status.WITHDRAWN]

    # --- the drawn order -------------------------------------------------------------------------

    @cached_property
    def history(self) -> list[replacement.Replacement]:
        """Every replacement since the draw, in order; an act appends."""
        left = [seat for seat in self.seats if seat.state in GIVEN_UP and seat.answered_at]
        left.sort(key=lambda seat: (seat.answered_at, seat.pk))
        return following.replacements_of(self.draw, left, self._later())

    def _later(self) -> list[following.Later]:
        drawn_at = self.draw.drawn_at
        rows = [told for told in self.recusals if drawn_at and told.at >= drawn_at]
        return following.later_than_drawn(self.draw, rows)

    def follow(self, seat: Seat, state: str) -> replacement.Replacement:
        """Who would follow on the seat if it alone were vacated now."""
        history = self.history
        told = {recusal for step in history for recusal in step.recusals}
        known = [recusal for _at, recusal in self._later() if recusal not in told]
        place = str(seat.panel.number), seat.code.rpartition(".")[0], seat.expert.pseudonym
        seated = following.seated_of(self.draw)
        seed = bytes.fromhex(self.draw.seed)
        return replacement.replace(self._pool, seed, seated, history, *place, state, known)

    @cached_property
    def _pool(self) -> pool.Pool:
        return pool.read(self.draw.input)

    def barred_from(self, expert: str) -> set[str]:
        """Numbers of the dossiers that an expert, by pseudonym, is barred from."""
        frozen = {r.application for r in self._pool.recusals if r.expert == expert}
        return frozen | {told.application for told in self.recusals if told.expert == expert}

    def taken_over(self, follower: Seat) -> list[PanelApplication]:
        """What is laid out to whoever follows: the panel's dossiers, of a matching the seat's."""
        own = {row.application_id for row in self.rows if row.seat is follower.follows}
        return [p for p in self.judged if not self.is_matching or p.application_id in own]

    # --- what an act changes ---------------------------------------------------------------------

    def seat(self, follower: Seat) -> None:
        """Whoever follows sits down, barred from what is known."""
        barred = self.barred_from(follower.expert.pseudonym)
        self.seats.append(follower)
        self.rows += [
            Assignment(
                seat=follower,
                application=place.application,
                state=AssignmentState.RECUSED
                if place.application.number in barred
                else AssignmentState.TO_DECLARE,
            )
            for place in self.taken_over(follower)
        ]

    def changed(self) -> list[Assignment]:
        """The stored rows that are no longer as they were."""
        return [row for row in self.rows if row.pk and row.state != self.was[row.pk]]


def _seats(draw: Draw) -> Iterator[Seat]:
    """Every seat of the draw, with what its expert is recused from as `.recusals`."""
    own = Recusal.objects.filter(expert=OuterRef("expert"), panel__call=draw.call_id)
    told = own.values(
        data=JSONObject(
            at="recorded_at",
            pk="pk",
            expert="expert__pseudonym",
            application="application__number",
            found="found",
        )
    )
    rows = draw.seats.select_related("panel", "expert__user").annotate(recusals=ArraySubquery(told))
    for row in rows.order_by("pk"):
        row.draw = draw
        yield row


def _places(panel: Panel) -> QuerySet[PanelApplication]:
    """The panel's places in order, each with the version in force as `.latest` and whom its dossier
    is with as `.held`.
    """
    fields = ("pk", "seat_id", "panel_id", "expert_id", "stage", "state", "sheet_id")
    held = Assignment.objects.filter(application=OuterRef("application")).order_by("pk")
    return (
        panel.places.select_related("application")
        .annotate(
            latest=latest_submission("application"),
            held=ArraySubquery(held.values(data=JSONObject(**{name: name for name in fields}))),
        )
        .order_by("order")
    )


def _laid_out(
    places: Iterable[PanelApplication], seats: Iterable[Seat], locked: Mapping[int, Assignment]
) -> list[Assignment]:
    by_pk = {seat.pk: seat for seat in seats}
    rows = []
    for place in places:
        for held in place.held:  # type: ignore[attr-defined]  # annotated
            row = locked.get(held["pk"]) or Assignment(application=place.application, **held)
            if row.seat_id in by_pk:  # of no draw that was voided
                row.seat = by_pk[row.seat_id]
                rows.append(row)
    return rows


def _recusals(seats: Iterable[Seat]) -> list[Told]:
    """What the seats' experts were recused from in the call, oldest first."""
    known = {
        (datetime.fromisoformat(r["at"]), r["pk"], r["expert"], r["application"], r["found"])
        for seat in seats
        for r in seat.recusals  # type: ignore[attr-defined]  # annotated
    }
    return [Told(at, *rest) for at, _pk, *rest in sorted(known)]
