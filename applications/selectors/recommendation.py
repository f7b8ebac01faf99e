"""What a regional officer reads: the dossiers of the reporting line, checks, quota, ranks."""

from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from accounts.models import Region, RegionLevel, RoleGrant, User
from accounts.roles import Role
from accounts.rules import covered_regions
from applications.models import (
    Application,
    Call,
    CallStatus,
    CorrectionRequest,
    Recommendation,
    Submission,
)
from applications.workflow import Status


def line_of(region: Region) -> QuerySet[Region]:
    """The regions whose dossiers this office handles: its own and, for a prefecture, its counties.

    It follows the reporting line, not the map: 梅河口 reports to the province, not to 通化.
    """
    if region.level != RegionLevel.PREFECTURE:
        return Region.objects.filter(pk=region.pk)
    return Region.objects.filter(Q(pk=region.pk) | Q(reports_to=region))


def offices_for(region: Region) -> list[Region]:
    """The offices whose quota a recommendation of this region uses, nearest first."""
    above = region.reports_to
    if above is None or above.level == RegionLevel.PROVINCE:
        return [region]
    return [region, above]


@dataclass(frozen=True, slots=True)
class Places:
    """How many places each office has used, by its id, with those who report to it; and the last
    place of the region's own list, 0 while it has none."""

    used: dict[int, int]
    last: int


def places(call: Call, region: Region) -> Places:
    """The places of the offices whose quota the region uses; one query."""
    counts = {}
    for office in offices_for(region):
        own = Q(region=office)
        if office.level == RegionLevel.PREFECTURE:
            own |= Q(region__reports_to=office)
        counts[str(office.pk)] = Count("pk", filter=own)
    found = Recommendation.objects.filter(call=call).aggregate(
        last=Max("rank", filter=Q(region=region)), **counts
    )
    return Places(used={int(pk): found[pk] for pk in counts}, last=found["last"] or 0)


def latest_submission(application: str) -> Subquery:
    """The id of the version in force of the dossier that this field names."""
    versions = Submission.objects.filter(application=OuterRef(application)).order_by("-version")
    return Subquery(versions.values("pk")[:1])


def own_offices(user: User) -> list[Region]:
    """The regions granted to the officer, by code: those the officer may recommend for."""
    grants = RoleGrant.objects.live().filter(user=user, role=Role.REGIONAL_OFFICER)
    return list(Region.objects.filter(pk__in=grants.values("region")).select_related("reports_to"))


def calls_to_recommend() -> QuerySet[Call]:
    """Calls that take recommendations, or did; the newest first."""
    return Call.objects.exclude(status__in=(CallStatus.DRAFT, CallStatus.PROPOSED))


def dossiers_of_line(user: User) -> QuerySet[Application]:
    """The officer's own reporting line's dossiers, drafts left out, with what the list shows."""
    return (
        Application.objects.filter(region__in=covered_regions(user), submitted_at__isnull=False)
        .exclude(status=Status.DRAFT)
        .select_related("call", "firm", "region", "industry", "recommendation", "regional_check")
        .order_by("-call__year", "-call__sequence", "number")
    )


def with_open_correction(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Each dossier with the due instant of its open correction, for lists."""
    owed = CorrectionRequest.objects.filter(
        application=OuterRef("pk"), answered_at__isnull=True
    ).order_by("-pk")
    return rows.annotate(
        correction_due=Subquery(owed.values("due_at")[:1]),
        correction_provisional=Subquery(owed.values("provisional")[:1]),
    )


def ready_to_rank(call: Call, region: Region) -> QuerySet[Application]:
    """Submitted dossiers of the office's line that wait for a place in its ranking; `.latest` is
    the id of the version in force."""
    return (
        Application.objects.filter(call=call, region__in=line_of(region), status=Status.SUBMITTED)
        .select_related("call", "firm", "region", "industry", "regional_check")
        .annotate(latest=latest_submission("pk"))
        .order_by("number")
    )


def ranked(call: Call, region: Region) -> QuerySet[Recommendation]:
    """What the office has recommended to the call, in its order."""
    return (
        Recommendation.objects.filter(call=call, region=region)
        .select_related("application__firm", "application__region", "recommended_by")
        .order_by("rank")
    )


@dataclass(frozen=True, slots=True)
class OfficeCounts:
    """Per call and office: how many are recommended, and how many wait for a place."""

    offices: list[Region]
    recommended: dict[tuple[int, int], int]  # (call, region of the list)
    submitted: dict[tuple[int, int], int]  # (call, region of the dossier)
    lines: dict[int, frozenset[int]]  # office -> regions of its line

    def used(self, call: Call, office: Region) -> int:
        return sum(self.recommended.get((call.pk, r), 0) for r in self.lines[office.pk])

    def waiting(self, call: Call, office: Region) -> int:
        return sum(self.submitted.get((call.pk, r), 0) for r in self.lines[office.pk])


def office_counts(user: User, calls: list[Call]) -> OfficeCounts:
    """The officer's offices with their figures in these calls: three queries in all."""
    own = RoleGrant.objects.live().filter(user=user, role=Role.REGIONAL_OFFICER).values("region")
    around = list(
        Region.objects.filter(Q(pk__in=own) | Q(reports_to__in=own))
        .select_related("reports_to")
        .annotate(own=Q(pk__in=own))
    )
    offices: list[Region] = [region for region in around if region.own]
    below = [(region.pk, region.reports_to_id) for region in around]
    lines = {
        office.pk: frozenset(
            pk
            for pk, above in below
            if pk == office.pk or (above == office.pk and office.level == RegionLevel.PREFECTURE)
        )
        for office in offices
    }
    every: frozenset[int] = frozenset().union(*lines.values())
    recommended = (
        Recommendation.objects.filter(call__in=calls, region__in=every)
        .values_list("call", "region")
        .annotate(n=Count("pk"))
        .order_by()
    )
    submitted = (
        Application.objects.filter(call__in=calls, region__in=every, status=Status.SUBMITTED)
        .values_list("call", "region")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return OfficeCounts(
        offices=offices,
        recommended={(c, r): n for c, r, n in recommended},
        submitted={(c, r): n for c, r, n in submitted},
        lines=lines,
    )
