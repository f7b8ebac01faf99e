"""Secretaries for many projects at once: the flow of `batch`, written in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from applications.models import Application
from audit import clock
from audit.refusals import WrongState
from audit.services import record_all
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from notifications.services import notify_all
from secretaries import batch, rules
from secretaries.matching import Candidate
from secretaries.models import AppointmentGap, ServiceAssignment, ServiceSecretary
from secretaries.selectors.candidates import by_role, candidates, is_served, project_of
from secretaries.selectors.settings import numbers
from secretaries.services import access, appointments, telling
from secretaries.services.assigning import event
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
def appoint_many(*, applications: Iterable[int], by: User | None = None) -> list[ServiceAssignment]:
    """Appoint the secretaries of all these projects together, as evenly as can be.

    Those served already or no longer awarded are left alone; whoever nobody is free for is tried
    alone and leaves a gap. Projects, then secretaries are locked, each in one order.
    """
    if by is not None:
        rules.require_lead(by)
    rows = _lock_projects(applications)
    people = _lock_people()
    now = clock.now()
    known = candidates(ServiceSecretary.objects.filter(pk__in=people), day_of(now))
    found = batch.assign({pk: project_of(row) for pk, row in rows.items()}, known)
    made = _write(rows, found, known, now, by)
    for pk in found.left:
        appointments.appoint(application=rows[pk], by=by)
    return made


def _lock_projects(applications: Iterable[int]) -> dict[int, Application]:
    """Those that want a secretary, held."""
    held = list(
        Application.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=list(applications), status__in=rules.SERVED)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    rows = (
        Application.objects.filter(pk__in=held)
        .exclude(is_served())
        .select_related("call", "firm", "region__reports_to", "industry")
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def _lock_people() -> list[int]:
    return list(
        by_role()
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
        .values_list("pk", flat=True)
    )


def _write(
    rows: dict[int, Application],
    found: batch.Assigned,
    known: Sequence[Candidate],
    now: datetime,
    by: User | None,
) -> list[ServiceAssignment]:
    """The assignments with all that follows from them; as many queries however many there are."""
    if not found.pairs:
        return []
    people = ServiceSecretary.objects.select_related("user", "unit").in_bulk()
    load = {one.id: one.load for one in known}
    contact = deadlines.due(day_of(now), numbers().first_contact_days, working_days())
    made = []
    for pk, secretary in found.pairs.items():
        load[secretary] += 1
        backup = found.backups[pk]
        made.append(
            ServiceAssignment(
                application=rows[pk],
                secretary=people[secretary],
                backup=people[backup] if backup is not None else None,
                valid_from=now,
                appointed_by=by,
                reason={
                    "by": "batch",
                    "together": len(found.pairs),
                    "load": load[secretary],
                    "max_load": people[secretary].max_load,
                },
                first_contact_due=end_of_day(contact.day),
            )
        )
    ServiceAssignment.objects.bulk_create(made)
    _follow(made, now, by)
    return made


def _follow(made: list[ServiceAssignment], now: datetime, by: User | None) -> None:
    """Permissions, milestones, events, gaps closed, messages."""
    projects = [row.application for row in made]
    access.follow_assignments(*projects)
    plan_milestones(projects, now)
    record_all(event("assignment.appoint", row, by) for row in made)
    gaps = AppointmentGap.objects.filter(application__in=projects, closed_at__isnull=True)
    waited = dict(gaps.values_list("application", "pk"))
    gaps.update(closed_at=now)
    telling.appointed_many(made)
    filled = [row for row in made if row.application_id in waited]
    leads = telling.leads() if filled else []
    notify_all(telling.gap_filled(row, waited[row.application_id], leads) for row in filled)
