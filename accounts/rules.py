"""Who may do what, asked of grants and memberships.

Nothing here trusts a flag on the person: a role is a confirmed grant that was not revoked, a
firm is a membership that has not ended, and a disabled person holds neither. Answers are kept
on the person object (one request, one worker task), so asking again costs no query.
"""

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from accounts.models import (
    Level,
    Membership,
    Organisation,
    Region,
    RegionLevel,
    RoleGrant,
    User,
)
from accounts.roles import ADMINISTRATORS, FORBIDDEN_PAIRS, Role

Person = User | AnonymousUser
_KEPT = "_steelyard_standing"


@dataclass(slots=True)
class Standing:
    """What a person holds: grants as (role, region id), levels by firm id; and, asked when first
    needed, the regions covered by a regional officer."""

    grants: list[tuple[str, int | None]]
    levels: dict[int, Level]
    covered: frozenset[int] | None = None


def _standing(user: User) -> Standing:
    kept: Standing | None = user.__dict__.get(_KEPT)
    if kept is None:
        kept = user.__dict__[_KEPT] = _asked(user)
    return kept


def _asked(user: User) -> Standing:
    """Grants and memberships; one query, since most pages need both."""
    if not user.is_active:
        return Standing([], {})
    held: dict[str, list[tuple[str, int | None]]] = {"role": [], "level": []}
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [user.pk, user.pk])
        for kind, name, where in cursor.fetchall():
            held[kind].append((name, where))
    levels = {firm: Level(name) for name, firm in held["level"] if firm is not None}
    return Standing(held["role"], levels)


@cache
def _statement() -> str:
    """Put together once: doing so for every request takes longer than the database does."""
    grants = RoleGrant.objects.live().filter(user=0).order_by()
    memberships = Membership.objects.live().filter(user=0).order_by()
    parts = [
        ("role", grants.values_list("role", "region_id")),
        ("level", memberships.values_list("level", "organisation_id")),
    ]
    selects = []
    for kind, rows in parts:
        text, values = rows.query.sql_with_params()
        assert values == (0,), "nothing but the person varies"
        selects.append(text.replace("SELECT ", f"SELECT '{kind}', ", 1))
    return " UNION ALL ".join(selects)


def _grants(user: User) -> list[tuple[str, int | None]]:
    return _standing(user).grants


def forget(user: User) -> None:
    """Drop what is kept on this object, after its grants or memberships changed."""
    user.__dict__.pop(_KEPT, None)


def roles_of(user: Person) -> frozenset[Role]:
    """The roles the person holds now; empty for anybody not signed in."""
    if not isinstance(user, User) or user.pk is None:
        return frozenset()
    return frozenset(Role(role) for role, _region in _grants(user))


def has_role(user: Person | None, role: Role, region: Region | None = None) -> bool:
    """Does the person hold the role (for a regional officer: over this region)?"""
    if not isinstance(user, User) or role not in roles_of(user):
        return False
    return region is None or role != Role.REGIONAL_OFFICER or region.pk in covered_regions(user)


def has_any_role(user: Person | None, *roles: Role) -> bool:
    return isinstance(user, User) and not roles_of(user).isdisjoint(roles)


def is_administrator(user: Person | None) -> bool:
    """One of the three administrators, who never see business data."""
    return has_any_role(user, *ADMINISTRATORS)


def covered_regions(user: User) -> frozenset[int]:
    """Ids of the regions a regional officer acts for: the granted ones and what reports to them.

    It follows the reporting line, not the map: the officer of 通化 does not cover 梅河口.
    """
    standing = _standing(user)
    if standing.covered is None:
        granted = frozenset(region for _role, region in _grants(user) if region is not None)
        below = Region.objects.filter(reports_to_id__in=granted).exclude(
            reports_to__level=RegionLevel.PROVINCE
        )
        standing.covered = granted | frozenset(below.values_list("pk", flat=True))
    return standing.covered


def recommending_region(region: Region) -> Region:
    """Who recommends this region's projects to the province: the last before the province."""
    above = region.reports_to
    if above is None or above.level == RegionLevel.PROVINCE:
        return region
    return above


def _levels(user: User) -> dict[int, Level]:
    return _standing(user).levels


def firm_ids(user: Person | None, *levels: Level) -> frozenset[int]:
    """Ids of the firms the person acts for now (at one of the levels, when given)."""
    if not isinstance(user, User) or user.pk is None:
        return frozenset()
    return frozenset(pk for pk, level in _levels(user).items() if not levels or level in levels)


def member_level(user: Person | None, firm: Organisation | int) -> Level | None:
    """The person's level in the firm (object or id), or None."""
    if not isinstance(user, User) or user.pk is None:
        return None
    return _levels(user).get(firm if isinstance(firm, int) else firm.pk)


def is_member(user: Person | None, firm: Organisation | int) -> bool:
    return member_level(user, firm) is not None


def is_owner(user: Person | None, firm: Organisation | int) -> bool:
    """Only an owner submits, signs and claims for the firm."""
    return member_level(user, firm) == Level.OWNER


def may_edit_for(user: Person | None, firm: Organisation | int) -> bool:
    return member_level(user, firm) in (Level.OWNER, Level.EDITOR)


def acts_for_a_firm(user: Person | None) -> bool:
    return isinstance(user, User) and bool(_levels(user))


def acting_role(user: Person | None, *roles: Role) -> str:
    """The first of these roles that the person holds, for the record of an act; else ""."""
    held = roles_of(user) if user is not None else frozenset()
    return next((str(role) for role in roles if role in held), "")


def forbidden_with(role: Role, held: frozenset[Role]) -> Role | None:
    """The first role held that may not be held together with `role`, if any."""
    for other in Role:
        if other in held and frozenset({role, other}) in FORBIDDEN_PAIRS:
            return other
    return None


def may_manage_accounts(user: Person | None) -> bool:
    """系统管理员: opens, disables and enables accounts; grants nothing."""
    return has_role(user, Role.SYSTEM_ADMIN)


def may_propose_grants(user: Person | None) -> bool:
    """安全管理员: proposes and revokes grants; opens no account."""
    return has_role(user, Role.SECURITY_ADMIN)


def may_confirm_grants(user: Person | None) -> bool:
    """The second person of a grant: another security administrator or the system one."""
    return has_any_role(user, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)


def may_hold_tokens(user: Person | None) -> bool:
    """Whether programs may read in the person's name: for a firm, or for the treasury. To all
    others the API shows what it shows to everybody."""
    return acts_for_a_firm(user) or has_role(user, Role.FINANCE_OFFICER)
