"""Seats after the draw: who is invited, which dossiers are laid out, who is barred from which."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from applications.selectors.recommendation import latest_submission
from notifications.services import Dispatch, notify_all
from reviews.models import (
    Assignment,
    AssignmentState,
    Draw,
    Expert,
    Panel,
    PanelApplication,
    Recusal,
    Seat,
)
from reviews.rules import standing
from reviews.selectors.draws import NAMED


def seat_experts(draw: Draw, at: datetime) -> None:
    """A seat for every place of the draw's result, each with its invitation; the same number of
    queries for any number of seats.
    """
    panels = {str(p.number): p for p in Panel.objects.filter(call=draw.call)}
    drawn = _invitable().filter(pseudonym__in={place["expert"] for place in draw.result})
    experts = {e.pseudonym: e for e in drawn}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    seats = []
    for place in draw.result:
        key = (place["panel"], place["seat"])
        counts[key] += 1
        seats.append(
            Seat(
                draw=draw,
                panel=panels[place["panel"]],
                code=f"{place['seat']}.{counts[key]}",
                expert=experts[place["expert"]],
                rank=place["rank"],
                invited_at=at,
            )
        )
    _lay_out(draw, Seat.objects.bulk_create(seats))
    Panel.objects.filter(call=draw.call).update(status="drawn")


def _invitable() -> QuerySet[Expert]:
    """With `.recused`: the ids of the dossiers that each is barred from already."""
    own = Recusal.objects.filter(expert=OuterRef("pk")).values("application_id")
    return Expert.objects.select_related("user").annotate(recused=ArraySubquery(own))


def _lay_out(draw: Draw, seats: list[Seat]) -> None:
    """The dossiers to declare on, and the invitations."""
    recusals, rows, invitations = [], [], []
    for seat, places in zip(seats, _of_seats(draw, seats), strict=True):
        recusals += barred_beforehand(seat, places)
        own = laid_out(seat, places)
        rows += own
        invitations.append(invitation(seat, own))
    Recusal.objects.bulk_create(recusals)
    Assignment.objects.bulk_create(rows)
    notify_all(invitations)


def _of_seats(draw: Draw, seats: list[Seat]) -> list[list[PanelApplication]]:
    """By seat, the dossiers to declare on: the panel's, or of a matching the seat's own."""
    by_panel: dict[int, list[PanelApplication]] = defaultdict(list)
    places = PanelApplication.objects.filter(
        panel__in=[seat.panel_id for seat in seats], application__in=standing(draw.call)
    ).select_related("application")
    for place in places.annotate(latest=latest_submission("application")):
        by_panel[place.panel_id].append(place)
    if not draw.input.get("matching"):
        return [by_panel[seat.panel_id] for seat in seats]
    own = {(row["panel"], row["expert"]): set(row["applications"]) for row in draw.result}
    return [
        [
            place
            for place in by_panel[seat.panel_id]
            if place.application.number in own[str(seat.panel.number), seat.expert.pseudonym]
        ]
        for seat in seats
    ]


def barred_beforehand(seat: Seat, places: Iterable[PanelApplication]) -> list[Recusal]:
    """The conflicts that were frozen with the draw for a seat's expert, unless they are known; not
    stored yet, but among what the expert's `.recused` says from here on.
    """
    grounds = {(r["expert"], r["application"]): r["ground"] for r in seat.draw.grounds}
    known: list[int] = seat.expert.recused  # type: ignore[attr-defined]  # annotated
    made = []
    for place in places:
        ground = grounds.get((seat.expert.pseudonym, place.application.number))
        if ground is None or place.application_id in known:
            continue
        known.append(place.application_id)
        made.append(
            Recusal(
                panel_id=seat.panel_id,
                expert_id=seat.expert_id,
                application_id=place.application_id,
                found=NAMED if ground == NAMED else "system",
                reason=ground,
                recorded_at=seat.invited_at,
            )
        )
    return made


def laid_out(seat: Seat, places: Iterable[PanelApplication]) -> list[Assignment]:
    """The dossiers to declare on, and those the expert is barred from; not stored yet."""
    barred: list[int] = seat.expert.recused  # type: ignore[attr-defined]  # annotated
    return [
        Assignment(
            seat=seat,
            panel_id=seat.panel_id,
            expert_id=seat.expert_id,
            application=place.application,
            submission_id=place.latest,  # type: ignore[attr-defined]  # annotated
            state=AssignmentState.RECUSED
            if place.application_id in barred
            else AssignmentState.TO_DECLARE,
        )
        for place in places
    ]


def invitation(seat: Seat, rows: Iterable[Assignment]) -> Dispatch:
    """What tells an expert of a seat, with how many of its dossiers to declare on; what somebody is
    barred from beforehand is not told: the firm may have asked for it.
    """
    to_declare = [row for row in rows if row.state == AssignmentState.TO_DECLARE]
    return Dispatch(
        kind="seat.invited",
        recipients=[seat.expert.user],
        key=f"seat.invited:{seat.pk}",
        context={"call": seat.draw.call, "dossiers": len(to_declare)},
        url="/my-reviews/",
        about=seat,
    )
