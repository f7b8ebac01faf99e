"""An objection's row, held, its events, and what else still holds the project."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application
from applications.workflow import Status
from audit import clock
from audit.refusals import WrongState
from audit.services import Entry
from awards.facts import objection_facts
from awards.models import Objection
from awards.selectors.people import firm_people
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from notifications.services import Dispatch


def objection_entry(
    step: str,
    objection: Objection,
    by: User | None,
    *,
    role: str = "",
    source: str = "",
    reason: str = "",
) -> Entry:
    return Entry(
        action=f"objection.{step}",
        obj=objection,
        by=by,
        role=role,
        source=source,
        target=objection.status,
        reason=reason,
        after=objection_facts(objection),
        scope=objection.notice.call.number,
    )


def lock_objection(objection: Objection, status: str) -> tuple[Objection, datetime]:
    """The objection, held, and the instant."""
    locked = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("application", "notice__call")
        .annotate(now=clock.NOW)
        .get(pk=objection.pk)
    )
    if locked.status != status:
        raise WrongState(_("This objection has already been dealt with at this step."))
    return locked, locked.now


def is_held_otherwise(objection: Objection) -> bool:
    """Whether another objection, or its review, still holds the project of this one."""
    others = Objection.objects.filter(application=objection.application_id).exclude(pk=objection.pk)
    in_effect = Q(status="upheld", application__status=Status.OBJECTION_HOLD)
    waits = Q(status="accepted") | Q(review__status="asked")
    return others.filter(waits | in_effect & ~Q(review__status="rejected")).exists()


def within(now: datetime, days: int) -> tuple[datetime, bool]:
    """The last instant of so many working days from now, and whether it is provisional."""
    end = due(day_of(now), days, working_days())
    return end_of_day(end.day), end.provisional


def told(
    kind: str, objection: Objection, application: Application, people: list[User] | None = None
) -> Dispatch:
    """What the firm's people and the officers are told of an objection; `people`: who they are."""
    if people is None:
        people = [*firm_people(application), *users_with_role(Role.PROGRAMME_OFFICER)]
    return Dispatch(
        kind=kind,
        recipients=people,
        key=f"{kind}:{objection.pk}",
        context={
            "title": application.title,
            "number": objection.number,
            "until": objection.review_until,
        },
        url=f"/dossiers/{application.pk}/",
        about=application,
    )
