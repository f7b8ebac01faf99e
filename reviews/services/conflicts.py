"""A conflict that the office finds after the draw: what would follow, and recording it.

What would follow is not foretold but done and taken back, so that it cannot be otherwise. Whoever
confirms it names what was shown; if anything else would follow by then, nothing is done.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import CallStatus
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Invalid, WrongState
from audit.services import record_all
from notifications.services import Dispatch, notify_all
from reviews.models import Assignment, AssignmentState, Ground, Seat, SeatState
from reviews.rules import require, require_apart
from reviews.selectors.quorum import WATCHED
from reviews.services.locking import lock_seat
from reviews.services.recusing import Recused, locked_rows, make_up_for, recuse

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
    """What recording it now would do; nothing stays of it. Raises what `record_conflict` does."""
    _assignment, consequences = _carry_out(finding, by)
    transaction.set_rollback(True)
    return consequences


@transaction.atomic
def record_conflict(*, finding: Finding, foreseen: str = "", by: User) -> Assignment:
    """A conflict found later voids the score (招标投标法实施条例 art. 48); the rest stays.

    Before the lock the expert is recused and, where it is needed, replaced; signed marks are void.
    `foreseen`: digest of the consequences that were confirmed. Raises NotPermitted, Invalid,
    WrongState, and Changed where other consequences would follow.
    """
    assignment, consequences = _carry_out(finding, by)
    if foreseen and foreseen != consequences.digest():
        raise Changed(consequences)
    notify_all(_told(assignment, finding, consequences, by))
    return assignment


def _carry_out(finding: Finding, by: User) -> tuple[Assignment, Consequences]:
    require(by, Role.PROGRAMME_OFFICER)
    _require_grounds(finding)
    require_apart(by, finding.assignment.panel.call)
    seat = lock_seat(finding.assignment.seat_id)
    others = Assignment.objects.filter(seat=OuterRef("seat")).exclude(pk=OuterRef("pk"))
    kept = others.exclude(state__in=GONE).order_by().values("seat").annotate(n=Count("pk"))
    held = locked_rows().annotate(now=clock.NOW, kept=Subquery(kept.values("n")))
    row = held.get(pk=finding.assignment.pk)
    source = row.state
    if source in GONE:
        raise WrongState(_("The recusal is already recorded."))
    if seat.draw.call.status not in (*WATCHED, CallStatus.HEARING):
        raise WrongState(_("The ranking already stands; use the objection procedure."))
    left = [
        Recused(one, finding.reason.strip(), finding.ground, finding.evidence.strip())
        for one in (row, *_of_other_stage(row, seat))
    ]
    record_all(recuse(left, found="later", by=by, role=Role.PROGRAMME_OFFICER, at=row.now))
    short = make_up_for(seat, by)
    return row, Consequences(
        source=source,
        kept=row.kept or 0,
        tells_expert=row.seat.state != SeatState.INVITED,
        seats=_handed(seat, row.now),
        short=tuple(Lacking(s.application.number or "", s.possible, s.needed) for s in short),
    )


def _of_other_stage(row: Assignment, seat: Seat) -> list[Assignment]:
    """The same pair on paper or at the hearing, where the rules have one: both are void."""
    if not seat.draw.call.rule_set.has_hearing:
        return []
    pair = locked_rows().filter(seat=seat, application=row.application_id)
    return list(pair.exclude(pk=row.pk).exclude(state__in=GONE))


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


def _handed(seat: Seat, since: datetime) -> tuple[Handed, ...]:
    """The seats of the panel that changed hands from this instant on."""
    rows = (
        Seat.objects.filter(panel=seat.panel, state=SeatState.REPLACED, answered_at__gte=since)
        .order_by("answered_at", "pk")
        .values_list("expert__pseudonym", "successor__expert__pseudonym", "reason")
    )
    return tuple(Handed(*row) for row in rows)


def _told(
    assignment: Assignment, finding: Finding, consequences: Consequences, by: User
) -> list[Dispatch]:
    """The office but for who acted; and the expert, who is not to know who told the office."""
    call, number = assignment.panel.call, assignment.application.number or ""
    office = users_with_role(Role.PROGRAMME_OFFICER) | users_with_role(Role.SUPERVISOR)
    told = [
        Dispatch(
            kind="conflict.found",
            recipients=office.exclude(pk=by.pk),
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
