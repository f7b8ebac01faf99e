"""Secretaries for many projects at once: the flow of `batch`, written in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application
from audit import clock
from audit.refusals import WrongState
from audit.services import record_all
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from notifications.services import notify_all
from secretaries import batch, rules
from secretaries.matching import Candidate
from secretaries.models import (
    AppointmentGap,
    ServiceAssignment,
    ServiceSecretary,
    ServiceSettings,
)
from secretaries.selectors.candidates import (
    GAP,
    WAITING_SINCE,
    by_role,
    is_served,
    judged,
    project_of,
)
from secretaries.service_rules import ServiceRules
from secretaries.services import access, appointments, telling
from secretaries.services.assigning import event
from secretaries.services.gaps import Left, gap_event, open_gaps, try_again
from secretaries.services.milestones import plan_milestones


def appoint_waiting(*, application: Application) -> None:
    """The project, and those of its call that wait for their first attempt with it."""
    waiting = (
        Application.objects.filter(call=application.call_id, status__in=rules.SERVED)
        .exclude(is_served())
        .exclude(appointment_gaps__closed_at__isnull=True, appointment_gaps__isnull=False)
        .values_list("pk", flat=True)
    )
    others = set(waiting) - {application.pk}
    if others:
        appoint_many(applications=[application.pk, *others])
    else:
        appointments.appoint(application=application)


def fill_gaps() -> int:
    """Try every open gap again, all at once; how many projects got their secretary."""
    gaps = AppointmentGap.objects.filter(closed_at__isnull=True).order_by("found_at", "pk")
    waiting = [gap.application for gap in gaps.select_related("application")]
    if len(waiting) > 1:
        return len(appoint_many(applications=[row.pk for row in waiting]))
    filled = 0
    for row in waiting:
        try:
            filled += isinstance(appointments.appoint(application=row), ServiceAssignment)
        except WrongState:
            continue
    return filled


@transaction.atomic
def appoint_many(
    *, applications: Iterable[int] | None = None, seen: str = "", by: User | None = None
) -> list[ServiceAssignment]:
    """Appoint the secretaries of all these projects together, as evenly as can be; without any
    named, of all that wait.

    Those served already or no longer awarded are left alone; whoever nobody is free for leaves a
    gap. Projects, then secretaries are locked, each in one order. `seen`: the digest of the outcome
    that the lead looked at; WrongState where it would be another one now.
    """
    if by is not None:
        rules.require_lead(by)
    held = _lock_projects(applications)
    known = judged(ServiceSecretary.objects.filter(pk__in=_lock_people()), day_of(held.now))
    people = [one for _row, one in known]
    projects = {pk: project_of(row) for pk, row in held.rows.items()}
    found = batch.assign(projects, people, held.since)
    if seen and seen != found.digest:
        raise WrongState(
            _("The facts have changed since you looked. Nobody was appointed; look at it again.")
        )
    if not held.rows:
        return []
    table = working_days()
    made = _assign(held, found, known, table, by)
    why = batch.counts_of_left(found, projects, people)
    opened = _leave(held, [(held.rows[pk], why[pk]) for pk in found.left], table)
    _record(made, opened, by)
    _tell(made, opened, held.gaps)
    return made


@dataclass(frozen=True, slots=True)
class _Held:
    """Projects that want a secretary, held; since when; their open gaps; the instant; the numbers
    in force."""

    rows: dict[int, Application]
    since: dict[int, datetime]
    gaps: dict[int, int]
    now: datetime
    numbers: ServiceRules


def _lock_projects(applications: Iterable[int] | None) -> _Held:
    wanted = Application.objects.filter(status__in=rules.SERVED)
    if applications is None:
        wanted = wanted.exclude(is_served())
    else:
        wanted = wanted.filter(pk__in=list(applications))
    locked = wanted.select_for_update(of=("self",), no_key=True).order_by("pk")
    rows: list[Any] = list(
        Application.objects.filter(pk__in=list(locked.values_list("pk", flat=True)))
        .exclude(is_served())
        .select_related("firm", "industry", "region__reports_to")
        .prefetch_related("call")  # one of them, whose rules are long, for all projects
        .annotate(
            now=clock.NOW,
            gap=Subquery(GAP.values("pk")),
            waiting_since=WAITING_SINCE,
            numbers=Subquery(ServiceSettings.objects.order_by("-version").values("values")[:1]),
        )
        .order_by("pk")
    )
    set_by = ServiceRules.from_data(rows[0].numbers or {}) if rows else ServiceRules()
    return _Held(
        rows={row.pk: row for row in rows},
        since={row.pk: row.waiting_since for row in rows},
        gaps={row.pk: row.gap for row in rows if row.gap is not None},
        now=rows[0].now if rows else clock.now(),
        numbers=set_by,
    )


def _lock_people() -> list[int]:
    return list(
        by_role()
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
        .values_list("pk", flat=True)
    )


def _assign(
    held: _Held,
    found: batch.Assigned,
    known: Sequence[tuple[ServiceSecretary, Candidate]],
    table: WorkingDays,
    by: User | None,
) -> list[ServiceAssignment]:
    """The assignments with permissions and milestones, gaps closed; as many queries however many
    there are."""
    if not found.pairs:
        return []
    due = deadlines.due(day_of(held.now), held.numbers.first_contact_days, table)
    made = ServiceAssignment.objects.bulk_create(_rows(held, found, known, end_of_day(due.day), by))
    projects = [row.application for row in made]
    access.follow_assignments(*projects)
    plan_milestones(projects, held.now)
    filled = [held.gaps[row.pk] for row in projects if row.pk in held.gaps]
    AppointmentGap.objects.filter(pk__in=filled).update(closed_at=held.now)
    return made


def _rows(
    held: _Held,
    found: batch.Assigned,
    known: Sequence[tuple[ServiceSecretary, Candidate]],
    contact_due: datetime,
    by: User | None,
) -> Iterator[ServiceAssignment]:
    people = {row.pk: row for row, _one in known}
    load = {one.id: one.load for _row, one in known}
    for pk, secretary in found.pairs.items():
        load[secretary] += 1
        backup = found.backups[pk]
        yield ServiceAssignment(
            application=held.rows[pk],
            secretary=people[secretary],
            backup=people[backup] if backup is not None else None,
            valid_from=held.now,
            appointed_by=by,
            reason={
                "by": "batch",
                "together": len(found.pairs),
                "load": load[secretary],
                "max_load": people[secretary].max_load,
            },
            first_contact_due=contact_due,
        )


def _leave(held: _Held, left: Left, table: WorkingDays) -> list[AppointmentGap]:
    """The gaps of those that nobody is free for; those that are new."""
    try_again([pair for pair in left if pair[0].pk in held.gaps], held.gaps, held.now)
    fresh = [pair for pair in left if pair[0].pk not in held.gaps]
    return open_gaps(fresh, held.now, held.numbers, table) if fresh else []


def _record(
    made: Sequence[ServiceAssignment], opened: Sequence[AppointmentGap], by: User | None
) -> None:
    appointed = [event("assignment.appoint", row, by) for row in made]
    record_all([*appointed, *(gap_event(gap, by) for gap in opened)])


def _tell(
    made: Sequence[ServiceAssignment], opened: Sequence[AppointmentGap], gaps: dict[int, int]
) -> None:
    filled = [row for row in made if row.application_id in gaps]
    leads = telling.leads() if filled or opened else []
    notify_all(
        [
            *telling.of_appointments(made),
            *(telling.gap_filled(row, gaps[row.application_id], leads) for row in filled),
            *(telling.gap_found(gap, leads) for gap in opened),
        ]
    )
