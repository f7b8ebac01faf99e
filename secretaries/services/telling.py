"""Who hears of appointments, visits and requests; rows in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.models import Level, Region, User
from accounts.roles import Role
from accounts.selectors import members_by_firm, members_of, officers_of, users_with_role
from applications.models import Application
from notifications.services import Dispatch, notify, notify_all
from secretaries.models import (
    AppointmentGap,
    ClockKind,
    InquiryFinding,
    OverdueInquiry,
    RequestHold,
    ServiceAssignment,
    ServiceRequest,
    ServiceSecretary,
    Visit,
)
from secretaries.selectors.candidates import current_assignment


def firm_of(application: Application) -> list[User]:
    return list(members_of(application.firm, Level.OWNER, Level.EDITOR))


def leads() -> list[User]:
    return list(users_with_role(Role.SECRETARY_LEAD))


def secretary_of(application: Application) -> list[User]:
    """The project's secretary and the backup."""
    return serving(current_assignment(application))


def serving(row: ServiceAssignment | None) -> list[User]:
    """Who serves under an assignment: the secretary and the backup."""
    if row is None:
        return []
    return [row.secretary.user, *([row.backup.user] if row.backup else [])]


def names_of_secretaries(application: Application) -> str:
    return "、".join(user.name for user in secretary_of(application)) or "—"


def heads_of(hold: RequestHold, region: Region) -> list[User]:
    """Who answers in the region for the unit that holds a request: the officers of that name's
    unit, else all who act for the region and must hand it on. The secretary's own office needs
    nobody to hand it on."""
    officers = list(officers_of(region).select_related("unit"))
    own = [user for user in officers if user.unit is not None and user.unit.name == hold.unit]
    return own if own or hold.is_office else officers


def _project(application: Application) -> dict[str, Any]:
    return {
        "title": application.title,
        "firm": application.firm.name,
        "region": application.region,
    }


def _page(application: Application) -> str:
    return _path(application.pk)


@lru_cache(maxsize=64)
def _path(application: int) -> str:
    """Three hear of one appointment, and finding an address takes longer than all else of it."""
    return reverse("secretaries:project", args=[application])


def appointed(row: ServiceAssignment, *others: Dispatch, gap: int | None = None) -> None:
    """The secretary, the firm and the backup hear of it, the leads where it fills a gap; and the
    others with them.
    """
    firm, leads_ = _firm_and_leads(row.application)
    filled = [] if gap is None else [gap_filled(row, gap, leads_)]
    notify_all([*_of_appointment(row, firm), *filled, *others])


def _firm_and_leads(application: Application) -> tuple[list[User], list[User]]:
    """As `firm_of` and `leads`; one query."""
    firm = members_of(application.firm, Level.OWNER, Level.EDITOR).order_by()
    lead = users_with_role(Role.SECRETARY_LEAD).order_by()
    people = User.objects.annotate(
        is_firm=Q(pk__in=firm.values("pk")), is_lead=Q(pk__in=lead.values("pk"))
    )
    rows = list(people.filter(Q(is_firm=True) | Q(is_lead=True)).order_by("pk"))
    return [user for user in rows if user.is_firm], [user for user in rows if user.is_lead]


def of_appointments(rows: Sequence[ServiceAssignment]) -> list[Dispatch]:
    """What `appointed` tells but of gaps, for many at once; one query however many there are."""
    if not rows:
        return []
    firms = members_by_firm({row.application.firm_id for row in rows}, Level.OWNER, Level.EDITOR)
    return [one for row in rows for one in _of_appointment(row, firms[row.application.firm_id])]


def _of_appointment(row: ServiceAssignment, firm: list[User]) -> list[Dispatch]:
    secretary, application = row.secretary, row.application
    mine = Dispatch(
        kind="secretary.appointed",
        recipients=[secretary.user],
        key=f"appointed:{row.pk}",
        context={**_project(application), "due": row.first_contact_due},
        url=_page(application),
        about=application,
    )
    firms = Dispatch(
        kind="secretary.appointed_firm",
        recipients=firm,
        key=f"appointed-firm:{row.pk}",
        context={
            **_project(application),
            "name": secretary.user.name,
            "reach": [word for word in (secretary.unit.name, secretary.phone) if word],
            "due": row.first_contact_due,
        },
        url=_page(application),
        about=application,
    )
    return [mine, firms, *_backup(row)]


def backup_changed(row: ServiceAssignment, former: ServiceSecretary | None, now: datetime) -> None:
    """Who stands in from now on hears it, and who did before."""
    stamp = f":{now.isoformat()}"
    notify_all([*_backup(row, stamp), *no_backup(row, former, stamp)])


def _backup(row: ServiceAssignment, stamp: str = "") -> list[Dispatch]:
    if row.backup is None:
        return []
    named = Dispatch(
        kind="secretary.backup",
        recipients=[row.backup.user],
        key=f"backup:{row.pk}:{row.backup_id}{stamp}",
        context={**_project(row.application), "name": row.secretary.user.name},
        url=_page(row.application),
        about=row.application,
    )
    return [named]


def no_backup(
    row: ServiceAssignment, former: ServiceSecretary | None, stamp: str
) -> list[Dispatch]:
    if former is None:
        return []
    ended = Dispatch(
        kind="secretary.backup_ended",
        recipients=[former.user],
        key=f"backup-ended:{row.pk}:{former.pk}{stamp}",
        context={**_project(row.application), "name": row.secretary.user.name},
        url=reverse("secretaries:my_projects"),
        about=row.application,
    )
    return [ended]


def gap_found(gap: AppointmentGap, recipients: list[User]) -> Dispatch:
    return Dispatch(
        kind="secretary.gap",
        recipients=recipients,
        key=f"gap:{gap.pk}",
        context={**_project(gap.application), **gap.reasons, "due": gap.due_at},
        url=reverse("secretaries:appoint", args=[gap.application_id]),
        about=gap.application,
    )


def gap_filled(row: ServiceAssignment, gap: int, recipients: list[User]) -> Dispatch:
    return Dispatch(
        kind="secretary.gap_filled",
        recipients=recipients,
        key=f"gap-filled:{gap}",
        context={
            **_project(row.application),
            "name": row.secretary.user.name,
            "at": row.valid_from,
        },
        url=_page(row.application),
        about=row.application,
    )


def handed_over(row: ServiceAssignment, before: ServiceSecretary, note: str) -> Dispatch:
    """The former secretary hears it too; the new one and the firm hear of the appointment."""
    return Dispatch(
        kind="secretary.handed_over",
        recipients=[before.user],
        key=f"handed-over:{row.pk}",
        context={
            **_project(row.application),
            "name": row.secretary.user.name,
            "unit": row.secretary.unit.name,
            "note": note,
        },
        url=reverse("secretaries:my_projects"),
        about=row.application,
    )


def visit_recorded(visit: Visit) -> None:
    application = visit.assignment.application
    notify(
        kind="visit.recorded",
        recipients=firm_of(application),
        key=f"visit:{visit.pk}",
        context={
            **_project(application),
            "name": visit.recorded_by.name,
            "day": visit.on,
            "summary": visit.summary[:200],
        },
        url=f"{_page(application)}#visits",
        about=application,
    )


def visit_confirmed(visit: Visit, by: User) -> None:
    application = visit.assignment.application
    notify(
        kind="visit.confirmed",
        recipients=[visit.recorded_by],
        key=f"visit-confirmed:{visit.pk}",
        context={**_project(application), "day": visit.on, "name": by.name},
        url=f"{_page(application)}#visits",
        about=application,
    )


def request(
    kind: str,
    row: ServiceRequest,
    recipients: list[User],
    *,
    stamp: str,
    **more: Any,
) -> None:
    """A message about a request; `stamp` tells one occurrence of the kind from the next."""
    notify(
        kind=f"request.{kind}",
        recipients=recipients,
        key=f"request:{kind}:{row.pk}:{stamp}",
        context={
            **_project(row.application),
            "number": row.number,
            "subject": row.title,
            "due": row.finish.due_at or "",
            "text": "",
            **more,
        },
        url=reverse("secretaries:request", args=[row.pk]),
        about=row.application,
    )


def inquiry(kind: str, row: OverdueInquiry, recipients: list[User]) -> None:
    """A message about an overdue inquiry; each kind happens once."""
    notify(
        kind=f"inquiry.{kind}",
        recipients=recipients,
        key=f"inquiry:{kind}:{row.pk}",
        context={
            **_project(row.request.application),
            "number": row.request.number,
            "subject": row.request.title,
            "days": row.overdue,
            "clock": ClockKind(row.clock).label,
            "step": row.step,
            "step_days": row.step_days,
            "finding": InquiryFinding(row.finding).label if row.finding else "",
            "measures": row.measures[:300],
            "text": row.explanation[:300],
        },
        url=reverse("secretaries:inquiry", args=[row.pk]),
        about=row.request.application,
    )


def appraisal_page(secretary: int) -> str:
    return reverse("secretaries:appraisals", args=[secretary])
