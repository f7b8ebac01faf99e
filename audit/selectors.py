"""Reading the log."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet

from audit.clock import SHANGHAI
from audit.models import Event, Seal, Unsealed


def events_of(obj: Model) -> QuerySet[Event]:
    """All events of this object, oldest first."""
    return Event.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by(
        "id"
    )


@dataclass(frozen=True, kw_only=True)
class TrailFilters:
    """What to look for; an empty field asks for nothing. Days are Shanghai days, inclusive.

    `action` "application" finds every "application.…"; `person` is part of a name, or an
    account's number; `object` part of a label, or an object's number.
    """

    action: str = ""
    person: str = ""
    object: str = ""
    object_type: str = ""
    scope: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None

    @property
    def ask_who_or_what(self) -> bool:
        """Whether they tell one act, person or object from another."""
        return any((self.action, self.person, self.object, self.object_type))


def trail(filters: TrailFilters = TrailFilters(), *, secret: Q | None = None) -> QuerySet[Event]:
    """The events that fit, newest first.

    `secret` ones are shown to the reader as rows without a content; a filter that asks who or what
    never finds them, or it would tell.
    """
    found = Event.objects.order_by("-id")
    if secret is not None and filters.ask_who_or_what:
        found = found.exclude(secret)
    if filters.action:
        found = found.filter(Q(action=filters.action) | Q(action__startswith=f"{filters.action}."))
    if filters.person:
        found = found.filter(_person(filters.person))
    if filters.object:
        found = found.filter(
            Q(object_label__icontains=filters.object) | Q(object_id=filters.object)
        )
    if filters.object_type:
        found = found.filter(object_type=filters.object_type)
    if filters.scope:
        found = found.filter(scope=filters.scope)
    if filters.first_day:
        found = found.filter(at__gte=_midnight(filters.first_day))
    if filters.last_day:
        found = found.filter(at__lt=_midnight(filters.last_day + dt.timedelta(days=1)))
    return found


def _person(text: str) -> Q:
    wanted = Q(actor_name__icontains=text)
    if text.isascii() and text.isdigit() and len(text) < 19:
        wanted |= Q(actor_id=int(text))
    return wanted


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def actions(*, secret: Q | None = None) -> list[str]:
    """Every act that occurs in the log outside of the `secret` events, in alphabetical order."""
    found = Event.objects.all() if secret is None else Event.objects.exclude(secret)
    return list(found.order_by("action").values_list("action", flat=True).distinct())


@dataclass(frozen=True)
class SealState:
    """How far the log is sealed; `sealed_at` and `chain` are of the last seal, if any."""

    sealed: int
    waiting: int
    sealed_at: dt.datetime | None
    chain: str


def seal_state() -> SealState:
    """The state of the seal, in two queries."""
    last = Seal.objects.order_by("-position").first()
    waiting = Unsealed.objects.count()
    if last is None:
        return SealState(0, waiting, None, "")
    return SealState(last.position, waiting, last.sealed_at, last.chain)
