"""Draws of experts as the public reads them: digests before, everything but names after."""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from accounts.models import User
from applications.models import Application, Call
from audit.models import Event
from reviews.draw import certificate as certificates
from reviews.draw.checking import Seated
from reviews.models import Draw, Panel
from reviews.office_words import joined, seat_name
from reviews.selectors.certificates import REVIEW_CLOSED
from reviews.selectors.office import industries


@dataclass(frozen=True, slots=True)
class Published:
    """What is known of a draw before anything is revealed. Digests in hex, "" while missing."""

    number: str
    status: str
    input_hash: str
    operator: str
    supervisor: str
    prepared_at: datetime
    sealed_at: datetime | None
    source: str
    known_from: datetime | None
    readable: bool


def published(call: Call) -> list[Published]:
    """Every draw of a call, oldest first; two queries."""
    draws = list(call.draws.order_by("prepared_at", "pk"))
    sealed: dict[str, datetime] = {}
    keys = [str(d.pk) for d in draws]
    events = Event.objects.filter(
        object_type=Draw._meta.label_lower, object_id__in=keys, action="draw.commit"
    ).order_by("pk")
    for event in events if draws else ():
        sealed[event.object_id] = event.at
    return [
        Published(
            number=d.number,
            status=d.status,
            input_hash=d.input_hash,
            operator=d.operator_commitment,
            supervisor=d.supervisor_commitment,
            prepared_at=d.prepared_at,
            sealed_at=sealed.get(str(d.pk)),
            source=d.public_entropy_source,
            known_from=d.public_entropy_from,
            readable=d.drawn_at is not None and call.status in REVIEW_CLOSED,
        )
        for d in draws
    ]


def computed_again(certificate: dict[str, Any]) -> list[str]:
    """What does not hold of a certificate."""
    return list(_computed_again(json.dumps(certificate)))


@lru_cache(maxsize=8)  # by content: a large draw takes seconds to solve, and anybody may ask
def _computed_again(text: str) -> tuple[str, ...]:
    return tuple(certificates.reproduce(json.loads(text)))


@dataclass(frozen=True, slots=True)
class PublicSeat:
    """One expert of a panel, by pseudonym. `place` counts from 1 in the drawn order of the seat,
    None for who was matched; `follows` is whom the expert replaced. `name` is the seat's, or names
    `matched`, the numbers of the dossiers matched with the expert."""

    name: str
    expert: str
    place: int | None
    left: bool
    follows: str
    matched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicPanel:
    """A panel with everybody who was drawn to it, in the order of its seats."""

    number: str
    panel: Panel | None
    dossiers: list[str]
    seats: list[PublicSeat]


def panels(draw: Draw, certificate: dict[str, Any]) -> list[PublicPanel]:
    """Panel by panel who was drawn; two queries, whatever the numbers."""
    named = {str(p.number): p for p in Panel.objects.filter(call=draw.call)}
    catalogue = industries()
    rows: dict[str, list[PublicSeat]] = defaultdict(list)
    wanted = {
        (p["id"], s["id"]): seat_name(s["kind"], s["specialty"], catalogue)
        for p in draw.input["panels"]
        for s in p["seats"]
    }
    left = {(s["panel"], s["seat"], s["expert"]) for s in certificate["replacements"]}
    for place, follows in _everybody(certificate):
        key = place.panel, place.seat
        gone = (*key, place.expert) in left
        name = joined(place.applications) or wanted[key]
        nth = None if place.applications and not follows else place.rank + 1
        rows[place.panel].append(
            PublicSeat(name, place.expert, nth, gone, follows, place.applications)
        )
    return [
        PublicPanel(p["id"], named.get(p["id"]), p["applications"], rows[p["id"]])
        for p in sorted(draw.input["panels"], key=lambda p: int(p["id"]))
    ]


def narrowed(panel: PublicPanel, own: set[str]) -> PublicPanel:
    """The panel with those alone who were matched with one of these dossiers; a drawn one whole."""
    kept = [seat for seat in panel.seats if not seat.matched or own.intersection(seat.matched)]
    return replace(panel, seats=kept)


def _everybody(certificate: dict[str, Any]) -> list[tuple[Seated, str]]:
    """Who was drawn, each followed by whoever took the seat after; with whom they followed."""
    by = {(s["panel"], s["seat"], s["expert"]): s for s in certificate["replacements"]}
    found = []
    for row in certificate["result"]:
        place, follows = Seated.of(row), ""
        while True:
            found.append((place, follows))
            step = by.get((place.panel, place.seat, place.expert))
            if step is None or step["replaced_by"] is None:
                break
            follows = place.expert
            place = replace(place, expert=step["replaced_by"], rank=step["rank"])
    return found


def own_dossiers(user: object, call: Call) -> set[str]:
    """Numbers of the dossiers of this call that the person's firms filed; none for others."""
    if not isinstance(user, User):
        return set()
    firms = user.memberships.live().values("organisation_id")
    rows = Application.objects.filter(call=call, firm_id__in=firms, number__isnull=False)
    return {number for number in rows.values_list("number", flat=True) if number}
