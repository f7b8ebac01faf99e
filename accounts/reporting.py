"""Reporting lines: which regions' dossiers a regional officer handles, and who recommends upward.

A region's line is itself and, for a prefecture, the counties that report to it. 梅河口 lies in
通化 but reports to the province: it stands in its own line and in nobody else's.
"""

from django.db.models import Q, QuerySet

from accounts.models import Region, RegionLevel, User
from accounts.roles import Role

_CACHE = "_handled_regions"


def line_of(region: Region) -> QuerySet[Region]:
    """The regions whose dossiers this region's office handles: itself and who reports to it."""
    if region.level != RegionLevel.PREFECTURE:
        return Region.objects.filter(pk=region.pk)
    return Region.objects.filter(Q(pk=region.pk) | Q(reports_to=region))


def offices_for(region: Region) -> tuple[int, ...]:
    """Keys of the regions whose officers handle this region's dossiers, nearest first."""
    above = region.reports_to
    if above is not None and above.level == RegionLevel.PREFECTURE:
        return (region.pk, above.pk)
    return (region.pk,)


def handled_by(user: User) -> frozenset[int]:
    """Keys of the regions whose dossiers this regional officer handles (kept on the user object)."""
    known: frozenset[int] | None = getattr(user, _CACHE, None)
    if known is None:
        known = frozenset(
            Region.objects.filter(
                _held(user, "grants") | _held(user, "reports_to__grants", prefecture=True)
            ).values_list("pk", flat=True)
        )
        setattr(user, _CACHE, known)
    return known


def _held(user: User, path: str, *, prefecture: bool = False) -> Q:
    condition = Q(
        **{
            f"{path}__user": user,
            f"{path}__role": Role.REGIONAL_OFFICER,
            f"{path}__confirmed_at__isnull": False,
            f"{path}__revoked_at__isnull": True,
        }
    )
    return condition & Q(reports_to__level=RegionLevel.PREFECTURE) if prefecture else condition


def handles(user: User, region_id: int) -> bool:
    """Whether a dossier of this region is this regional officer's to check and recommend."""
    return bool(user.is_active) and region_id in handled_by(user)


def forget_handled(user: User) -> None:
    """Drop what was kept on the user object, so that a service asks the database again."""
    user.__dict__.pop(_CACHE, None)


def officers_handling(region: Region) -> QuerySet[User]:
    """The active regional officers in whose line this region stands."""
    return User.objects.filter(
        is_active=True,
        grants__role=Role.REGIONAL_OFFICER,
        grants__region__in=offices_for(region),
        grants__confirmed_at__isnull=False,
        grants__revoked_at__isnull=True,
    ).distinct()
