"""Whether the working-day table still is what the notices said."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from audit import witnesses
from calendars import known
from calendars.digests import digest_of_days
from calendars.models import CalendarYear


def altered_days() -> Iterator[str]:
    """One line for each notice whose days are not those entered and confirmed."""
    by_people = CalendarYear.objects.exclude(proposed_by_id=None).prefetch_related("days")
    yield from witnesses.last_after(by_people, facts_of)
    yield from _altered_known_years()


def facts_of(notice: CalendarYear) -> dict[str, Any]:
    """What every event about a notice says in `after`."""
    days = list(notice.days.all())
    return {
        "year": notice.year,
        "state": notice.state,
        "source_no": notice.source_no,
        "proposed_by": notice.proposed_by_id,
        "confirmed_by": notice.confirmed_by_id,
        "days": len(days),
        "digest": digest_of_days(days),
    }


def _altered_known_years() -> Iterator[str]:
    released = known.years()
    notices = CalendarYear.objects.filter(proposed_by_id=None).prefetch_related("days")
    found = set()
    for notice in notices.order_by("year"):
        found.add(notice.year)
        source_no, days = released.get(notice.year, ("", []))
        has = {(d.date, d.is_working, d.holiday, d.name) for d in notice.days.all()}
        should = {(d.day, d.is_working, d.holiday, d.name) for d in days}
        differing = sorted({day for day, *_rest in has ^ should})
        if differing or notice.source_no != source_no:
            yield _("calendar %(year)s: not as released: %(days)s") % {
                "year": notice.year,
                "days": ", ".join(day.isoformat() for day in differing) or notice.source_no,
            }
    for year in sorted(released.keys() - found):
        yield _("calendar %s: missing") % year
