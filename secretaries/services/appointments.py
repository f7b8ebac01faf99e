"""Appointment by the rules or by hand, signing for it, handing it over, ending it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import Application
from applications.services.lifecycle import lock
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.services import record
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from notifications.services import enqueue
from secretaries import matching, rules
from secretaries.models import AppointmentGap, ServiceAssignment, ServiceSecretary
from secretaries.selectors.candidates import (
    candidates,
    current_assignment,
    project_of,
    serving_place,
)
from secretaries.services import access, telling

FIRST_CONTACT_DAYS = 1
APPOINTMENT_DAYS = 3  # working days from the award until a secretary must be found
MIN_NOTE, MAX_NOTE = 10, 2000


@transaction.atomic
def appoint(
    *, application: Application, by: User | None = None
) -> ServiceAssignment | AppointmentGap:
    """Appoint a project's secretary by the rules of `matching`; a gap when nobody is free.

    Idempotent: a project that has one keeps it. The secretaries of the place are locked in one
    order, so that appointments at the same instant see each other and nobody is overloaded.
    `by` is the lead who asked to try again; None for the system. WrongState before the award.
    """
    if by is not None:
        _lead_only(by)
    row = _served(application)
    current = current_assignment(row)
    if current is not None:
        return current
    project, now = project_of(row), clock.now()
    locked = list(
        serving_place(project)
        .select_for_update(no_key=True, of=("self",))
        .values_list("pk", flat=True)
    )
    today = day_of(now)
    found = candidates(ServiceSecretary.objects.filter(pk__in=locked), today)
    choice = matching.choose(project, found)
    if choice.chosen is None:
        return _leave_gap(row, choice.counts, now, by)
    return _assign(
        row,
        secretary_id=choice.chosen.id,
        backup_id=choice.backup.id if choice.backup else None,
        reason=matching.explain(project, choice),
        now=now,
        by=by,
    )


@transaction.atomic
def appoint_by_hand(
    *, application: Application, secretary: ServiceSecretary, reason: str, by: User
) -> ServiceAssignment:
    """The lead appoints: place and industry may be set aside with a reason, load and duty not."""
    _lead_only(by)
    row = _served(application)
    if current_assignment(row) is not None:
        raise WrongState(_("This project has a secretary. To change it, hand it over."))
    text = _note(reason, "reason")
    now = clock.now()
    taken = _free(secretary, now)
    return _assign(
        row,
        secretary_id=taken.id,
        backup_id=None,
        reason={"by": "lead", "text": text, "load": taken.load, "max_load": taken.max_load},
        now=now,
        by=by,
    )


@transaction.atomic
def accept(*, assignment: ServiceAssignment, by: User) -> ServiceAssignment:
    """The secretary signs for the project (签收)."""
    row = _current(assignment)
    if row.secretary.user_id != by.pk:
        raise NotPermitted(_("Only the appointed secretary signs for the project."))
    if row.accepted_at is not None:
        return row
    row.accepted_at = clock.now()
    row.save(update_fields=["accepted_at"])
    _record("assignment.accept", row, by, after={"accepted_at": row.accepted_at})
    return row


@transaction.atomic
def hand_over(
    *, assignment: ServiceAssignment, to: ServiceSecretary, note: str, by: User
) -> ServiceAssignment:
    """End one assignment and begin the next with a note; requests and visits stay the project's.

    By the lead. Refuses somebody without capacity or on leave, and handing over to the same.
    """
    _lead_only(by)
    application = _served(assignment.application)
    row = _current(assignment)
    if row.secretary_id == to.pk:
        raise Invalid(_("The project is with this secretary already. Choose another."), "to")
    text = _note(note, "note")
    now = clock.now()
    taken = _free(to, now)
    _end(row, now)
    made = _assign(
        application,
        secretary_id=taken.id,
        backup_id=row.backup_id if row.backup_id != taken.id else None,
        reason={
            "by": "handover",
            "from": row.secretary.user.name,
            "text": text,
            "load": taken.load,
            "max_load": taken.max_load,
        },
        now=now,
        by=by,
        note=text,
    )
    telling.handed_over(made, row.secretary, text)
    retry_gaps(f"handover:{row.pk}")
    return made


@transaction.atomic
def set_backup(
    *, assignment: ServiceAssignment, backup: ServiceSecretary | None, by: User
) -> ServiceAssignment:
    """Name who stands in while the lead secretary is on leave."""
    _lead_only(by)
    row = _current(assignment)
    if backup is not None and (
        backup.pk == row.secretary_id or not has_role(backup.user, Role.SECRETARY)
    ):
        raise Invalid(_("Choose another secretary to stand in."), "backup")
    before = row.backup_id
    row.backup = backup
    row.save(update_fields=["backup"])
    access.follow_assignments(row.application)
    _record(
        "assignment.backup", row, by, before={"backup": before}, after={"backup": row.backup_id}
    )
    if backup is not None:
        telling.named_backup(row)
    return row


@transaction.atomic
def release_finished() -> int:
    """End the assignments of projects that are completed, terminated or disqualified; how many."""
    over = (Status.COMPLETED, Status.TERMINATED, Status.DISQUALIFIED)
    now, ended = clock.now(), 0
    for row in ServiceAssignment.objects.select_for_update(of=("self",), skip_locked=True).filter(
        valid_to__isnull=True, application__status__in=over
    ):
        _end(row, now)
        access.follow_assignments(row.application)
        _record("assignment.end", row, None, after={"valid_to": now})
        ended += 1
    AppointmentGap.objects.filter(closed_at__isnull=True, application__status__in=over).update(
        closed_at=now
    )
    if ended:
        retry_gaps(f"released:{now.isoformat()}")
    return ended


def fill_gaps() -> int:
    """Try every open gap again, the oldest first; how many projects got their secretary."""
    filled = 0
    for gap in AppointmentGap.objects.filter(closed_at__isnull=True).order_by("found_at", "pk"):
        try:
            filled += isinstance(appoint(application=gap.application), ServiceAssignment)
        except WrongState:
            continue
    return filled


def retry_gaps(cause: str) -> None:
    """Somebody may be free now: queue another attempt, in the transaction that freed them."""
    if AppointmentGap.objects.filter(closed_at__isnull=True).exists():
        enqueue(task="secretaries.tasks.retry_gaps", key=f"retry-gaps:{cause}", payload={})


def _lead_only(by: User) -> None:
    if not rules.is_lead(by):
        raise NotPermitted(_("Only the secretaries' lead appoints and hands over."))


def _served(application: Application) -> Application:
    row = lock(application)
    if row.status not in rules.SERVED:
        raise WrongState(_("A secretary serves a project from its award until it is completed."))
    return row


def _current(assignment: ServiceAssignment) -> ServiceAssignment:
    row = (
        ServiceAssignment.objects.select_for_update(of=("self",))
        .select_related("application__call", "application__firm", "secretary__user", "backup")
        .filter(pk=assignment.pk)
        .first()
    )
    if row is None:
        raise NotVisible
    if row.valid_to is not None:
        raise WrongState(_("This assignment has ended. Open the project again."))
    return row


def _free(secretary: ServiceSecretary, now: datetime) -> matching.Candidate:
    """The secretary's facts, the row locked; refuses who is full, away or out of term."""
    row = ServiceSecretary.objects.select_for_update(no_key=True, of=("self",)).get(pk=secretary.pk)
    today: date = day_of(now)
    taken = candidates(ServiceSecretary.objects.filter(pk=row.pk), today)[0]
    if not has_role(row.user, Role.SECRETARY):
        raise Invalid(_("This person is not a service secretary any more."), "to")
    values = {"name": taken.name, "load": taken.load, "most": taken.max_load}
    if taken.load >= taken.max_load:
        raise Invalid(
            _("%(name)s already serves %(load)s of at most %(most)s projects. Choose another.")
            % values,
            "to",
        )
    if taken.on_leave or not taken.in_term:
        raise Invalid(_("%(name)s is not on duty today. Choose another.") % values, "to")
    return taken


def _note(text: str, field: str) -> str:
    kept = text.strip()
    if not MIN_NOTE <= len(kept) <= MAX_NOTE:
        raise Invalid(
            _("Write from 10 to 2,000 characters: whoever comes next relies on it."), field
        )
    return kept


def _leave_gap(
    application: Application, counts: dict[str, int], now: datetime, by: User | None
) -> AppointmentGap:
    due = deadlines.due(day_of(now), APPOINTMENT_DAYS, working_days())
    gap, is_new = AppointmentGap.objects.get_or_create(
        application=application,
        closed_at__isnull=True,
        defaults={
            "reasons": counts,
            "found_at": now,
            "tried_at": now,
            "due_at": end_of_day(due.day),
            "provisional": due.provisional,
        },
    )
    if not is_new:
        gap.reasons, gap.tried_at = counts, now
        gap.save(update_fields=["reasons", "tried_at"])
        return gap
    record(
        action="assignment.gap",
        obj=application,
        by=by,
        after=counts,
        scope=application.call.number,
    )
    telling.gap_found(gap)
    return gap


def _assign(
    application: Application,
    *,
    secretary_id: int,
    backup_id: int | None,
    reason: dict[str, Any],
    now: datetime,
    by: User | None,
    note: str = "",
) -> ServiceAssignment:
    contact = deadlines.due(day_of(now), FIRST_CONTACT_DAYS, working_days())
    row = ServiceAssignment.objects.create(
        application=application,
        secretary_id=secretary_id,
        backup_id=backup_id,
        valid_from=now,
        appointed_by=by,
        reason=reason,
        handover_note=note,
        first_contact_due=end_of_day(contact.day),
    )
    access.follow_assignments(application)
    _record("assignment.appoint", row, by, after={"secretary": secretary_id, "reason": reason})
    gap = AppointmentGap.objects.filter(application=application, closed_at__isnull=True).first()
    if gap is not None:
        gap.closed_at = now
        gap.save(update_fields=["closed_at"])
        telling.gap_filled(gap, row)
    telling.appointed(row)
    return row


def _end(row: ServiceAssignment, now: datetime) -> None:
    row.valid_to = now
    row.save(update_fields=["valid_to"])


def _record(
    action: str,
    row: ServiceAssignment,
    by: User | None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record(
        action=action,
        obj=row.application,
        by=by,
        before=before,
        after=after,
        scope=row.application.call.number,
    )
