"""The people of the secretaries' tests."""

from datetime import date
from typing import Any

from accounts.models import Region, User
from accounts.roles import Role
from applications.models import Application
from applications.workflow import Status
from secretaries.models import ServiceSecretary
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
