"""The people of the secretaries' tests."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from accounts.models import Region, User
from accounts.roles import Role
from applications.models import Application
from applications.workflow import Status
from audit import clock
from calendars.selectors import working_days
from secretaries.models import RequestHold, ServiceClock, ServiceRequest, ServiceSecretary
from secretaries.selectors import settings
from secretaries.services import clock_rows
from tests import making


class Cast:
    """A lead, two secretaries of 四平, a firm with an owner, an awarded project."""

    def __init__(self) -> None:
        self.siping = making.region("220300")
        self.tiexi = making.region("220302")
        self.officer = making.person("周敏", Role.PROGRAMME_OFFICER)
        self.lead = making.person("秦守业", Role.SECRETARY_LEAD)
        self.unit = making.organisation("四平市工信局", self.siping, "authority")
        self.owner = making.person("张蕙兰")
        self.firm = making.firm("四平恒岳换热装备有限公司", self.tiexi, self.owner)
        self.call = making.call(self.officer)
        self.stranger = making.person("路人")
        making.firm("辽源锐驰汽车零部件有限公司", making.region("220402"), self.stranger)

    def secretary(self, name: str = "赵立新", *places: Region, **more: Any) -> ServiceSecretary:
        user = more.pop("user", None) or making.person(name, Role.SECRETARY)
        made = ServiceSecretary.objects.create(
            user=user,
            unit=self.unit,
            active_from=date(2024, 1, 1),
            **{"max_load": 3, "phone": "0434-5550100", **more},
        )
        made.regions.set(places or (self.siping,))
        return made

    def project(self, title: str = "", status: str = Status.AWARDED) -> Application:
        there = Application.objects.count()
        return making.dossier(
            self.call, self.firm, title=title or f"换热机组{there}", status=status
        )


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def on_a_day(*, worked: bool) -> None:
    """Today or the next day that is so; then as a rehearsal, whose clock can move."""
    day, table = clock.today(), working_days()
    ahead = next(n for n in range(20) if table.is_working(day + timedelta(days=n)) == worked)
    if ahead:
        clock.mark_as_rehearsal()
        clock.travel_by(timedelta(days=ahead))


def made_older(row: ServiceRequest, days: int) -> None:
    """As if the request had been raised so many days earlier: clocks, holds and all."""
    back, numbers, table = timedelta(days=days), settings.numbers(), working_days()
    ServiceRequest.objects.filter(pk=row.pk).update(raised_at=F("raised_at") - back)
    with connection.cursor() as cursor:  # what ended stands, but for this
        cursor.execute("SET LOCAL session_replication_role = replica")
        RequestHold.objects.filter(request=row).update(
            since=F("since") - back, until=F("until") - back
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    for held in ServiceClock.objects.filter(pk__in=(row.finish_id, row.response_id)):
        held.started_at -= back
        clock_rows.measure(held, held.pauses.all(), table, numbers)
        held.save()
