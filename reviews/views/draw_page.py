"""The page of one draw: whose turn it is, what was sealed and revealed, who was drawn, whether it
holds.
"""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import CallStatus
from audit.models import Event
from calendars.instants import end_of_day
from calendars.selectors import working_days
from reviews.draw.replacement import Replacement
from reviews.models import Draw, Seat, SeatState
from reviews.office_words import SEAT_REASONS, SEAT_STATES, joined, seat_name
from reviews.selectors import following
from reviews.selectors import office as reading
from reviews.services.seats import answer_due
from reviews.views.expert_words import panel_name


def turn(draw: Draw, user: User) -> str:
    """What this person does next with the draw: "seal", "reveal", "press", or "" when nothing."""
    operator = draw.operator_id == user.pk and has_role(user, Role.PROGRAMME_OFFICER)
    supervisor = draw.operator_id != user.pk and has_role(user, Role.SUPERVISOR)
    if draw.status == "prepared":
        mine = draw.operator_commitment if operator else draw.supervisor_commitment
        return "seal" if (operator or supervisor) and not mine else ""
    if draw.status != "committed":
        return ""
    if draw.supervisor_secret:
        return "press" if operator else ""
    return "reveal" if draw.supervisor_id == user.pk else ""


def held_by(draw: Draw) -> str:
    """Who holds the draw up now; empty once it is drawn or void."""
    supervisor = draw.supervisor.name if draw.supervisor else _("a supervisor")
    if draw.status == "prepared":
        waits = []
        if not draw.operator_commitment:
            waits.append(draw.operator.name)
        if not draw.supervisor_commitment:
            waits.append(supervisor)
        return _("Waits for %(names)s to seal a number.") % {"names": _(" and ").join(waits)}
    if draw.status == "committed":
        if draw.supervisor_secret:
            return _("Waits for %(name)s to press the draw.") % {"name": draw.operator.name}
        return _("Waits for %(name)s to reveal the sealed number.") % {"name": supervisor}
    return ""


def steps(draw: Draw, taken: dict[str, Event]) -> list[dict[str, Any]]:
    """The draw's way as a timeline, with the recorded instants of the steps taken."""
    at = {step: event.at for step, event in taken.items()}
    supervisor = draw.supervisor.name if draw.supervisor else _("a supervisor")
    rows = [
        (_("List of candidates frozen"), draw.operator.name, draw.prepared_at),
        (_("Officer's number sealed"), draw.operator.name, at.get("operator_committed")),
        (_("Supervisor's number sealed"), supervisor, at.get("supervisor_committed")),
        (_("Supervisor's number revealed"), supervisor, at.get("supervisor_revealed")),
        (_("Draw pressed, experts invited"), draw.operator.name, draw.drawn_at),
    ]
    if draw.voided_at is not None and draw.voided_by is not None:
        rows = [row for row in rows if row[2] is not None]
        rows.append((_("Voided"), draw.voided_by.name, draw.voided_at))
    ahead = False
    items = []
    for text, who, moment in rows:
        state = "past" if moment else "next" if ahead else "now"
        ahead = ahead or moment is None
        items.append({"text": text, "who": who, "at": moment, "state": state, "note": ""})
    return items


def result(
    request: SignedInRequest, draw: Draw, replacements: list[Replacement]
) -> list[dict[str, Any]]:
    """Panel by panel who was drawn to which seat, who left, who stands by."""
    industries = reading.industries()
    wanted = {
        (p["id"], s["id"]): seat_name(s["kind"], s["specialty"], industries)
        for p in draw.input["panels"]
        for s in p["seats"]
    }
    standby = following.standby_of(draw, replacements) if draw.status == "drawn" else {}
    table, officer = working_days(), has_role(request.user, Role.PROGRAMME_OFFICER)
    asked = (CallStatus.SCREENED, CallStatus.IN_REVIEW)
    open_ = draw.status == "drawn" and draw.call.status in asked
    groups: dict[int, dict[str, Any]] = {}
    seats = reading.seats_of_draw(draw)
    own = dossiers_of(draw, seats)
    for seat in seats:
        number = str(seat.panel.number)
        group = groups.setdefault(
            seat.panel_id,
            {"panel": seat.panel, "name": panel_name(seat.panel), "seats": [], "standby": []},
        )
        due = end_of_day(answer_due(seat, table).day)
        group["seats"].append(
            {
                "seat": seat,
                "name": own.get(seat.pk) or wanted.get((number, seat.code.rpartition(".")[0]), ""),
                "place": seat.rank + 1 if not own or seat.follows_id else None,
                "state_label": SEAT_STATES[seat.state],
                "reason": SEAT_REASONS.get(seat.reason, seat.reason),
                "left": seat.state in (SeatState.DECLINED, SeatState.REPLACED),
                "due": due if seat.state == SeatState.INVITED and open_ else None,
                "late": due < request.clock.now,
                "may_pass": officer
                and open_
                and seat.state == SeatState.INVITED
                and due < request.clock.now,
            }
        )
    _add_standby(groups, standby, wanted)
    return list(groups.values())


def dossiers_of(draw: Draw, seats: list[Seat]) -> dict[int, str]:
    """By seat, the dossiers matched with it, which whoever follows takes over; empty for panels."""
    if not draw.figures:
        return {}
    drawn = {(row["panel"], row["expert"]): row["applications"] for row in draw.result}
    found: dict[int, str] = {}
    for seat in sorted(seats, key=lambda seat: seat.pk):
        pair = str(seat.panel.number), seat.expert.pseudonym
        found[seat.pk] = found[seat.follows_id] if seat.follows_id else joined(drawn[pair])
    return found


def _add_standby(
    groups: dict[int, dict[str, Any]], standby: Any, wanted: dict[tuple[str, str], str]
) -> None:
    by_panel: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (panel, seat), rows in standby.items():
        names = [row.expert for row in rows]
        by_panel[panel].append({"name": wanted.get((panel, seat), seat), "experts": names})
    for group in groups.values():
        group["standby"] = by_panel[str(group["panel"].number)]


def vacancies(seats: list[Seat]) -> int:
    """Seats that somebody left and nobody follows on."""
    followed = {seat.follows_id for seat in seats}
    left = (SeatState.DECLINED, SeatState.REPLACED)
    return sum(seat.state in left and seat.pk not in followed for seat in seats)
