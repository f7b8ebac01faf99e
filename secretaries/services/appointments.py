"""Appointment by the rules or by hand, signing for it, handing it over, ending it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from calendars.wording import day_of
from notifications.services import enqueue
from secretaries import matching
from secretaries.models import AppointmentGap, ServiceAssignment, ServiceSecretary
from secretaries.selectors.backups import still_fits
from secretaries.selectors.candidates import (
    candidates,
    current_assignment,
    project_of,
    serving_place,
    standing,
)
from secretaries.services import access, telling
from secretaries.services.assigning import (
    assign,
    checked_note,
    end,
    lock_current,
    lock_served,
    note_event,
    require_free,
    require_lead,
)
from secretaries.services.gaps import leave_gap
from secretaries.services.milestones import plan_milestones


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
        require_lead(by)
    row = lock_served(application)
    found = standing(row)
    if found.is_served and (current := current_assignment(row)) is not None:
        return current
    project, now = project_of(row), found.now
    locked = list(
        serving_place(project)
        .select_for_update(no_key=True, of=("self",))
        .values_list("pk", flat=True)
    )
    today = day_of(now)
    people = candidates(ServiceSecretary.objects.filter(pk__in=locked), today)
    choice = matching.choose(project, people)
    if choice.chosen is None:
        leave_gap(row, choice.counts, now, by)
        return AppointmentGap.objects.get(application=row, closed_at__isnull=True)
    ids = [one.id for one in (choice.chosen, choice.backup) if one is not None]
    chosen = ServiceSecretary.objects.select_related("user", "unit").in_bulk(ids)
    made = assign(
        row,
        secretary=chosen[choice.chosen.id],
        backup=chosen[choice.backup.id] if choice.backup else None,
        reason=matching.explain(project, choice),
        now=now,
        by=by,
        gap=found.gap,
    )
    _begin(made, found.gap)
    return made


@transaction.atomic
def appoint_by_hand(
    *, application: Application, secretary: ServiceSecretary, reason: str, by: User
) -> ServiceAssignment:
    """The lead appoints: place and industry may be set aside with a reason, load and duty not."""
    require_lead(by)
    row = lock_served(application)
    found = standing(row)
    if found.is_served:
        raise WrongState(_("This project has a secretary. To change it, hand it over."))
    text = checked_note(reason, "reason")
    chosen, taken = require_free(secretary, found.now)
    made = assign(
        row,
        secretary=chosen,
        backup=None,
        reason={"by": "lead", "text": text, "load": taken.load, "max_load": taken.max_load},
        now=found.now,
        by=by,
        gap=found.gap,
    )
    _begin(made, found.gap)
    return made


def _begin(made: ServiceAssignment, gap: int | None) -> None:
    """The project's milestones are planned. The leads hear of the appointment too, where they were
    told of a gap."""
    plan_milestones([made.application], made.valid_from)
    telling.appointed(made, gap=gap)


@transaction.atomic
def accept(*, assignment: ServiceAssignment, by: User) -> ServiceAssignment:
    """The secretary signs for the project (签收)."""
    row, now = lock_current(assignment)
    if row.secretary.user_id != by.pk:
        raise NotPermitted(_("Only the appointed secretary signs for the project."))
    if row.accepted_at is not None:
        return row
    row.accepted_at = now
    row.save(update_fields=["accepted_at"])
    note_event("assignment.accept", row, by)
    return row


@transaction.atomic
def hand_over(
    *, assignment: ServiceAssignment, to: ServiceSecretary, note: str, by: User
) -> ServiceAssignment:
    """End one assignment and begin the next with a note; requests and visits stay the project's.
    Who stands in goes on where that person may beside the new one, and hears it where not.

    By the lead. Refuses somebody without capacity or on leave, and handing over to the same.
    """
    require_lead(by)
    application = lock_served(assignment.application)
    row, now = lock_current(assignment)
    if row.secretary_id == to.pk:
        raise Invalid(_("The project is with this secretary already. Choose another."), "to")
    text = checked_note(note, "note")
    chosen, taken = require_free(to, now)
    end(row, now)
    planned = ServiceAssignment(application=application, secretary=chosen, backup=row.backup)
    made = assign(
        application,
        secretary=chosen,
        backup=row.backup if still_fits(planned, day_of(now)) else None,
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
        former=row,
    )
    told = [telling.handed_over(made, row.secretary, text)]
    if row.backup_id not in (None, made.backup_id, chosen.pk):
        told += telling.no_backup(row, row.backup, f":{now.isoformat()}")
    telling.appointed(made, *told)
    retry_gaps(f"handover:{row.pk}")
    return made


@transaction.atomic
def release_finished() -> int:
    """End the assignments of projects that are completed, terminated or disqualified; how many."""
    over = (Status.COMPLETED, Status.TERMINATED, Status.DISQUALIFIED)
    now, ended = clock.now(), 0
    for row in ServiceAssignment.objects.select_for_update(of=("self",), skip_locked=True).filter(
        valid_to__isnull=True, application__status__in=over
    ):
        end(row, now)
        access.follow_assignments(row.application)
        note_event("assignment.end", row, None)
        ended += 1
    AppointmentGap.objects.filter(closed_at__isnull=True, application__status__in=over).update(
        closed_at=now
    )
    if ended:
        retry_gaps(f"released:{now.isoformat()}")
    return ended


def retry_gaps(cause: str) -> None:
    """Somebody may be free now: queue another attempt, in the transaction that freed them.

    Whether a project waits is asked then: one that began to wait meanwhile is not missed.
    """
    enqueue(task="secretaries.tasks.retry_gaps", key=f"retry-gaps:{cause}", payload={})
