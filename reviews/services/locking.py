"""The order in which a review's rows are locked."""

from typing import Any

from audit import clock
from reviews.models import Seat


def lock_seat(pk: int, **more: Any) -> Seat:
    """A seat, locked with its call and its draw, in this order wherever one is held: the scoring
    opens and closes, a ranking is computed, and a draw is voided before or after, never meanwhile.
    With the instant as `.now`, and annotated with `more`.
    """
    seat = (
        # PostgreSQL locks in the order named here, and reads anew what it had to wait for.
        Seat.objects.select_for_update(no_key=True, of=("draw__call", "draw", "self"))
        .select_related("panel", "draw__call", "expert__user")
        .annotate(now=clock.NOW, **more)
        .get(pk=pk)
    )
    seat.panel.call = seat.draw.call
    return seat
