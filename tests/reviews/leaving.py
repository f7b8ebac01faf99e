"""Experts who leave dossiers, and who follows them."""

from datetime import timedelta

from audit import clock
from reviews.models import Assignment, Seat
from reviews.services import declarations, opening, seats
from tests.reviews import round

WHY = "审计发现其持有该企业股份。"


def sitting(call) -> list[Seat]:
    """Who has accepted, the top of the drawn order first."""
    rows = Seat.objects.filter(draw__call=call, state="accepted")
    return list(rows.select_related("expert__user", "panel", "draw").order_by("rank", "pk"))


def aside(seat, dossier) -> None:
    row = Assignment.objects.get(seat=seat, application=dossier)
    declarations.step_aside(
        assignment=row, ground="conflict", reason="发现持有股份", by=seat.expert.user
    )


def followers(call) -> list[Seat]:
    return list(
        Seat.objects.filter(draw__call=call, follows__isnull=False)
        .select_related("expert__user", "follows__expert__user", "draw")
        .order_by("pk")
    )


def silent_follower(draw, officer) -> Seat:
    """Who follows in an open review, has kept silent for twelve days, and would leave a dossier
    short."""
    round.seat_all(draw)
    later = clock.now() + timedelta(days=30)
    call = opening.open_scoring(call=draw.call, due_at=later, by=officer)
    dossier = round.dossiers(call)[0]
    for seat in sitting(call)[:3]:
        aside(seat, dossier)
    clock.travel_by(timedelta(days=12))
    [new] = followers(call)
    return new


def exhaust(call, dossier) -> None:
    """Whoever is asked leaves the dossier, until the drawn order has nobody left."""
    while True:
        for seat in followers(call):
            if seat.state == "invited":
                seats.accept(seat=seat, by=seat.expert.user)
        due = Assignment.objects.filter(
            application=dossier, state__in=("to_declare", "open"), seat__state="accepted"
        ).select_related("expert__user")
        if not due:
            return
        row = due.order_by("pk")[0]
        if row.state == "open":
            aside(row.seat, dossier)
        else:
            declarations.declare(
                assignment=row, conflict=True, kind="share", reason="持有股份", by=row.expert.user
            )
