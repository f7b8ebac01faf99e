"""What is read of people, firms and regions."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, When

from accounts.models import (
    AccessToken,
    Level,
    Membership,
    Organisation,
    OrganisationKind,
    Region,
    RegionLevel,
    RoleGrant,
    User,
)
from accounts.models.people import GrantQuerySet
from accounts.roles import Role


def region(code: str) -> Region:
    """The region of a GB/T 2260 code; `Region.DoesNotExist` when there is none."""
    return Region.objects.select_related("reports_to").get(code=code)


def regions_in_zone() -> QuerySet[Region]:
    """The regions whose projects the policy supports, by code."""
    return Region.objects.filter(in_zone=True).exclude(level=RegionLevel.PROVINCE)


def recommending_regions() -> QuerySet[Region]:
    """The regions that report to the province themselves: 四平, 辽源, 通化, 梅河口."""
    return regions_in_zone().filter(reports_to__level=RegionLevel.PROVINCE)


def line_code(path: str) -> Case:
    """Of a row, to annotate with: the code of the reporting line (`Region.line`) of the region at
    this path.
    """
    above = f"{path}__reports_to"
    alone = Q(**{f"{above}__isnull": True}) | Q(**{f"{above}__level": RegionLevel.PROVINCE})
    return Case(When(alone, then=F(f"{path}__code")), default=F(f"{above}__code"))


def users_with_role(role: Role, region: Region | None = None) -> QuerySet[User]:
    """Active people who hold the role now; with a region, those who act for that region."""
    live = RoleGrant.objects.live().filter(user=OuterRef("pk"), role=role)
    if region is not None and role == Role.REGIONAL_OFFICER:
        live = live.filter(region__in=acting_for(region))
    return User.objects.filter(Exists(live), is_active=True).order_by("pk")


def acting_for(region: Region) -> list[int]:
    """The region itself and, below the province, whom it reports to."""
    ids = [region.pk]
    above = region.reports_to
    if above is not None and above.level != RegionLevel.PROVINCE:
        ids.append(above.pk)
    return ids


def officers_of(region: Region) -> QuerySet[User]:
    """The regional officers who act for this region."""
    return users_with_role(Role.REGIONAL_OFFICER, region)


def firms_of(user: User, *levels: Level) -> QuerySet[Organisation]:
    """The firms the person acts for now (at one of the levels, when given)."""
    mine = Membership.objects.live().filter(user=user, organisation=OuterRef("pk"))
    if levels:
        mine = mine.filter(level__in=levels)
    return (
        Organisation.objects.filter(Exists(mine), kind=OrganisationKind.FIRM)
        .select_related("region")
        .order_by("pk")
    )


def members_of(firm: Organisation, *levels: Level) -> QuerySet[User]:
    """The active people who act for the firm (at one of the levels, when given)."""
    here = Membership.objects.live().filter(organisation=firm, user=OuterRef("pk"))
    if levels:
        here = here.filter(level__in=levels)
    return User.objects.filter(Exists(here), is_active=True).order_by("pk")


def members_by_firm(firms: Iterable[int], *levels: Level) -> dict[int, list[User]]:
    """As `members_of`, for many firms by their ids at once; one query."""
    rows = Membership.objects.live().filter(organisation__in=list(firms), user__is_active=True)
    if levels:
        rows = rows.filter(level__in=levels)
    found: dict[int, list[User]] = defaultdict(list)
    for row in rows.select_related("user").order_by("user"):
        found[row.organisation_id].append(row.user)
    return found


def memberships_of(firm: Organisation) -> QuerySet[Membership]:
    return (
        Membership.objects.live()
        .filter(organisation=firm)
        .select_related("user", "organisation")
        .order_by("since", "pk")
    )


def grants_of(user: User) -> GrantQuerySet:
    """Every grant the person ever had, the newest first."""
    return user.grants.select_related(
        "region", "proposed_by", "confirmed_by", "revoked_by", "user"
    ).order_by("-pk")


def proposed_grants() -> GrantQuerySet:
    """Grants that wait for their second person, the oldest first."""
    return (
        RoleGrant.objects.proposed()
        .select_related("user", "region", "proposed_by")
        .order_by("proposed_at", "pk")
    )


def people(*, text: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """The directory for administrators, with live and proposed grants fetched along.

    text: part of name, username or e-mail; role: a role's value, `applicant` (acts for a
    firm) or `none`; state: `active`, `disabled` or `proposed` (a grant waits).
    """
    grants = Prefetch(
        "grants",
        RoleGrant.objects.standing().select_related("region").order_by("pk"),
        to_attr="standing_grants",
    )
    found = (
        User.objects.exclude(username="AnonymousUser")
        .select_related("unit", "region")
        .prefetch_related(grants)
        .annotate(
            firm_count=Count(
                "memberships", filter=Q(memberships__ended_at__isnull=True), distinct=True
            )
        )
        .order_by("pk")
    )
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(username__icontains=text) | Q(email__icontains=text)
        )
    return _in_state(_with_role(found, role), state)


def _with_role(found: QuerySet[User], role: str) -> QuerySet[User]:
    if not role:
        return found
    standing = RoleGrant.objects.standing().filter(user=OuterRef("pk"))
    member = Membership.objects.live().filter(user=OuterRef("pk"))
    if role == "applicant":
        return found.filter(Exists(member))
    if role == "none":
        return found.filter(~Exists(standing), ~Exists(member))
    return found.filter(Exists(standing.filter(role=role)))


def _in_state(found: QuerySet[User], state: str) -> QuerySet[User]:
    if state == "active":
        return found.filter(is_active=True)
    if state == "disabled":
        return found.filter(is_active=False)
    if state == "proposed":
        return found.filter(Exists(RoleGrant.objects.proposed().filter(user=OuterRef("pk"))))
    return found


def tokens_of(user: User, now: datetime) -> list[AccessToken]:
    """The person's tokens that still open something, the newest first."""
    return list(AccessToken.objects.live(now).filter(user=user))


def token_of(user: User, pk: int) -> AccessToken | None:
    return AccessToken.objects.filter(user=user, pk=pk).first()
