"""The time of scoring: opening it once the panels are manned, and giving more time with a
reason.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallStatus
from applications.services.call_steps import advance_call_held
from applications.services.lifecycle import Move, advance_held, lock_all, tell_firms
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import Entry, record
from notifications.services import Dispatch, notify_all
from reviews.models import Assignment, AssignmentState, Panel, Seat, SeatState
from reviews.rules import SCORABLE, other_parts, refuse_other_parts, require
from reviews.selectors.hearing import has_shortlist
from reviews.selectors.quorum import short_dossiers
from reviews.services import access

SHORTEST_REASON = 10
LAID_OUT = (AssignmentState.TO_DECLARE, *SCORABLE)


@transaction.atomic
def open_scoring(*, call: Call, due_at: datetime, by: User) -> Call:
    """Open the review: dossiers go under review, scoring is due at `due_at`.

    Every invitation is answered, and every panel has accepted experts enough for the scores that
    each dossier needs, recusals left out; a seat that nobody is left to take may then stay empty.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call = _held(call, by)
    seats, dossiers = _seats(call), _dossiers(call)
    if call.status != CallStatus.SCREENED or not seats:
        raise WrongState(_("The draw has not been made yet."))
    if due_at <= seats[0].now:  # type: ignore[attr-defined]  # annotated
        raise Invalid(_("The scoring deadline must lie in the future."), field="due_at")
    if any(seat.state == SeatState.INVITED for seat in seats):
        raise WrongState(_("Some experts have not answered their invitation yet."))
    accepted = [seat for seat in seats if seat.state == SeatState.ACCEPTED]
    _require_manned(call, dossiers, Counter(seat.panel_id for seat in accepted))
    _require_scorers(call)
    entries = [
        *_take_withdrawn(call, dossiers, by),
        advance_call_held(call, to=CallStatus.IN_REVIEW, by=by, scoring_due_at=due_at),
    ]
    ready = lock_all(row.pk for row in dossiers if row.status == Status.ELIGIBLE)
    moves = [Move(application=row, step="start_review") for row in ready]
    moved = advance_held(moves, by=by, others=entries)
    Panel.objects.filter(call=call).update(status="scoring")
    tell_firms(moved, *_to_experts(call, accepted, "scoring.opened", {"due": due_at}))
    return call


def _held(call: Call, by: User) -> Call:
    """The call, locked, for who plays no other part in it."""
    row = Call.objects.select_for_update(of=("self",)).annotate(**other_parts(by)).get(pk=call.pk)
    refuse_other_parts(row)
    return row


def _seats(call: Call) -> list[Seat]:
    """The seats of the draw that stands, with their people, each with the instant as `.now`."""
    drawn = Seat.objects.filter(draw__call=call, draw__status="drawn").annotate(now=clock.NOW)
    return list(drawn.select_related("expert__user").order_by("pk"))


def _dossiers(call: Call) -> list[Application]:
    """What stands on the call's panels, withdrawn or not."""
    placed = Application.objects.filter(place__panel__call=call)
    return list(placed.select_related("place__panel").order_by("place__panel__number", "pk"))


def _take_withdrawn(call: Call, dossiers: list[Application], by: User) -> list[Entry]:
    """What was withdrawn since the draw is nobody's to judge. From here on nothing is withdrawn."""
    numbers = {row.pk: row.number for row in dossiers if row.status == Status.WITHDRAWN}
    if not numbers:
        return []
    rows = Assignment.objects.filter(application__in=numbers, state__in=LAID_OUT)
    found = dict(rows.values_list("pk", "application_id"))
    if not found:
        return []
    access.close(found)
    Assignment.objects.filter(pk__in=found).update(state=AssignmentState.VOID)
    gone = sorted(numbers[application] or "" for application in set(found.values()))
    taken = Entry(
        action="panels.withdrawn",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"dossiers": gone, "assignments": len(found)},
        scope=call.number,
    )
    return [taken]


def _require_manned(call: Call, dossiers: list[Application], counts: Mapping[int, int]) -> None:
    """Enough accepted experts on every panel that has dossiers."""
    least = call.rule_set.min_scores
    for row in dossiers:
        panel = row.place.panel
        if row.status != Status.WITHDRAWN and counts.get(panel.pk, 0) < least:
            raise WrongState(
                ngettext_lazy(
                    "Panel %(panel)s has %(count)s expert; every dossier needs %(least)s "
                    "scores. A new draw is needed.",
                    "Panel %(panel)s has %(count)s experts; every dossier needs %(least)s "
                    "scores. A new draw is needed.",
                    counts.get(panel.pk, 0),
                )
                % {"panel": panel.number, "count": counts.get(panel.pk, 0), "least": least}
            )


def _require_scorers(call: Call) -> None:
    """Enough experts for every dossier once those recused from it are left out."""
    short = short_dossiers(call)
    if short:
        raise WrongState(
            _(
                "Dossier %(number)s can get only %(count)s of %(least)s scores after the recusals. "
                "Let a supervisor void the draw, admit experts, and draw anew."
            )
            % {
                "number": short[0].application.number,
                "count": short[0].possible,
                "least": short[0].needed,
            }
        )


def _to_experts(
    call: Call, seats: list[Seat], kind: str, context: dict[str, object], key: str = ""
) -> list[Dispatch]:
    return [
        Dispatch(
            kind=kind,
            recipients=[seat.expert.user],
            key=f"{kind}:{seat.pk}{key}",
            context={"call": call.number, **context},
            url="/my-reviews/",
            about=call,
        )
        for seat in seats
    ]


@transaction.atomic
def extend_scoring(*, call: Call, due_at: datetime, reason: str, by: User) -> Call:
    """Give every expert more time, never less, with a reason; also after the deadline has
    passed.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call = _held(call, by)
    is_open = call.status == CallStatus.IN_REVIEW or (
        call.status == CallStatus.HEARING and has_shortlist(call)
    )
    if not is_open or call.scoring_due_at is None:
        raise WrongState(_("Scoring is not open in this call."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    if due_at <= max(clock.now(), call.scoring_due_at):
        raise Invalid(
            _("The new deadline must lie after the old one and after now."), field="due_at"
        )
    before, call.scoring_due_at = call.scoring_due_at, due_at
    call.save(update_fields=["scoring_due_at"])
    record(
        action="scoring.extend",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        reason=reason.strip(),
        before={"due_at": before},
        after={"due_at": due_at},
        scope=call.number,
    )
    accepted = [seat for seat in _seats(call) if seat.state == SeatState.ACCEPTED]
    context: dict[str, object] = {"due": due_at, "reason": reason.strip()}
    key = f":{due_at.isoformat()}"
    notify_all(_to_experts(call, accepted, "scoring.extended", context, key))
    return call
