"""Rows for tests, made directly: people, firms, a call, dossiers in a given state."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import (
    Level,
    Membership,
    Organisation,
    Region,
    RoleGrant,
    User,
)
from accounts.roles import Role
from accounts.seeds import plant_regions
from applications.models import Application, Call, CallStatus, Industry, Scheme, Submission
from applications.services import sharing
from applications.workflow import Status
from audit import clock

_next = count(1)
ITEMS = [
    {"code": "zone", "text_zh": "项目位于示范区内", "text_en": "Inside the zone", "veto": True},
    {"code": "papers", "text_zh": "材料齐全", "text_en": "Papers complete", "veto": False},
    {"code": "filing", "text_zh": "已备案或核准", "text_en": "Filed or approved", "veto": False},
]


def region(code: str) -> Region:
    """By division code; planted again where a race test emptied the tables."""
    if not Region.objects.exists():
        plant_regions()
    return Region.objects.select_related("reports_to").get(code=code)


def person(name: str, *roles: Role, region: Region | None = None, **more: Any) -> User:
    n = next(_next)
    user = User.objects.create(
        username=f"p{n}", name=name, email=f"p{n}@example.test", language="zh-hans", **more
    )
    for role in roles:
        grant(user, role, region if role == Role.REGIONAL_OFFICER else None)
    return user


def grant(user: User, role: Role, region: Region | None = None) -> RoleGrant:
    maker = User.objects.filter(username="maker").first() or User.objects.create(
        username="maker", name="安全一", email="maker@example.test"
    )
    checker = User.objects.filter(username="checker").first() or User.objects.create(
        username="checker", name="安全二", email="checker@example.test"
    )
    now = clock.now()
    return RoleGrant.objects.create(
        user=user,
        role=role,
        region=region,
        proposed_by=maker,
        proposed_at=now,
        confirmed_by=checker,
        confirmed_at=now,
    )


def organisation(name: str, place: Region, kind: str = "firm") -> Organisation:
    return Organisation.objects.create(
        kind=kind,
        name=name,
        uscc=f"9122{next(_next):014d}",
        region=place,
        created_at=clock.now(),
    )


def firm(name: str, place: Region, *owners: User, editors: tuple[User, ...] = ()) -> Organisation:
    made = organisation(name, place)
    for user, level in [*((o, Level.OWNER) for o in owners), *((e, Level.EDITOR) for e in editors)]:
        Membership.objects.create(user=user, organisation=made, level=level, since=clock.now())
    return made


def industry(code: str = "equipment", name: str = "装备制造") -> Industry:
    return Industry.objects.get_or_create(
        code=code, defaults={"name_zh": name, "name_en": code.title()}
    )[0]


def call(officer: User, *, status: str = CallStatus.PUBLISHED, **more: Any) -> Call:
    n = next(_next)
    scheme = Scheme.objects.first() or Scheme.objects.create(
        code="transfer",
        name_zh="承接转移优势产业项目",
        name_en="Transferred industries",
        policy="吉政办发〔2023〕22号",
        article="十四",
        annual_limit=Decimal("300000000"),
        first_year=2024,
        last_year=2028,
    )
    now = clock.now()
    values: dict[str, Any] = {
        "year": 2026,
        "sequence": n,
        "number": f"2026-{n}",
        "name_zh": f"2026年度第{n}批",
        "name_en": f"Round {n} of 2026",
        "opens_at": now - timedelta(days=30),
        "closes_at": now + timedelta(days=30),
        "envelope": Decimal("300000000"),
        "max_request": Decimal("30000000"),
        "rules": {"regional_quota": 3, "quota_by_region": {}},
        "screening_items": ITEMS,
        "required_documents": [],
        "sheet": [],
        "status": status,
        "created_by": officer,
        "created_at": now,
        "proposed_by": officer,
        "proposed_at": now,
        **more,
    }
    return Call.objects.create(scheme=scheme, **values)


def dossier(
    of: Call,
    owner: Organisation,
    *,
    title: str = "高效换热机组智能产线",
    status: str = Status.SUBMITTED,
    place: Region | None = None,
    kind: Industry | None = None,
    sections: dict[str, Any] | None = None,
    requested: Decimal = Decimal("24000000"),
) -> Application:
    n = next(_next)
    now = clock.now()
    members = list(owner.memberships.all())
    by = members[0].user if members else User.objects.order_by("pk").first()
    assert by is not None
    draft = status == Status.DRAFT
    made = Application.objects.create(
        call=of,
        firm=owner,
        number=None if draft else f"{of.number}-{n:04d}",
        title=title,
        industry=kind or industry(),
        region=place or owner.region,
        requested=None if draft else requested,
        status=status,
        created_by=by,
        created_at=now,
        submitted_at=None if draft else now,
        status_since=now,
    )
    sharing.share_dossier(application=made)
    if not draft:
        submission(made, by, sections=sections)
    return made


def submission(
    made: Application,
    by: User,
    *,
    version: int = 1,
    sections: Any = None,
    files: Any = None,
    named: Any = None,
) -> Submission:
    content = {
        "number": made.number,
        "version": version,
        "title": made.title,
        "firm": {"name": made.firm.name, "uscc": made.firm.uscc},
        "region": made.region.code,
        "industry": made.industry.code if made.industry else "",
        "sections": sections or {"project": {"project_code": f"P-{made.pk}"}},
        "figures": {
            "fixed_assets_yuan": "320000000.00",
            "land_mu": "80",
            "own_funds_yuan": "160000000.00",
            "signed_loans_yuan": "100000000.00",
            "requested_yuan": "24000000.00",
            "baseline_headcount": "112",
            "promised_headcount": "280",
            "permit_filing": True,
            "permit_land": True,
        },
        "attachments": files or [],
        "commitment": {"named": named or []},
    }
    suffix = "" if version == 1 else f"-{version}"
    return Submission.objects.create(
        application=made,
        version=version,
        receipt=f"{made.number}{suffix}",
        content=content,
        digest="0" * 64,
        submitted_by=by,
        submitted_at=clock.now(),
    )


def move(made: Application, status: str) -> Application:
    """Set a dossier's status behind the services' back."""
    Application.objects.filter(pk=made.pk).update(status=status)
    made.refresh_from_db()
    return made
