"""答辩: who comes to the hearing, and when each is heard. Plain Python."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from reviews.ranking import Outcome, Ranked

State = Literal["shortlisted", "beyond", "below_floor", "vetoed", "too_few"]

_OUT: Mapping[Outcome, State] = {
    "below_floor": "below_floor",
    "vetoed": "vetoed",
    "not_scored": "too_few",
}


def shortlist(
    places: Sequence[Ranked],
    requested: Mapping[str, Decimal],
    envelope: Decimal,
    times: int | None,
) -> dict[str, State]:
    """What becomes of each dossier after the paper review, by id; `places` as `ranking.rank` gives.

    times None: all that are ranked come. Else they come in rank order as long as those of a better
    rank ask for less than so many envelopes, so that the shortlist asks for at least that much
    where there is as much; whoever shares a rank comes along. Sums in yuan.
    """
    found: dict[str, State] = {}
    better = sum_here = Decimal(0)
    rank_here: int | None = None
    for place in places:
        if place.outcome != "ranked":
            found[place.id] = _OUT[place.outcome]
            continue
        if place.rank != rank_here:
            better, rank_here = sum_here, place.rank
        sum_here += requested[place.id]
        comes = times is None or better < envelope * times
        found[place.id] = "shortlisted" if comes else "beyond"
    return found


def slot(starts_at: datetime, place: int, minutes: int) -> tuple[datetime, datetime]:
    """From when to when the dossier at this place, from 1, is heard."""
    begins = starts_at + timedelta(minutes=minutes * (place - 1))
    return begins, begins + timedelta(minutes=minutes)
