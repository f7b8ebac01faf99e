"""The hearing of a call as its pages and services read it: shortlist, times, minutes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from applications.models import Application, Call, CallStatus
from reviews.hearing import slot
from reviews.models import (
    HearingMinutes,
    MinutesCorrection,
    Panel,
    Shortlist,
    ShortlistEntry,
    Sitting,
)

# Minutes are corrected until the funding list is decided.
CORRECTED_IN = (CallStatus.HEARING, CallStatus.SCORED, CallStatus.RANKED)


@dataclass(frozen=True, slots=True)
class Slot:
    """A dossier's own time at the hearing: which of its panel's it is, and where."""

    place: int
    begins: datetime
    ends: datetime
    venue: str


def has_shortlist(call: Call) -> bool:
    return Shortlist.objects.filter(call=call).exists()


def shortlist_of(call: Call) -> Shortlist | None:
    return (
        Shortlist.objects.filter(call=call)
        .select_related("draw", "made_by", "call")
        .defer("draw__input", "draw__result")
        .first()
    )


def slot_at(entry: ShortlistEntry, call: Call) -> Slot | None:
    """The time of an entry with its panel's sitting; None while none is set, or off the list."""
    sitting: Sitting | None = getattr(entry.panel, "sitting", None)
    if sitting is None or entry.place is None:
        return None
    begins, ends = slot(sitting.starts_at, entry.place, call.rule_set.hearing_minutes)
    return Slot(entry.place, begins, ends, sitting.venue)


def slot_of(application: Application) -> Slot | None:
    """A dossier's own time. One query."""
    entry = entry_of(application)
    return slot_at(entry, entry.shortlist.call) if entry is not None else None


def entry_of(application: Application) -> ShortlistEntry | None:
    """A dossier's place on its call's shortlist, with sitting and minutes."""
    return _entries().filter(application=application).first()


def _entries() -> QuerySet[ShortlistEntry]:
    """With `.minutes_number`, that of the version of the minutes that stands."""
    corrected = MinutesCorrection.objects.filter(minutes__entry=OuterRef("pk"), accepted=True)
    last = corrected.order_by("-version").values("number")[:1]
    return ShortlistEntry.objects.select_related(
        "shortlist__call", "panel__sitting", "minutes", "application__firm"
    ).annotate(minutes_number=Coalesce(Subquery(last), F("minutes__number")))


def standing_version(minutes: HearingMinutes) -> HearingMinutes | MinutesCorrection:
    """The last version of the minutes that a second person has confirmed. One query."""
    return minutes.corrections.filter(accepted=True).last() or minutes


def page_of_minutes(minutes: HearingMinutes, call: Call) -> str:
    """The address of the page where the minutes are read and corrected."""
    return f"/hearing/{call.number}/dossiers/{minutes.entry.application_id}/minutes/"


def entries_of(call: Call) -> list[ShortlistEntry]:
    """Every dossier after the paper review, best first, those off the list last."""
    return list(_entries().filter(shortlist__call=call))


def heard_by(panel: Panel) -> list[ShortlistEntry]:
    """The dossiers that come to a panel's hearing, in its order."""
    return list(_entries().filter(panel=panel, place__isnull=False).order_by("place"))


def times_of(panel: Panel) -> dict[int, datetime]:
    """Application → when its hearing begins; {} while no day is set. Needs sitting and call."""
    if getattr(panel, "sitting", None) is None:
        return {}
    return times_among(panel, ShortlistEntry.objects.filter(panel=panel, place__isnull=False))


def times_among(panel: Panel, entries: Iterable[ShortlistEntry]) -> dict[int, datetime]:
    """As `times_of`, of these places of the panel. No query."""
    sitting = getattr(panel, "sitting", None)
    if sitting is None:
        return {}
    minutes = panel.call.rule_set.hearing_minutes
    return {
        one.application_id: slot(sitting.starts_at, one.place, minutes)[0]
        for one in entries
        if one.place is not None
    }
