"""What people are told when seats of a panel change hands, and when dossiers stay short."""

from collections.abc import Iterable, Iterator

from accounts.models import User
from notifications.services import Dispatch
from reviews.models import Seat
from reviews.selectors.quorum import Short


def released(seat: Seat) -> Dispatch:
    """What tells an expert that the seat is no longer theirs."""
    return Dispatch(
        kind="seat.released",
        recipients=[seat.expert.user],
        key=f"seat.released:{seat.pk}",
        context={"call": seat.draw.call},
        url="/my-reviews/",
        about=seat,
    )


def vacant(seat: Seat, officers: list[User]) -> Dispatch:
    """What tells the office that nobody is left to follow on a seat."""
    return Dispatch(
        kind="seat.vacant",
        recipients=officers,
        key=f"seat.vacant:{seat.pk}",
        context={"panel": seat.panel.number, "call": seat.draw.call.number},
        url=f"/draws/{seat.draw.number}/",
        about=seat,
    )


def short_of_scores(rows: Iterable[Short], seat: Seat, officers: list[User]) -> Iterator[Dispatch]:
    """What tells the office that dossiers of a seat's panel can no longer get scores enough."""
    call = seat.draw.call
    for row in rows:
        yield Dispatch(
            kind="quorum.short",
            recipients=officers,
            key=f"quorum.short:{row.application.pk}:{row.possible}",
            context={
                "number": row.application.number or "",
                "call": call,
                "possible": row.possible,
                "needed": row.needed,
            },
            url=f"/progress/{call.number}/",
            about=row.application,
        )
