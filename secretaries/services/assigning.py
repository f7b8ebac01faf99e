"""The rows behind an appointment: locked, checked, written, recorded, told."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from applications.models import Application
from applications.services.lifecycle import lock
from audit import clock
from audit.refusals import Invalid, NotVisible, WrongState
from audit.services import Entry, record_all
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from secretaries import facts, matching, rules
from secretaries.models import AppointmentGap, ServiceAssignment, ServiceSecretary
from secretaries.selectors.candidates import by_role, candidates
from secretaries.selectors.settings import numbers
from secretaries.services import access

MIN_NOTE, MAX_NOTE = 10, 2000


def require_lead(by: User) -> None:
    rules.require_lead(by, _("Only the secretaries' lead appoints and hands over."))


def lock_served(application: Application) -> Application:
    row = lock(application)
    if row.status not in rules.SERVED:
        raise WrongState(_("A secretary serves a project from its award until it is completed."))
    return row


def lock_current(assignment: ServiceAssignment) -> tuple[ServiceAssignment, datetime]:
    """The assignment, held, and the instant. No other begins while its project is held."""
    row = (
        ServiceAssignment.objects.select_for_update(of=("self",))
        .select_related(
            "application__call",
            "application__firm",
            "application__region",
            "secretary__user",
            "backup__user",
        )
        .annotate(now=clock.NOW)
        .filter(pk=assignment.pk)
        .first()
    )
    if row is None:
        raise NotVisible
    if row.valid_to is not None:
        raise WrongState(_("This assignment has ended. Open the project again."))
    return row, row.now


def require_free(
    secretary: ServiceSecretary, now: datetime
) -> tuple[ServiceSecretary, matching.Candidate]:
    """The secretary, held, and the facts; refuses who is full, away or out of term."""
    row = (
        ServiceSecretary.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user", "unit")
        .get(pk=secretary.pk)
    )
    today: date = day_of(now)
    found = candidates(by_role().filter(pk=row.pk), today)
    if not found:
        raise Invalid(_("This person is not a service secretary any more."), "to")
    taken = found[0]
    values = {"name": taken.name, "load": taken.load, "most": taken.max_load}
    if taken.load >= taken.max_load:
        raise Invalid(
            ngettext_lazy(
                "%(name)s already serves %(load)s of at most %(most)s project. Choose another.",
                "%(name)s already serves %(load)s of at most %(most)s projects. Choose another.",
                taken.max_load,
            )
            % values,
            "to",
        )
    if taken.on_leave or not taken.in_term:
        raise Invalid(_("%(name)s is not on duty today. Choose another.") % values, "to")
    return row, taken


def checked_note(text: str, field: str) -> str:
    kept = text.strip()
    if not MIN_NOTE <= len(kept) <= MAX_NOTE:
        raise Invalid(
            _("Write from 10 to 2,000 characters: whoever comes next relies on it."), field
        )
    return kept


def assign(
    application: Application,
    *,
    secretary: ServiceSecretary,
    backup: ServiceSecretary | None,
    reason: dict[str, Any],
    now: datetime,
    by: User | None,
    gap: int | None = None,
    note: str = "",
    former: ServiceAssignment | None = None,
) -> ServiceAssignment:
    """Begin the assignment and close the project's gap; the caller tells of it. `former` has
    just ended for it."""
    contact = deadlines.due(day_of(now), numbers().first_contact_days, working_days())
    row = ServiceAssignment.objects.create(
        application=application,
        secretary=secretary,
        backup=backup,
        valid_from=now,
        appointed_by=by,
        reason=reason,
        handover_note=note,
        first_contact_due=end_of_day(contact.day),
    )
    access.follow_assignments(application)
    told = [] if former is None else [event("assignment.hand_over", former, by)]
    record_all([*told, event("assignment.appoint", row, by)])
    if gap is not None:
        AppointmentGap.objects.filter(pk=gap).update(closed_at=now)
    return row


def end(row: ServiceAssignment, now: datetime) -> None:
    row.valid_to = now
    row.save(update_fields=["valid_to"])


def event(
    action: str,
    row: ServiceAssignment,
    by: User | None,
    *,
    before: dict[str, Any] | None = None,
) -> Entry:
    """What the log keeps of the assignment as it is now; its project and call loaded."""
    return Entry(
        action=action,
        obj=row,
        by=by,
        before=before,
        after=facts.assignment_facts(row),
        scope=row.application.call.number,
    )


def note_event(
    action: str,
    row: ServiceAssignment,
    by: User | None,
    *,
    before: dict[str, Any] | None = None,
) -> None:
    record_all([event(action, row, by, before=before)])
