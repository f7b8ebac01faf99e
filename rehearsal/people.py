"""The people of a rehearsal, each with the account and the role their part needs.

Accounts are opened by the system administrator and roles granted by two security
administrators, through the services, like anywhere else. Only the demo's fifteen sign-ins
and their second persons get a password; the crowd has none and cannot sign in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from accounts.models import Organisation, OrganisationKind, Region, User
from accounts.roles import Role
from accounts.services import roles
from accounts.services.bootstrap import First, appoint_first
from accounts.services.firms import register_firm, register_unit
from accounts.services.people import create_user
from applications.models import Industry
from audit import clock
from rehearsal import inventing
from reviews.models import Expert
from reviews.models.pool import Kind
from reviews.services.pool import admit_expert
from secretaries.models import ServiceSecretary
from secretaries.services.profiles import set_profile

DOMAIN = "jilin.example"
ADMINISTRATORS = (
    (Role.SYSTEM_ADMIN, "sysadmin", "关绍庭"),
    (Role.SECURITY_ADMIN, "secadmin", "佟佳音"),
    (Role.SECURITY_ADMIN, "secadmin2", "那立新"),
    (Role.AUDIT_ADMIN, "auditor", "富雪松"),
)
OFFICIALS = (
    ("officer", "周敏", Role.PROGRAMME_OFFICER, None),
    ("officer2", "刘振东", Role.PROGRAMME_OFFICER, None),
    ("supervisor", "赫连志强", Role.SUPERVISOR, None),
    ("approver", "韩国庆", Role.APPROVER, None),
    ("finance", "孙桂兰", Role.FINANCE_OFFICER, None),
    ("finance2", "曹永刚", Role.FINANCE_OFFICER, None),
    ("lead", "程海燕", Role.SECRETARY_LEAD, None),
    ("region", "于春华", Role.REGIONAL_OFFICER, "220581"),
    ("region_siping", "吕建国", Role.REGIONAL_OFFICER, "220300"),
    ("region_liaoyuan", "彭玉梅", Role.REGIONAL_OFFICER, "220400"),
    ("region_tonghua", "宋文博", Role.REGIONAL_OFFICER, "220500"),
)
HOMES = (
    "220100",
    "220200",
    "220600",
    "220700",
    "220800",
)  # 长春, 吉林市, 白山, 松原, 白城: outside the zone


@dataclass
class Cast:
    """Who plays: officials by sign-in name, firms' owners by firm id, experts by pseudonym."""

    officials: dict[str, User] = field(default_factory=dict)
    owners: dict[int, User] = field(default_factory=dict)
    experts: dict[str, User] = field(default_factory=dict)
    secretaries: dict[int, User] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.officials[name]

    def regional(self, region: Region) -> User:
        """The officer who recommends for a region that reports to the province."""
        return self.officials[
            {"2203": "region_siping", "2204": "region_liaoyuan", "2205": "region_tonghua"}[
                region.code[:4]
            ]
            if region.code != "220581"
            else "region"
        ]


def appoint_officials(password: str | None) -> Cast:
    """The administrators and the officials of an empty house."""
    cast = Cast()
    first = [
        First(role, username, f"{username}@{DOMAIN}", name, password)
        for role, username, name in ADMINISTRATORS
    ]
    for user in appoint_first(people=first):
        cast.officials[user.username] = user
    for username, name, role, code in OFFICIALS:
        region = Region.objects.get(code=code) if code else None
        cast.officials[username] = _official(cast, username, name, role, region, password)
    return cast


def _account(cast: Cast, username: str, name: str, password: str | None) -> User:
    return create_user(
        username=username,
        email=f"{username}@{DOMAIN}",
        name=name,
        password=password,
        by=cast["sysadmin"],
    )


def _official(
    cast: Cast, username: str, name: str, role: Role, region: Region | None, password: str | None
) -> User:
    user = _account(cast, username, name, password)
    grant = roles.propose_grant(
        user=user, role=role, region=region, reason="演练任命", by=cast["secadmin"]
    )
    roles.confirm_grant(grant=grant, by=cast["secadmin2"])
    return user


def admit_experts(cast: Cast, rng: Random, count: int, password: str | None) -> None:
    """The expert pool: kinds in turn, two specialties each, homes outside the zone.

    The first expert is the one who signs in as `expert`.
    """
    industries = list(Industry.objects.values_list("code", flat=True))
    homes = {r.code: r for r in Region.objects.filter(code__in=HOMES)}
    employers = _institutions(cast, homes, max(12, count // 3))
    kinds = (
        Kind.TECHNOLOGY,
        Kind.INDUSTRY,
        Kind.TECHNOLOGY,
        Kind.FINANCE,
        Kind.INDUSTRY,
        Kind.EMPLOYMENT,
    )
    done = Expert.objects.count()
    for position in range(count):
        number = done + position
        username = "expert" if number == 0 else f"expert{number + 1:03d}"
        user = _official(
            cast,
            username,
            inventing.person(rng),
            Role.EXPERT,
            None,
            password if number == 0 else None,
        )
        employer = employers[number % len(employers)]
        kind = kinds[number % len(kinds)]
        second = Kind.INDUSTRY if kind == Kind.TECHNOLOGY else Kind.TECHNOLOGY
        expert = admit_expert(
            user=user,
            kinds=[kind, second] if number == 0 else [kind],
            specialties=industries if number == 0 else _specialties(rng, industries, number),
            employer=employer,
            region=employer.region,
            title=rng.choice(("教授", "研究员", "高级工程师", "注册会计师", "正高级经济师")),
            by=cast["officer"],
        )
        cast.experts[expert.pseudonym] = user


def _specialties(rng: Random, industries: list[str], number: int) -> list[str]:
    first = industries[number % len(industries)]
    return sorted({first, *rng.sample(industries, k=min(3, len(industries)))})


def _institutions(cast: Cast, homes: dict[str, Region], count: int) -> list[Organisation]:
    kinds = ("大学", "工业研究院", "会计师事务所", "产业研究中心", "设计院")
    known = list(Organisation.objects.filter(kind=OrganisationKind.INSTITUTION).order_by("pk"))
    codes = sorted(homes)
    for position in range(len(known), count):
        region = homes[codes[position % len(codes)]]
        name = f"{region.name_zh.rstrip('市')}第{position + 1}{kinds[position % len(kinds)]}"
        known.append(
            register_unit(
                kind=OrganisationKind.INSTITUTION,
                name=name,
                uscc=inventing.firm_code(region.code, 9000 + position),
                region=region,
                by=cast["sysadmin"],
            )
        )
    return known


def appoint_secretaries(cast: Cast, rng: Random, count: int, password: str | None) -> None:
    """Service secretaries spread over the recommending regions, three projects each."""
    home = Region.objects.get(code="220000")
    unit = register_unit(
        kind=OrganisationKind.AUTHORITY,
        name="吉林省工业项目服务中心",
        uscc=inventing.firm_code(home.code, 8000),
        region=home,
        by=cast["sysadmin"],
    )
    areas = [_area(code) for code in ("220581", "220300", "220400", "220500")]
    for position in range(count):
        username = "secretary" if position == 0 else f"secretary{position + 1:02d}"
        user = _official(
            cast,
            username,
            inventing.person(rng),
            Role.SECRETARY,
            None,
            password if position == 0 else None,
        )
        profile = set_profile(
            user=user,
            unit=unit,
            phone=f"0431-8555{position + 1:04d}",
            regions=areas[position % len(areas)],
            active_from=clock.today(),
            by=cast["lead"],
        )
        cast.secretaries[profile.pk] = user


def _area(code: str) -> list[Region]:
    """A region and the counties that report to it."""
    return [Region.objects.get(code=code), *Region.objects.filter(reports_to__code=code)]


def found_firm(
    cast: Cast, dossier: inventing.Dossier, username: str, password: str | None
) -> Organisation:
    """The firm of an invented dossier with its owner; a known firm comes back."""
    known = Organisation.objects.filter(uscc=dossier.uscc).first()
    if known is not None:
        cast.owners[known.pk] = User.objects.get(
            memberships__organisation=known, memberships__level="owner", memberships__ended_at=None
        )
        return known
    owner = _account(cast, username, dossier.representative, password)
    firm = register_firm(
        name=dossier.firm,
        uscc=dossier.uscc,
        region=Region.objects.get(code=dossier.region),
        legal_representative=dossier.representative,
        by=owner,
    )
    cast.owners[firm.pk] = owner
    return firm


def known_cast() -> Cast:
    """The people of an earlier rehearsal in this database (`--keep`)."""
    cast = Cast()
    names = [n for _r, n, _z in ADMINISTRATORS] + [n for n, *_rest in OFFICIALS]
    cast.officials = {u.username: u for u in User.objects.filter(username__in=names)}
    cast.experts = {e.pseudonym: e.user for e in Expert.objects.select_related("user")}
    cast.secretaries = {s.pk: s.user for s in ServiceSecretary.objects.select_related("user")}
    return cast


def missing(cast: Cast) -> Sequence[str]:
    """Officials an earlier rehearsal did not leave behind."""
    return [n for n in ("officer", "officer2", "approver") if n not in cast.officials]
