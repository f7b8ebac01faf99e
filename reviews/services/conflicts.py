"""A conflict that the office finds after the draw: what would follow, and recording it.

What would follow is worked out as it is when it is done, only not written, so that it cannot be
otherwise. Whoever confirms it names what was shown; if anything else would follow by then, nothing
is done.
"""

from dataclasses import asdict, dataclass
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import CallStatus
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Invalid, WrongState
from notifications.services import Dispatch
from reviews.models import Assignment, AssignmentState, Ground, Seat, SeatState
from reviews.rules import other_parts, refuse_other_parts, require
from reviews.selectors.people import People
from reviews.selectors.quorum import WATCHED, Short
from reviews.services.locking import lock_seat
from reviews.services.recusing import Recused, locked_rows
from reviews.services.succession import Succession

OFFICE = (Role.PROGRAMME_OFFICER, Role.SUPERVISOR)
GONE = (AssignmentState.RECUSED, AssignmentState.VOID)
SHORTEST_REASON, SHORTEST_EVIDENCE, LONGEST = 10, 4, 400


@dataclass(frozen=True, slots=True)
class Finding:
    """A conflict of an assignment's expert with its dossier: kind, reason, what shows it."""

    assignment: Assignment
    ground: str
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A seat that changes hands: who gives it, by pseudonym, who follows (None: nobody is left),
    and why the system takes it.
    """

    expert: str
    follower: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """A dossier, by number, that can then get `possible` scores of the `needed`."""

    number: str
    possible: int
    needed: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows: the dossier leaves the state `source`; the expert had `kept` others of the
    panel, which stay as they are unless the seat changes hands, and is told unless an invitation
    is not answered yet; seats change hands; dossiers stay short.
    """

    source: str
    kept: int
    tells_expert: bool
    seats: tuple[Handed, ...]
    short: tuple[Lacking, ...]

    @property
    def voids(self) -> bool:
        """Whether signed marks are void by it."""
        return self.source == AssignmentState.LOCKED

    def digest(self) -> str:
        """What whoever confirms it names."""
        return sm3(canonical(asdict(self)))


class Changed(WrongState):
    """Something else would follow than what was shown; `consequences` says what."""

    default_message = _(
        "Meanwhile something else would follow than what was shown. Nothing was recorded. Read it "
        "again and confirm."
    )

    def __init__(self, consequences: Consequences) -> None:
        super().__init__()
        self.consequences = consequences


@transaction.atomic
def foresee_conflict(*, finding: Finding, by: User) -> Consequences:
    """What recording it now would do. Writes nothing; raises what `record_conflict` does."""
    _assignment, _passing, consequences = _work_out(finding, by)
    return consequences


@transaction.atomic
def record_conflict(*, finding: Finding, foreseen: str = "", by: User) -> Assignment:
    """A conflict found later voids the score (招标投标法实施条例 art. 48); the rest stays.

    Before the lock the expert is recused and, where it is needed, replaced; signed marks are void.
    `foreseen`: digest of the consequences that were confirmed. Raises NotPermitted, Invalid,
    WrongState, and Changed where other consequences would follow.
    """
    assignment, passing, consequences = _work_out(finding, by)
    if foreseen and foreseen != consequences.digest():
        raise Changed(consequences)
    passing.write(tell=partial(_told, assignment, finding, consequences, by), roles=OFFICE)
    return assignment


def _work_out(finding: Finding, by: User) -> tuple[Assignment, Succession, Consequences]:
    require(by, Role.PROGRAMME_OFFICER)
    _require_grounds(finding)
    seat, row, left = _held(finding, by)
    source, was = row.state, seat.state
    passing = Succession(seat, left, by=by, at=row.now)  # type: ignore[attr-defined]  # annotated
    kept = [one for one in passing.table.rows_of(seat) if one.state not in GONE and one is not row]
    said = finding.reason.strip(), finding.ground, finding.evidence.strip()
    recused = [Recused(one, *said) for one in left]
    passing.recuse(recused, found="later", role=Role.PROGRAMME_OFFICER)
    passing.settle()
    follows = Consequences(
        source=source,
        kept=len(kept),
        tells_expert=was != SeatState.INVITED,
        seats=tuple(_handed(*pair) for pair in passing.handed),
        short=tuple(map(_lacking, passing.short)),
    )
    return row, passing, follows


def _held(finding: Finding, by: User) -> tuple[Seat, Assignment, list[Assignment]]:
    """The seat, the dossier found and all that is void with it: the same pair on paper and at the
    hearing, where the rules have one.
    """
    seat = lock_seat(finding.assignment.seat_id, **other_parts(by, "draw__call"))
    refuse_other_parts(seat)
    pair = locked_rows().filter(seat=seat, application=finding.assignment.application_id)
    stages: dict[int, Assignment] = {row.pk: row for row in pair.annotate(now=clock.NOW)}
    row = stages.pop(finding.assignment.pk)
    if row.state in GONE:
        raise WrongState(_("The recusal is already recorded."))
    if seat.draw.call.status not in (*WATCHED, CallStatus.HEARING):
        raise WrongState(_("The ranking already stands; use the objection procedure."))
    return seat, row, [row, *(one for one in stages.values() if one.state not in GONE)]


def _require_grounds(finding: Finding) -> None:
    if finding.ground not in Ground.values:
        raise Invalid(_("Choose what kind of conflict it is."), field="ground")
    if len(finding.reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    if len(finding.evidence.strip()) < SHORTEST_EVIDENCE:
        raise Invalid(_("Say what shows it, as a document and its date."), field="evidence")
    for field in ("reason", "evidence"):
        if len(getattr(finding, field).strip()) > LONGEST:
            raise Invalid(_("At most %(most)s characters.") % {"most": LONGEST}, field=field)


def _handed(seat: Seat, follower: Seat | None) -> Handed:
    return Handed(
        seat.expert.pseudonym, follower.expert.pseudonym if follower else None, seat.reason
    )


def _lacking(row: Short) -> Lacking:
    return Lacking(row.application.number or "", row.possible, row.needed)


def _told(
    assignment: Assignment, finding: Finding, consequences: Consequences, by: User, people: People
) -> list[Dispatch]:
    """The office but for who acted; and the expert, who is not to know who told the office."""
    call, number = assignment.panel.call, assignment.application.number or ""
    told = [
        Dispatch(
            kind="conflict.found",
            recipients=[user for user in people.holding(*OFFICE) if user.pk != by.pk],
            key=f"conflict.found:{assignment.pk}",
            context={
                "number": number,
                "panel": assignment.panel.number,
                "call": call,
                "expert": assignment.expert.pseudonym,
                "name": by.name,
                "reason": finding.reason.strip(),
            },
            url=f"/progress/{call.number}/",
            about=assignment,
        )
    ]
    if consequences.tells_expert:
        kind = "conflict.voided" if consequences.voids else "conflict.recused"
        told.append(
            Dispatch(
                kind=kind,
                recipients=[assignment.expert.user],
                key=f"{kind}:{assignment.pk}",
                context={"number": number, "call": call, "ground": Ground(finding.ground).label},
                url="/my-reviews/",
                about=assignment,
            )
        )
    return told
