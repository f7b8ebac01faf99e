"""The time of scoring: opening it once the panels are manned, and giving more time with a
reason.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallStatus
from applications.services.call_steps import advance_call
from applications.services.lifecycle import Move, advance_all
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import record
from notifications.services import Dispatch, notify_all
from reviews.models import Assignment, AssignmentState, Panel, Seat, SeatState
from reviews.rules import SCORABLE, require, require_apart, standing
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
    require_apart(by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != CallStatus.SCREENED or not call.draws.filter(status="drawn").exists():
        raise WrongState(_("The draw has not been made yet."))
    if due_at <= clock.now():
        raise Invalid(_("The scoring deadline must lie in the future."), field="due_at")
    seats = Seat.objects.filter(draw__call=call, draw__status="drawn")
    if seats.filter(state=SeatState.INVITED).exists():
        raise WrongState(_("Some experts have not answered their invitation yet."))
    _require_manned(call, Counter(s.panel_id for s in seats if s.state == SeatState.ACCEPTED))
    _require_scorers(call)
    call.scoring_due_at = due_at
    call.save(update_fields=["scoring_due_at"])
    ready = Application.objects.filter(place__panel__call=call, status=Status.ELIGIBLE)
    advance_all([Move(application=a, step="start_review") for a in ready.order_by("pk")], by=by)
    Panel.objects.filter(call=call).update(status="scoring")
    _take_withdrawn(call, by)
    advance_call(call=call, to=CallStatus.IN_REVIEW, by=by)
    _tell_experts(call, "scoring.opened", {"due": due_at})
    call.refresh_from_db()
    return call


def _take_withdrawn(call: Call, by: User) -> None:
    """What was withdrawn since the draw is nobody's to judge. From here on nothing is withdrawn."""
    rows = Assignment.objects.filter(
        panel__call=call, application__status=Status.WITHDRAWN, state__in=LAID_OUT
    )
    found = dict(rows.values_list("pk", "application__number"))
    if not found:
        return
    access.close(found)
    Assignment.objects.filter(pk__in=found).update(state=AssignmentState.VOID)
    record(
        action="panels.withdrawn",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"dossiers": sorted(set(found.values())), "assignments": len(found)},
        scope=call.number,
    )


def _require_manned(call: Call, counts: Mapping[int, int]) -> None:
    """Enough accepted experts on every panel that has dossiers."""
    for panel in Panel.objects.filter(call=call, places__application__in=standing(call)).distinct():
        if counts.get(panel.pk, 0) < call.rule_set.min_scores:
            raise WrongState(
                _(
                    "Panel %(panel)s has %(count)s experts; every dossier needs %(least)s scores. "
                    "A new draw is needed."
                )
                % {
                    "panel": panel.number,
                    "count": counts.get(panel.pk, 0),
                    "least": call.rule_set.min_scores,
                }
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


def _tell_experts(call: Call, kind: str, context: dict[str, object], key: str = "") -> None:
    accepted = Seat.objects.filter(
        draw__call=call, draw__status="drawn", state=SeatState.ACCEPTED
    ).select_related("expert__user")
    notify_all(
        Dispatch(
            kind=kind,
            recipients=[seat.expert.user],
            key=f"{kind}:{seat.pk}{key}",
            context={"call": call.number, **context},
            url="/my-reviews/",
            about=call,
        )
        for seat in accepted
    )


@transaction.atomic
def extend_scoring(*, call: Call, due_at: datetime, reason: str, by: User) -> Call:
    """Give every expert more time, never less, with a reason; also after the deadline has
    passed.
    """
    require(by, Role.PROGRAMME_OFFICER)
    require_apart(by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != CallStatus.IN_REVIEW or call.scoring_due_at is None:
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
    _tell_experts(
        call,
        "scoring.extended",
        {"due": due_at, "reason": reason.strip()},
        f":{due_at.isoformat()}",
    )
    return call
