"""Who may be appointed: regions, industries, the most projects, term of office, leave."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region, User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.services.lengths import telephone
from applications.models import Industry
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from notifications.services import notify
from secretaries import rules
from secretaries.models import Leave, ServiceSecretary
from secretaries.selectors.backups import unserved
from secretaries.selectors.candidates import load_and_places
from secretaries.services import telling
from secretaries.services.appointments import retry_gaps

MOST_LOAD = 20


@transaction.atomic
def set_profile(
    *,
    user: User,
    unit: Organisation,
    regions: Collection[Region],
    industries: Collection[str] = (),
    max_load: int = 3,
    active_from: date,
    active_to: date | None = None,
    phone: str = "",
    by: User,
) -> ServiceSecretary:
    """Enter or change a secretary's profile; open gaps are tried again.

    By the lead. Refuses people without the role, no region, unknown industries, and a most below
    what the person carries already.
    """
    _lead_only(by)
    if not has_role(user, Role.SECRETARY):
        raise Invalid(
            _("%(name)s does not hold the role of service secretary.") % {"name": user}, "user"
        )
    if not regions:
        raise Invalid(_("Choose at least one region."), "regions")
    known = set(Industry.objects.filter(code__in=industries).values_list("code", flat=True))
    if set(industries) - known:
        raise Invalid(_("Choose industries of the catalogue."), "industries")
    if active_to is not None and active_to < active_from:
        raise Invalid(_("The term must not end before it begins."), "active_to")
    values = {
        "unit": unit,
        "industries": sorted(known),
        "max_load": max_load,
        "active_from": active_from,
        "active_to": active_to,
        "phone": telephone(phone, "phone"),
    }
    row, before = _keep(user, values)
    row.regions.set(regions)
    after = _facts(row, [region.code for region in regions])
    event = record(action="secretary.profile", obj=row, by=by, before=before, after=after)
    retry_gaps(f"profile:{row.pk}:{event.at.isoformat()}")
    return row


def _keep(user: User, values: dict[str, Any]) -> tuple[ServiceSecretary, dict[str, object] | None]:
    """The profile with these values, and the facts before; None where it is a new one."""
    most = values["max_load"]
    if not 1 <= most <= MOST_LOAD:
        raise Invalid(_("From 1 to 20 projects."), "max_load")
    held = ServiceSecretary.objects.select_for_update(no_key=True, of=("self",))
    row = held.select_related("user", "unit").filter(user=user).first()
    if row is None:
        return ServiceSecretary.objects.update_or_create(user=user, defaults=values)[0], None
    load, places = load_and_places(row)
    if load > most:
        raise Invalid(
            _("Projects that the secretary carries now: %(load)s. Hand some over first.")
            % {"load": load},
            "max_load",
        )
    before = _facts(row, places)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=values.keys())
    return row, before


@transaction.atomic
def record_leave(
    *, secretary: ServiceSecretary, first_day: date, last_day: date, reason: str = "", by: User
) -> Leave:
    """Enter leave, by the secretary or the lead. Refuses the past and overlapping leave; the leads
    hear of projects that nobody serves on these days."""
    row = ServiceSecretary.objects.select_for_update(no_key=True).get(pk=secretary.pk)
    _own_or_lead(row, by)
    if last_day < first_day:
        raise Invalid(_("The last day must not lie before the first."), "last_day")
    if last_day < clock.today():
        raise Invalid(_("Leave cannot be entered after it is over."), "last_day")
    clash = row.leaves.filter(
        cancelled_at__isnull=True, first_day__lte=last_day, last_day__gte=first_day
    )
    if clash.exists():
        raise Invalid(_("These days overlap leave that is entered already."), "first_day")
    leave = Leave.objects.create(
        secretary=row,
        first_day=first_day,
        last_day=last_day,
        reason=reason.strip()[:200],
        recorded_by=by,
        recorded_at=clock.now(),
    )
    record(
        action="secretary.leave",
        obj=row,
        by=by,
        reason=leave.reason,
        after={"first_day": first_day, "last_day": last_day},
    )
    _tell_unserved(leave)
    return leave


def _tell_unserved(leave: Leave) -> None:
    alone = unserved(leave.secretary, [leave]).get(leave.pk, [])
    if not alone:
        return
    notify(
        kind="secretary.unserved",
        recipients=telling.leads(),
        key=f"unserved:{leave.pk}",
        context={
            "name": leave.secretary.user.name,
            "first": leave.first_day,
            "last": leave.last_day,
            "titles": [row.application.title for row in alone],
        },
        url=reverse("secretaries:profile", args=[leave.secretary_id]),
    )


@transaction.atomic
def cancel_leave(*, leave: Leave, by: User) -> Leave:
    """The secretary is back, or did not go: on duty from now on; open gaps are tried again."""
    row = Leave.objects.select_for_update(of=("self",)).select_related("secretary").get(pk=leave.pk)
    _own_or_lead(row.secretary, by)
    if row.cancelled_at is not None:
        raise WrongState(_("This leave was cancelled already."))
    row.cancelled_at = clock.now()
    row.save(update_fields=["cancelled_at"])
    record(
        action="secretary.leave_cancelled",
        obj=row.secretary,
        by=by,
        before={"first_day": row.first_day, "last_day": row.last_day},
    )
    retry_gaps(f"leave:{row.pk}")
    return row


def _lead_only(by: User) -> None:
    if not rules.is_lead(by):
        raise NotPermitted(_("Only the secretaries' lead keeps the profiles."))


def _own_or_lead(secretary: ServiceSecretary, by: User) -> None:
    if secretary.user_id != by.pk:
        _lead_only(by)


def _facts(row: ServiceSecretary, regions: Collection[str]) -> dict[str, object]:
    return {
        "unit": row.unit.name,
        "regions": sorted(regions),
        "industries": list(row.industries),
        "max_load": row.max_load,
        "active_from": row.active_from,
        "active_to": row.active_to,
    }
