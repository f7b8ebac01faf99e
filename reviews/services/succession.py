"""Experts leave dossiers or seats of a panel: what follows is worked out on one reading of its
table, then written at once, in as many statements whatever follows.

A recusal is about one dossier and leaves the expert on the panel, unless it bars them from too much
of it. When it leaves a dossier with fewer possible scores than `min_scores` asks for, one of those
who are recused from it gives the seat to the next in the drawn order: the one with the most
recusals, for they judge least, and never one who has signed, for what is signed stays. A follower
who is barred from the dossier would not help it; that seat is left alone. Nothing else moves, and
what was drawn can still be recomputed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, Value, When

from accounts.models import User
from accounts.roles import Role
from audit.services import Entry, record_all
from notifications.services import Dispatch, notify_all
from reviews.models import Assignment, AssignmentState, Expert, Recusal, Seat, SeatState
from reviews.rules import READABLE
from reviews.selectors.people import People, people
from reviews.selectors.quorum import Short
from reviews.selectors.tables import LEFT, Table, Told
from reviews.services import access, seat_messages
from reviews.services.recusing import Recused, leave, recusal_of
from reviews.services.seating import barred_beforehand, invitation, laid_out

Tell = Callable[[People], Iterable[Dispatch]]


class Handed(NamedTuple):
    """A seat that was given up, and that of whoever follows; None where nobody is left."""

    seat: Seat
    follower: Seat | None


class Succession:
    """What one act on a panel brings about, in memory until `write`.

    `seat` is held by `lock_seat`, `rows` are the assignments that the act has locked, `at` its
    instant, read once the locks were held. Another row changes only with a seat that changes hands;
    the lock on the call keeps a second such act out meanwhile.
    """

    def __init__(
        self, seat: Seat, rows: Iterable[Assignment] = (), *, by: User, at: datetime
    ) -> None:
        self.seat, self.by, self.at = seat, by, at
        self.table = Table(seat, rows)
        self.entries: list[Entry] = []
        self.handed: list[Handed] = []
        self.short: list[Short] = []
        self._recusals: list[Recusal] = []

    def recuse(self, rows: Sequence[Recused], *, found: str, role: str) -> None:
        """Recuse from dossiers of the seat, in one stage or both."""
        for row in {row.assignment.application_id: row for row in rows}.values():
            number = row.assignment.application.number or ""
            told = Told(self.at, row.assignment.expert.pseudonym, number, found)
            self.table.recusals.append(told)
            self._recusals.append(recusal_of(row, found=found, by=self.by, at=self.at))
        self.entries += [leave(row, found=found, by=self.by, role=role) for row in rows]

    def settle(self) -> None:
        """What follows from recusals: barred from too much of the panel, the expert gives the seat
        to the next in order; then every dossier keeps enough experts, as far as can be.
        """
        if self.table.is_barred_too_often(self.seat):
            self.vacate(self.seat, state=SeatState.REPLACED, reason="too many recusals")
        self.keep_quorum()

    def keep_quorum(self) -> None:
        """Seats of the panel change hands until every dossier can get its scores, or none is left
        that would help; `short` are those that stay short.
        """
        while (helping := self.table.helping(self.table.short())) is not None:
            self.vacate(helping, state=SeatState.REPLACED, reason="too few scores")
        self.short = self.table.short()

    def vacate(self, seat: Seat, *, state: SeatState, reason: str) -> Seat | None:
        """The seat is given up and the next feasible in the drawn order invited; returns the
        follower's seat, of whose expert no more is known yet than the pseudonym.
        """
        # A microsecond later than the one before: replacements are recomputed in their order.
        at = self.at + timedelta(microseconds=len(self.handed))
        step = self.table.follow(seat, state)
        self.table.history.append(step)
        self.entries.append(_given_up(seat, state, reason, self.by))
        seat.state, seat.answered_at, seat.reason = state, at, reason
        for row in self.table.rows_of(seat):
            if row.state not in (AssignmentState.LOCKED, AssignmentState.VOID):
                row.state = AssignmentState.VOID
        follower = None
        if step.replaced_by is not None and step.rank is not None:
            follower = _invited(seat, step.replaced_by, step.rank, at)
            self.table.seat(follower)
        self.handed.append(Handed(seat, follower))
        return follower

    # --- writing ---------------------------------------------------------------------------------

    def write(
        self,
        before: Sequence[Entry] = (),
        *,
        tell: Tell = lambda _people: (),
        roles: Sequence[Role] = (),
    ) -> None:
        """Store it all, record it after the entries `before`, and tell whom it concerns.

        `tell` makes further messages of the people who hold `roles`. In the caller's transaction.
        """
        is_for_office = self.short or any(follower is None for _seat, follower in self.handed)
        office = {*roles, *([Role.PROGRAMME_OFFICER] if is_for_office else [])}
        followers = [follower for _seat, follower in self.handed if follower is not None]
        found = people([seat.expert.pseudonym for seat in followers], *office)
        for seat in followers:
            seat.expert = found.experts[seat.expert.pseudonym]
        self._write_seats(followers)
        invitations = self._write_rows(followers)
        record_all([*before, *self.entries])
        notify_all([*self._told(found), *invitations, *tell(found)])

    def _write_seats(self, followers: Sequence[Seat]) -> None:
        left = [seat for seat, _follower in self.handed if seat not in followers]
        if left:
            Seat.objects.bulk_update(left, ["state", "answered_at", "reason"])
        # Whoever follows a follower comes after.
        waiting = list(followers)
        while waiting:
            later = [seat for seat in waiting if seat.follows in waiting]
            Seat.objects.bulk_create([seat for seat in waiting if seat not in later])
            waiting = later

    def _write_rows(self, followers: Sequence[Seat]) -> list[Dispatch]:
        """Recusals, what is laid out to the followers, what changed; returns the invitations."""
        recusals, new, invitations, voided = [*self._recusals], [], [], []
        for seat in followers:
            places = self.table.taken_over(seat)
            recusals += barred_beforehand(seat, places)
            rows = laid_out(seat, places)
            invitations.append(invitation(seat, rows))
            new += rows
            voided += rows if seat.state == SeatState.REPLACED else []
        if recusals:
            Recusal.objects.bulk_create(recusals)
        if new:
            Assignment.objects.bulk_create(new)
        for row in voided:
            row.state = AssignmentState.VOID
        self._move([*self.table.changed(), *voided])
        return invitations

    def _move(self, rows: Sequence[Assignment]) -> None:
        """Store the states that changed; what opens may be read, what closes no longer."""
        by_state: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            by_state[row.state].append(row.pk)
        if by_state:
            moves = [When(pk__in=pks, then=Value(state)) for state, pks in by_state.items()]
            Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(state=Case(*moves))
        was = self.table.was
        closed = [r.pk for r in rows if r.state in LEFT and was.get(r.pk) in READABLE]
        if closed:
            access.close(closed)
        opened = [r.application_id for r in rows if r.state == AssignmentState.OPEN]
        if opened:
            access.open_to(self.by, opened)

    def _told(self, found: People) -> Iterator[Dispatch]:
        officers = found.office.get(Role.PROGRAMME_OFFICER, [])
        for seat, follower in self.handed:
            if seat.expert.user_id != self.by.pk:
                yield seat_messages.released(seat)
            if follower is None:
                yield seat_messages.vacant(seat, officers)
        yield from seat_messages.short_of_scores(self.short, self.seat, officers)


def _given_up(seat: Seat, state: SeatState, reason: str, by: User) -> Entry:
    return Entry(
        action=f"seat.{state}",
        obj=seat,
        by=by,
        source=seat.state,
        target=state,
        reason=reason,
        scope=seat.draw.call.number,
    )


def _invited(left: Seat, pseudonym: str, rank: int, at: datetime) -> Seat:
    return Seat(
        draw=left.draw,
        panel=left.panel,
        code=left.code,
        expert=Expert(pseudonym=pseudonym),
        rank=rank,
        invited_at=at,
        follows=left,
    )
