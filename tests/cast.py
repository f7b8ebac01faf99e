"""The people of the tests: one named fixture each, made through the services as in real life.

All are made once a process; their rows are kept, and put back for the tests after (`tests.kept`).

`applicant` owns 梅河口松源果仁食品有限公司 (fixture `firm`), `applicant2` another firm
(`firm2`, 四平). `region` is the officer of 梅河口, `region2` of 通化 (which does not cover 梅河口),
`region_siping` of 四平 (which covers its counties). `client_of(person)` is a signed-in client.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import django
import pytest

django.setup()  # this plugin names models, and plugins load before pytest-django sets up

from django.contrib.auth.models import AnonymousUser  # noqa: E402
from django.test import Client  # noqa: E402

from accounts import rules, selectors  # noqa: E402
from accounts.models import Level, Organisation, Region, User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from accounts.seeds import plant_regions  # noqa: E402
from accounts.services import bootstrap, firms, people, roles  # noqa: E402
from tests import signing  # noqa: E402
from tests.kept import Keeper  # noqa: E402

FIRM_CODE = "91220581MA0000004W"
FIRM2_CODE = "91220300MA0000001Y"
PASSWORD = "steelyard-demo"


@pytest.fixture(autouse=True)
def fast_passwords(settings):
    """Argon2 costs an attacker 50 ms a guess; it would cost the tests as much a person."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def region_of(db) -> Callable[[str], Region]:
    """The region of a division code (planted again where a race test emptied the tables)."""
    plant_regions()
    return selectors.region


# Who has one role: name, role, region at home (of a regional officer: to act for).
OFFICES = {
    "region": ("梅县市", Role.REGIONAL_OFFICER, "220581"),
    "region2": ("通地市", Role.REGIONAL_OFFICER, "220500"),
    "region_siping": ("四地市", Role.REGIONAL_OFFICER, "220300"),
    "officer": ("秦项目", Role.PROGRAMME_OFFICER, None),
    "officer2": ("许项目", Role.PROGRAMME_OFFICER, None),
    "expert": ("周专家", Role.EXPERT, "220100"),
    "supervisor": ("纪监督", Role.SUPERVISOR, None),
    "approver": ("领审定", Role.APPROVER, None),
    "approver2": ("副审定", Role.APPROVER, None),
    "finance": ("财经办", Role.FINANCE_OFFICER, None),
    "finance2": ("财复核", Role.FINANCE_OFFICER, None),
    "secretary": ("服秘书", Role.SECRETARY, "220581"),
    "secretary2": ("副秘书", Role.SECRETARY, "220581"),
    "lead": ("班专班", Role.SECRETARY_LEAD, None),
}
HOMES = ("220100", "220200", "220600", "220700", "220800")  # prefectures outside of the zone
FIRMS = {
    "applicant": ("宋企业", "梅河口松源果仁食品有限公司", FIRM_CODE, "220581", "宋松源"),
    "applicant2": ("贺企业", "四平北辰装备制造有限公司", FIRM2_CODE, "220303", "贺北辰"),
}
MEMBERS = {"editor": ("编同事", Level.EDITOR), "viewer": ("看同事", Level.VIEWER)}


def appoint() -> list[User]:
    """The administrators."""
    first = [
        bootstrap.First(Role.SYSTEM_ADMIN, "sysadmin", "sysadmin@example.org", "孟系统"),
        bootstrap.First(Role.SECURITY_ADMIN, "secadmin", "secadmin@example.org", "安全一"),
        bootstrap.First(Role.SECURITY_ADMIN, "secadmin2", "secadmin2@example.org", "安全二"),
        bootstrap.First(Role.AUDIT_ADMIN, "auditor", "auditor@example.org", "沈审计"),
    ]
    return bootstrap.appoint_first(people=first)


class House:
    """The administrators, and the way every other account and role comes from them."""

    def __init__(self, administrators: list[User]) -> None:
        self.sysadmin, self.secadmin, self.secadmin2, self.auditor = administrators

    def office(self, username: str) -> User:
        name, role, code = OFFICES[username]
        return self.person(username, name, role, region=code and selectors.region(code))

    def experts(self) -> list[User]:
        return [
            self.person(
                f"expert{n}",
                f"专家{n}",
                Role.EXPERT,
                region=selectors.region(HOMES[n % len(HOMES)]),
            )
            for n in range(1, 10)
        ]

    def person(self, username: str, name: str, *held: Role, region: Region | None = None) -> User:
        """A person with these roles, proposed by one administrator, confirmed by another."""
        user = people.create_user(
            username=username,
            email=f"{username}@example.org",
            name=name,
            password=None,
            region=region,
            by=self.sysadmin,
        )
        for role in held:
            self.grant(user, role, region if role == Role.REGIONAL_OFFICER else None)
        return user

    def grant(self, user: User, role: Role, region: Region | None = None) -> None:
        grant = roles.propose_grant(
            user=user, role=role, region=region, reason="任命文件", by=self.secadmin
        )
        roles.confirm_grant(grant=grant, by=self.secadmin2)
        rules.forget(user)


def register(username: str, name: str) -> User:
    """A person who signed up on the page."""
    return people.register_person(
        username=username, email=f"{username}@example.org", name=name, password=PASSWORD
    )


def owner(username: str) -> User:
    """A person who signed up, and entered a firm."""
    name, firm, uscc, code, representative = FIRMS[username]
    person = register(username, name)
    firms.register_firm(
        name=firm,
        uscc=uscc,
        region=selectors.region(code),
        legal_representative=representative,
        by=person,
    )
    return person


def member(username: str, by: User) -> User:
    """A colleague at the firm of `by`."""
    name, level = MEMBERS[username]
    person = register(username, name)
    firms.add_member(firm=selectors.firms_of(by).get(), user_or_email=person, level=level, by=by)
    return person


def everyone(make: Callable[[str, Callable[[], Any]], Any]) -> None:
    """The whole cast, in the order of their ids."""
    house = House(make("house", appoint))
    for username in OFFICES:
        make(username, partial(house.office, username))
    make("experts", house.experts)
    owners = [make(username, partial(owner, username)) for username in FIRMS]
    for username in MEMBERS:
        make(username, partial(member, username, owners[0]))


@pytest.fixture
def kept(region_of) -> Keeper:
    keeper = Keeper()
    keeper.rehearse(everyone)
    return keeper


@pytest.fixture
def house(kept) -> House:
    return House(kept.give("house", appoint))


@pytest.fixture
def sysadmin(house) -> User:
    return house.sysadmin


@pytest.fixture
def secadmin(house) -> User:
    return house.secadmin


@pytest.fixture
def secadmin2(house) -> User:
    return house.secadmin2


@pytest.fixture
def auditor(house) -> User:
    return house.auditor


@pytest.fixture
def applicant(kept) -> User:
    return kept.give("applicant", partial(owner, "applicant"))


@pytest.fixture
def firm(applicant) -> Organisation:
    return selectors.firms_of(applicant).get()


@pytest.fixture
def applicant2(kept) -> User:
    return kept.give("applicant2", partial(owner, "applicant2"))


@pytest.fixture
def firm2(applicant2) -> Organisation:
    return selectors.firms_of(applicant2).get()


@pytest.fixture
def editor(kept, firm, applicant) -> User:
    make = partial(member, "editor", applicant)
    return make() if firm.applications.exists() else kept.give("editor", make)


@pytest.fixture
def viewer(kept, firm, applicant) -> User:
    make = partial(member, "viewer", applicant)
    return make() if firm.applications.exists() else kept.give("viewer", make)


@pytest.fixture
def region(kept, house) -> User:
    return kept.give("region", partial(house.office, "region"))


@pytest.fixture
def region2(kept, house) -> User:
    return kept.give("region2", partial(house.office, "region2"))


@pytest.fixture
def region_siping(kept, house) -> User:
    return kept.give("region_siping", partial(house.office, "region_siping"))


@pytest.fixture
def officer(kept, house) -> User:
    return kept.give("officer", partial(house.office, "officer"))


@pytest.fixture
def officer2(kept, house) -> User:
    return kept.give("officer2", partial(house.office, "officer2"))


@pytest.fixture
def expert(kept, house) -> User:
    return kept.give("expert", partial(house.office, "expert"))


@pytest.fixture
def experts(kept, house) -> list[User]:
    """Nine experts at home in the prefectures outside of the zone."""
    return kept.give("experts", house.experts)


@pytest.fixture
def supervisor(kept, house) -> User:
    return kept.give("supervisor", partial(house.office, "supervisor"))


@pytest.fixture
def approver(kept, house) -> User:
    return kept.give("approver", partial(house.office, "approver"))


@pytest.fixture
def approver2(kept, house) -> User:
    return kept.give("approver2", partial(house.office, "approver2"))


@pytest.fixture
def finance(kept, house) -> User:
    return kept.give("finance", partial(house.office, "finance"))


@pytest.fixture
def finance2(kept, house) -> User:
    return kept.give("finance2", partial(house.office, "finance2"))


@pytest.fixture
def secretary(kept, house) -> User:
    return kept.give("secretary", partial(house.office, "secretary"))


@pytest.fixture
def secretary2(kept, house) -> User:
    return kept.give("secretary2", partial(house.office, "secretary2"))


@pytest.fixture
def lead(kept, house) -> User:
    return kept.give("lead", partial(house.office, "lead"))


@pytest.fixture
def anonymous() -> AnonymousUser:
    return AnonymousUser()


@pytest.fixture(name="client_of")
def _client_of() -> Callable[..., Client]:
    return signing.client_of
