"""The certificate of a draw, from its rows and the log; and which draws the public may read."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from applications.models import CallStatus
from audit.digests import instant
from audit.models import Event, Seal
from audit.selectors import events_of
from reviews.draw import certificate
from reviews.draw.replacement import Replacement
from reviews.models import Draw, Seat, ShortlistEntry
from reviews.selectors.following import replacements_of, seated_of, vacated

# From the close of scoring on, nobody can reach an expert's open sheet any more.
REVIEW_CLOSED = (
    CallStatus.SCORED,
    CallStatus.RANKED,
    CallStatus.DECIDED,
    CallStatus.ON_NOTICE,
    CallStatus.AWARDED,
    CallStatus.CLOSED,
)


def course(draw: Draw) -> dict[str, Event]:
    """The event of each step of a draw that was taken, by the names of `reviews.draw.record`."""
    steps: dict[str, Event] = {}
    for event in events_of(draw).order_by("pk"):
        sides = event.after or {}
        if event.action == "draw.prepare":
            steps["prepared"] = event
        elif event.action == "draw.commit":
            side = "operator" if "operator" in sides else "supervisor"
            steps[f"{side}_committed"] = event
        elif event.action == "draw.reveal":
            steps["supervisor_revealed"] = event
        elif event.action == "draw.perform":
            steps["drawn"] = event
    return steps


def _replaced(rows: Iterable[Seat]) -> list[Event]:
    """The event of each replacement, in their order."""
    seats = [str(seat.pk) for seat in rows]
    told = {
        event.object_id: event
        for event in Event.objects.filter(
            object_type=Seat._meta.label_lower,
            object_id__in=seats,
            action__in=("seat.declined", "seat.replaced"),
        )
    }
    return [told[pk] for pk in seats]


@dataclass(frozen=True, slots=True)
class Read:
    """What a drawn draw's page and its certificate both stand on: the events of its steps, the
    seats given up since, and who followed on each."""

    steps: dict[str, Event]
    left: list[Seat]
    replacements: list[Replacement]


def read(draw: Draw) -> Read:
    """Three queries, whatever the numbers."""
    left = list(vacated(draw))
    return Read(course(draw), left, replacements_of(draw, left))


def certificate_of(draw: Draw, known: Read | None = None) -> dict[str, Any]:
    """Everything about a drawn draw in one file that anyone can recompute (`reviews.draw`).

    Five queries, whatever the numbers; two, where the rest is `known`.
    """
    known = known or read(draw)
    steps = dict(known.steps)
    for number, event in enumerate(_replaced(known.left), start=1):
        steps[f"replacement_{number}"] = event
    places = dict(
        Seal.objects.filter(event_id__in=[e.pk for e in steps.values()]).values_list(
            "event_id", "position"
        )
    )
    return certificate.build(
        draw_input=draw.input,
        operator_secret=bytes.fromhex(draw.operator_secret),
        supervisor_secret=bytes.fromhex(draw.supervisor_secret),
        public_entropy=draw.public_entropy,
        result=seated_of(draw),
        matching=draw.figures or None,
        replacements=known.replacements,
        times={step: instant(event.at) for step, event in steps.items()},
        seals={step: places.get(event.pk) for step, event in steps.items()},
        hearing=hearing_order_of(draw),
    ) | {
        "input_hash": draw.input_hash,
        "commitments": {
            "operator": draw.operator_commitment,
            "supervisor": draw.supervisor_commitment,
        },
        "seed": draw.seed,
    }


def hearing_order_of(draw: Draw) -> dict[str, list[str]]:
    """Panel → its dossiers in the order of their hearing; {} where none is heard. One query, none
    where the rules have no hearing.
    """
    if not draw.call.rule_set.has_hearing:
        return {}
    rows = ShortlistEntry.objects.filter(shortlist__draw=draw, place__isnull=False)
    found: dict[str, list[str]] = defaultdict(list)
    for panel, number in rows.order_by("panel__number", "place").values_list(
        "panel__number", "application__number"
    ):
        found[str(panel)].append(number or "")
    return dict(found)


def public_draws() -> QuerySet[Draw]:
    """Draws whose certificate anybody may read: drawn, and the review they were for is closed."""
    return Draw.objects.filter(
        drawn_at__isnull=False, call__status__in=REVIEW_CLOSED
    ).select_related("call__scheme")
