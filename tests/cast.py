"""The people of the tests: one named fixture each, made through the services as in real life.

`applicant` owns 梅河口松源果仁食品有限公司 (fixture `firm`), `applicant2` another firm
(`firm2`, 四平). `region` is the officer of 梅河口, `region2` of 通化 (which does not cover 梅河口),
`region_siping` of 四平 (which covers its counties). `client_of(person)` is a signed-in client.
"""

from collections.abc import Callable

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


class House:
    """The administrators, and the way every other account and role comes from them."""

    def __init__(self) -> None:
        first = [
            bootstrap.First(Role.SYSTEM_ADMIN, "sysadmin", "sysadmin@example.org", "孟系统"),
            bootstrap.First(Role.SECURITY_ADMIN, "secadmin", "secadmin@example.org", "安全一"),
            bootstrap.First(Role.SECURITY_ADMIN, "secadmin2", "secadmin2@example.org", "安全二"),
            bootstrap.First(Role.AUDIT_ADMIN, "auditor", "auditor@example.org", "沈审计"),
        ]
        self.sysadmin, self.secadmin, self.secadmin2, self.auditor = bootstrap.appoint_first(
            people=first
        )

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


@pytest.fixture
def house(region_of) -> House:
    return House()


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
def applicant(region_of) -> User:
    person = register("applicant", "宋企业")
    firms.register_firm(
        name="梅河口松源果仁食品有限公司",
        uscc=FIRM_CODE,
        region=region_of("220581"),
        legal_representative="宋松源",
        by=person,
    )
    return person


@pytest.fixture
def firm(applicant) -> Organisation:
    return selectors.firms_of(applicant).get()


@pytest.fixture
def applicant2(region_of) -> User:
    person = register("applicant2", "贺企业")
    firms.register_firm(
        name="四平北辰装备制造有限公司",
        uscc=FIRM2_CODE,
        region=region_of("220303"),
        legal_representative="贺北辰",
        by=person,
    )
    return person


@pytest.fixture
def firm2(applicant2) -> Organisation:
    return selectors.firms_of(applicant2).get()


@pytest.fixture
def editor(firm, applicant) -> User:
    person = register("editor", "编同事")
    firms.add_member(firm=firm, user_or_email=person, level=Level.EDITOR, by=applicant)
    return person


@pytest.fixture
def viewer(firm, applicant) -> User:
    person = register("viewer", "看同事")
    firms.add_member(firm=firm, user_or_email=person, level=Level.VIEWER, by=applicant)
    return person


@pytest.fixture
def region(house, region_of) -> User:
    return house.person("region", "梅县市", Role.REGIONAL_OFFICER, region=region_of("220581"))


@pytest.fixture
def region2(house, region_of) -> User:
    return house.person("region2", "通地市", Role.REGIONAL_OFFICER, region=region_of("220500"))


@pytest.fixture
def region_siping(house, region_of) -> User:
    return house.person(
        "region_siping", "四地市", Role.REGIONAL_OFFICER, region=region_of("220300")
    )


@pytest.fixture
def officer(house) -> User:
    return house.person("officer", "秦项目", Role.PROGRAMME_OFFICER)


@pytest.fixture
def officer2(house) -> User:
    return house.person("officer2", "许项目", Role.PROGRAMME_OFFICER)


@pytest.fixture
def expert(house, region_of) -> User:
    return house.person("expert", "周专家", Role.EXPERT, region=region_of("220100"))


@pytest.fixture
def experts(house, region_of) -> list[User]:
    """Nine experts at home in the prefectures outside of the zone."""
    homes = ("220100", "220200", "220600", "220700", "220800")
    return [
        house.person(f"expert{n}", f"专家{n}", Role.EXPERT, region=region_of(homes[n % len(homes)]))
        for n in range(1, 10)
    ]


@pytest.fixture
def supervisor(house) -> User:
    return house.person("supervisor", "纪监督", Role.SUPERVISOR)


@pytest.fixture
def approver(house) -> User:
    return house.person("approver", "领审定", Role.APPROVER)


@pytest.fixture
def finance(house) -> User:
    return house.person("finance", "财经办", Role.FINANCE_OFFICER)


@pytest.fixture
def finance2(house) -> User:
    return house.person("finance2", "财复核", Role.FINANCE_OFFICER)


@pytest.fixture
def secretary(house, region_of) -> User:
    return house.person("secretary", "服秘书", Role.SECRETARY, region=region_of("220581"))


@pytest.fixture
def secretary2(house, region_of) -> User:
    return house.person("secretary2", "副秘书", Role.SECRETARY, region=region_of("220581"))


@pytest.fixture
def lead(house) -> User:
    return house.person("lead", "班专班", Role.SECRETARY_LEAD)


@pytest.fixture
def anonymous() -> AnonymousUser:
    return AnonymousUser()


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """A client signed in as the person; without one, a visitor's."""

    def signed_in(person: User | None = None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(
                person, backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        return client

    return signed_in
