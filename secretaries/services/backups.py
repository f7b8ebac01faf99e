"""Who stands in for a project's secretary (替补秘书): named and withdrawn by the lead."""

from datetime import date

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.refusals import Invalid
from calendars.wording import day_of, day_text
from secretaries.models import ServiceAssignment, ServiceSecretary
from secretaries.selectors.backups import StandIn, Unfit, stand_ins
from secretaries.services import access, telling
from secretaries.services.assigning import lock_current, note_event, require_lead


@transaction.atomic
def set_backup(
    *, assignment: ServiceAssignment, backup: ServiceSecretary | None, by: User
) -> ServiceAssignment:
    """Name who stands in while the lead secretary is on leave; None: nobody from now on.

    By the lead. Refuses the lead secretary, who is out of term, and whose leave meets the lead
    secretary's. Both who comes and who goes hear of it; the same again changes nothing.
    """
    require_lead(by)
    row, now = lock_current(assignment)
    if backup is not None:
        _require_fit(row, backup, day_of(now))
    former = row.backup
    if former == backup:
        return row
    row.backup = backup
    row.save(update_fields=["backup"])
    access.follow_assignments(row.application)
    note_event(
        "assignment.backup", row, by, before={"backup": former.pk if former is not None else None}
    )
    telling.backup_changed(row, former, now)
    return row


def _require_fit(row: ServiceAssignment, backup: ServiceSecretary, today: date) -> None:
    if backup.pk == row.secretary_id:
        raise Invalid(
            _("%(name)s is the project's secretary. Choose another to stand in.")
            % {"name": row.secretary.user.name},
            "backup",
        )
    found = next((one for one in stand_ins(row, today) if one.id == backup.pk), None)
    if found is None:
        raise Invalid(
            _("This person is not a service secretary any more. Choose another."), "backup"
        )
    if found.unfit == Unfit.TERM:
        raise Invalid(
            _("%(name)s is not in term today. Change the profile first, or choose another.")
            % {"name": found.name},
            "backup",
        )
    if found.unfit == Unfit.LEAVE:
        raise Invalid(_away(row, found), "backup")


def _away(row: ServiceAssignment, found: StandIn) -> str:
    """Both are on leave on the same day."""
    first, last = found.away or (date.min, date.min)
    language = get_language() or "zh-hans"
    return _(
        "%(name)s is on leave from %(first)s to %(last)s, when %(lead)s is too. Choose another."
    ) % {
        "name": found.name,
        "lead": row.secretary.user.name,
        "first": day_text(first, language, year_now=None),
        "last": day_text(last, language, year_now=None),
    }
