"""Putting a year's notice in force: one person enters it, another confirms it.

Who may do either is asked by the caller (roles live above this app); that they are two people
is held here and by a constraint.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import Actor, Entry, record_all
from calendars import known
from calendars.deadlines import count_inclusive
from calendars.holidays import NoticeDay
from calendars.integrity import facts_of
from calendars.models import CalendarDay, CalendarYear, YearState
from calendars.rules import may_confirm
from calendars.signals import year_published
from calendars.table import TURN_OF_YEAR, WorkingDays

FEWEST, MOST = 240, 256
"""A year has 242 to 252 working days; what lies outside of this was misread."""


@transaction.atomic
def propose_year(
    *, year: int, source_no: str, days: Iterable[NoticeDay], by: Actor
) -> CalendarYear:
    """Enter the notice for a year; it counts for nothing until another person confirms it.

    A year already in force may be entered again: confirmed, it replaces the earlier notice.
    Invalid (field "year", "source_no" or "days") when the notice cannot be right.
    """
    listed = sorted((day for day in days if day.differs), key=lambda day: day.day)
    _check_year(year)
    if not source_no.strip():
        raise Invalid(_("Enter the number of the State Council's notice."), field="source_no")
    _check_days(year, listed)
    _lock_year(year)
    if CalendarYear.objects.filter(year=year, state=YearState.PROPOSED).exists():
        raise WrongState(
            _("A notice for this year already waits for confirmation. Withdraw it first.")
        )
    notice = CalendarYear.objects.create(
        year=year,
        source_no=source_no.strip(),
        state=YearState.PROPOSED,
        proposed_by_id=by.pk,
        proposed_by_name=by.get_full_name() or by.get_username(),
        proposed_at=clock.now(),
    )
    _enter(notice, listed)
    record_all([_entry("calendar.propose", notice, "", by)])
    return notice


@transaction.atomic
def confirm_year(*, year: int, by: Actor) -> CalendarYear:
    """Put the proposed notice for this year in force. Not by the person who entered it."""
    notice, replaced = _proposed(year)
    if not may_confirm(notice, by.pk):
        raise NotPermitted(
            _("You entered this notice yourself; a second person has to compare and confirm it.")
        )
    entries = []
    if replaced is not None:
        replaced.state = YearState.SUPERSEDED
        replaced.save(update_fields=["state"])
        entries.append(_entry("calendar.supersede", replaced, YearState.PUBLISHED, by))
    notice.state = YearState.PUBLISHED
    notice.confirmed_by_id = by.pk
    notice.confirmed_by_name = by.get_full_name() or by.get_username()
    notice.confirmed_at = clock.now()
    notice.save(update_fields=["state", "confirmed_by_id", "confirmed_by_name", "confirmed_at"])
    record_all([*entries, _entry("calendar.confirm", notice, YearState.PROPOSED, by)])
    year_published.send(sender=CalendarYear, year=year, notice=notice)
    return notice


@transaction.atomic
def withdraw_year(*, year: int, reason: str, by: Actor) -> CalendarYear:
    """Take back a proposed notice that was entered wrongly; anyone entitled to either act may."""
    notice, _in_force = _proposed(year)
    if not reason.strip():
        raise Invalid(_("Say why the notice is withdrawn."), field="reason")
    notice.state = YearState.WITHDRAWN
    notice.save(update_fields=["state"])
    record_all([_entry("calendar.withdraw", notice, YearState.PROPOSED, by, reason.strip())])
    return notice


def enter_known_years(**kwargs: Any) -> None:
    """Enter the years that came with the release and are not in the table yet. Idempotent."""
    tables = connection.introspection.table_names()
    if not {CalendarYear._meta.db_table, CalendarDay._meta.db_table} <= set(tables):
        return
    with transaction.atomic():
        present = set(CalendarYear.objects.values_list("year", flat=True))
        for year, (source_no, days) in known.years().items():
            if year not in present:
                notice = CalendarYear.objects.create(
                    year=year, source_no=source_no, state=YearState.PUBLISHED
                )
                _enter(notice, days)


def _check_year(year: int) -> None:
    this_year = clock.today().year
    if not this_year - 1 <= year <= this_year + 1:
        raise Invalid(_("A notice is entered for last year, this year or next year."), field="year")


def _check_days(year: int, days: list[NoticeDay]) -> None:
    first, last = date(year - 1, *TURN_OF_YEAR), date(year, 12, 31)
    for day in days:
        if not first <= day.day <= last:
            raise Invalid(
                _("%(day)s does not belong to the notice for %(year)s.")
                % {"day": day.day.isoformat(), "year": year},
                field="days",
            )
    if len({day.day for day in days}) < len(days):
        raise Invalid(_("A day is listed twice."), field="days")
    if {"spring_festival", "national"} - {day.holiday for day in days}:
        raise Invalid(
            _("The notice lacks Spring Festival or National Day: enter it whole."), field="days"
        )
    table = WorkingDays({day.day: day.is_working for day in days}, {year})
    total = count_inclusive(date(year, 1, 1), last, table)
    if not FEWEST <= total <= MOST:
        raise Invalid(
            _("This makes %(total)s working days in %(year)s, which cannot be right.")
            % {"total": total, "year": year},
            field="days",
        )


def _lock_year(year: int) -> None:
    """Two people entering the same year wait for each other, also while no row exists yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('calendars.year'), %s)", [year])


def _proposed(year: int) -> tuple[CalendarYear, CalendarYear | None]:
    """The notice that waits, and the one in force if there is one, with their days; both held."""
    _lock_year(year)
    rows = (
        CalendarYear.objects.select_for_update()
        .filter(year=year, state__in=(YearState.PROPOSED, YearState.PUBLISHED))
        .prefetch_related("days")
    )
    by_state = {row.state: row for row in rows}
    if YearState.PROPOSED not in by_state:
        raise WrongState(_("No notice for this year waits for confirmation any more."))
    return by_state[YearState.PROPOSED], by_state.get(YearState.PUBLISHED)


def _enter(notice: CalendarYear, days: Iterable[NoticeDay]) -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(
            year=notice,
            date=day.day,
            is_working=day.is_working,
            holiday=day.holiday,
            name=day.name,
        )
        for day in days
    )


def _entry(action: str, notice: CalendarYear, source: str, by: Actor, reason: str = "") -> Entry:
    return Entry(
        action=action,
        obj=notice,
        by=by,
        source=source,
        target=notice.state,
        reason=reason,
        after=facts_of(notice),
    )
