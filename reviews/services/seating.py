"""Seats after the draw: who is invited, which dossiers are laid out, who is barred from which."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from applications.selectors.recommendation import latest_submission
from notifications.services import Dispatch, notify_all
from reviews.models import Assignment, Draw, Expert, Panel, PanelApplication, Recusal, Seat
from reviews.rules import standing
from reviews.selectors.draws import NAMED


def seat_experts(draw: Draw, at: datetime) -> None:
    """A seat for every place of the draw's result, each with its invitation; the same number of
    queries for any number of seats.
    """
    panels = {str(p.number): p for p in Panel.objects.filter(call=draw.call)}
    drawn = list(invitable().filter(pseudonym__in={place["expert"] for place in draw.result}))
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
    _invite(draw, Seat.objects.bulk_create(seats), drawn)
    Panel.objects.filter(call=draw.call).update(status="drawn")


def invite(seat: Seat, told: Sequence[Dispatch] = ()) -> None:
    """Queue the invitation and lay out the dossiers to declare on, in the caller's transaction;
    the seat's expert is one of `invitable`. `told`: other messages, told at once with it.
    """
    _invite(seat.draw, [seat], [seat.expert], told)


def invitable() -> QuerySet[Expert]:
    """With `.recused`: the ids of the dossiers that each is barred from already."""
    own = Recusal.objects.filter(expert=OuterRef("pk")).values("application_id")
    return Expert.objects.select_related("user").annotate(recused=ArraySubquery(own))


def _invite(
    draw: Draw, seats: list[Seat], experts: list[Expert], told: Sequence[Dispatch] = ()
) -> None:
    laid_out = _of_seats(draw, seats)
    barred = {e.pk: set(e.recused) for e in experts}  # type: ignore[attr-defined]  # annotated
    _recuse_by_system(draw, seats, laid_out, barred)
    Assignment.objects.bulk_create(
        Assignment(
            seat=seat,
            panel_id=seat.panel_id,
            expert_id=seat.expert_id,
            application_id=place.application_id,
            submission_id=place.latest,  # type: ignore[attr-defined]  # annotated
            state="recused" if place.application_id in barred[seat.expert_id] else "to_declare",
        )
        for seat in seats
        for place in laid_out[seat.pk]
    )
    people = {expert.pk: expert.user for expert in experts}
    invitations = [
        Dispatch(
            kind="seat.invited",
            recipients=[people[seat.expert_id]],
            key=f"seat.invited:{seat.pk}",
            # What somebody is barred from beforehand is not told: the firm may have asked for it.
            context={
                "call": draw.call.number,
                "dossiers": sum(
                    place.application_id not in barred[seat.expert_id]
                    for place in laid_out[seat.pk]
                ),
            },
            url="/my-reviews/",
            about=seat,
        )
        for seat in seats
    ]
    notify_all([*told, *invitations])


def _of_seats(draw: Draw, seats: list[Seat]) -> dict[int, list[PanelApplication]]:
    """By seat, the dossiers to declare on: the panel's, or of a matching the seat's own."""
    by_panel = _laid_out(draw, [seat.panel_id for seat in seats])
    if not draw.input.get("matching"):
        return {seat.pk: by_panel[seat.panel_id] for seat in seats}
    drawn = {(row["panel"], row["expert"]): set(row["applications"]) for row in draw.result}
    taken: dict[int, set[str]] = defaultdict(set)
    followed = [seat.follows_id for seat in seats if seat.follows_id]
    for left, number in Assignment.objects.filter(seat__in=followed).values_list(
        "seat_id", "application__number"
    ):
        taken[left].add(number or "")
    found = {}
    for seat in seats:
        pair = str(seat.panel.number), seat.expert.pseudonym
        own = taken[seat.follows_id] if seat.follows_id else drawn[pair]
        places = by_panel[seat.panel_id]
        found[seat.pk] = [place for place in places if place.application.number in own]
    return found


def _laid_out(draw: Draw, panels: list[int]) -> dict[int, list[PanelApplication]]:
    """By panel, the places of the dossiers that still stand; `.latest` is the version in force."""
    found: dict[int, list[PanelApplication]] = defaultdict(list)
    places = PanelApplication.objects.filter(
        panel__in=panels, application__in=standing(draw.call)
    ).select_related("application")
    for place in places.annotate(latest=latest_submission("application")):
        found[place.panel_id].append(place)
    return found


def _recuse_by_system(
    draw: Draw,
    seats: list[Seat],
    laid_out: Mapping[int, list[PanelApplication]],
    barred: dict[int, set[int]],
) -> None:
    """Record the conflicts that were frozen with the draw for the experts of these seats, unless
    they are known, and add them to what each is barred from.
    """
    grounds = {(r["expert"], r["application"]): r["ground"] for r in draw.grounds}
    made = []
    for seat in seats:
        for place in laid_out[seat.pk]:
            pair = (seat.expert.pseudonym, place.application.number)
            if pair not in grounds or place.application_id in barred[seat.expert_id]:
                continue
            barred[seat.expert_id].add(place.application_id)
            made.append(
                Recusal(
                    panel_id=seat.panel_id,
                    expert_id=seat.expert_id,
                    application_id=place.application_id,
                    found=NAMED if grounds[pair] == NAMED else "system",
                    reason=grounds[pair],
                    recorded_at=seat.invited_at,
                )
            )
    Recusal.objects.bulk_create(made)
