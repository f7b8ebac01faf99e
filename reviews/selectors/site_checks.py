"""Site checks as pages and people need them: checks, findings and files, who may go, who waits."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.models import RoleGrant, User
from applications.models import Call, CallStatus
from audit import clock
from reviews.models import (
    OPEN_CHECKS,
    CheckState,
    FindingState,
    Ranking,
    RankingEntry,
    Scribe,
    Seat,
    SeatState,
    SiteCheck,
    SiteEvidence,
    SiteFigure,
    SiteFinding,
    SiteView,
)
from reviews.site_rules import CHECKERS, may_read_finding


def _listed() -> QuerySet[SiteCheck]:
    return (
        SiteCheck.objects.select_related("application__firm", "application__region")
        .prefetch_related("checkers__user")
        .annotate(
            differences=Subquery(
                SiteFinding.objects.filter(
                    site_check=OuterRef("pk"), state=FindingState.CONFIRMED
                ).values("corrections")[:1]
            )
        )
        .order_by("-ordered_at", "-pk")
    )


def checks_of(call: Call) -> QuerySet[SiteCheck]:
    """Every check of a call with its people, the newest first, each with `.differences`, how many
    figures its confirmed finding corrects. Two queries.
    """
    return _listed().filter(application__call=call)


def checks_for(user: User, *, every: bool) -> QuerySet[SiteCheck]:
    """The checks a person goes on, or all of them, as `checks_of`."""
    return _listed() if every else _listed().filter(checkers__user=user)


def entries_to_check(ranking: Ranking) -> QuerySet[RankingEntry]:
    """Entries of a ranking, the ranked first, each with `.under_way`: a check of it is open."""
    held = SiteCheck.objects.filter(application=OuterRef("application"), state__in=OPEN_CHECKS)
    return (
        ranking.entries.select_related("application__firm", "application__region")
        .defer("details")
        .annotate(under_way=Exists(held))
        .order_by(F("rank").asc(nulls_last=True), "application__number")
    )


def people_who_may_go(call: Call) -> QuerySet[User]:
    """Active people in a role that checks, but those who took part in the call's review."""
    granted = RoleGrant.objects.live().filter(user=OuterRef("pk"), role__in=CHECKERS)
    sat = Seat.objects.filter(draw__call=call, expert__user=OuterRef("pk")).exclude(
        state=SeatState.DECLINED
    )
    typed = Scribe.objects.filter(panel__call=call, user=OuterRef("pk"))
    return User.objects.filter(
        Exists(granted), ~Exists(sat), ~Exists(typed), is_active=True
    ).order_by("name", "pk")


def check_of(pk: int) -> SiteCheck | None:
    return (
        SiteCheck.objects.select_related(
            "application__call__scheme",
            "application__firm",
            "application__region",
            "ordered_by",
            "called_off_by",
        )
        .filter(pk=pk)
        .first()
    )


def findings_of(check: SiteCheck) -> list[SiteFinding]:
    """The findings of a check, the newest first, with figures, files and the firm's view."""
    return list(
        check.findings.select_related(
            "maker", "checker", "view__stated_by", "submission", "site_check__application__call"
        )
        .prefetch_related("figures__evidence")
        .order_by("-version")
    )


def shown_to(user: User, file: SiteEvidence) -> bool:
    """Whether the person reads the file as one of the firm's: a finding told to it rests on it."""
    told = [f for f in told_to_firm(file.site_check) if may_read_finding(user, f)]
    return any(figure.evidence_id == file.pk for f in told for figure in f.figures.all())


def pending_of(check: SiteCheck) -> SiteFinding | None:
    """The finding that waits for the second checker, with the check it was asked of."""
    finding = check.findings.filter(state=FindingState.PENDING).first()
    if finding is not None:
        finding.site_check = check
    return finding


def told_to_firm(check: SiteCheck) -> list[SiteFinding]:
    """The findings a firm reads of its own dossier, the newest first: what waits, what stands, and
    what was sent back after the firm had stated its view.
    """
    return [
        finding
        for finding in findings_of(check)
        if finding.state != FindingState.RETURNED or hasattr(finding, "view")
    ]


def vetoes_of(call: Call) -> list[Mapping[str, Any]]:
    """The call's items that are vetoes: the grounds on which a checker may propose one."""
    return [item for item in call.screening_items if item.get("veto")]


def finding_content(finding: SiteFinding, figures: Iterable[SiteFigure]) -> dict[str, Any]:
    """What a finding's digest is of. Asks nothing when check, submission and files are fetched."""
    return {
        "application": finding.site_check.application.number,
        "check": finding.site_check_id,
        "version": finding.version,
        "submission": finding.submission.digest,
        "visited_on": finding.visited_on,
        "text": finding.text,
        "veto": finding.veto,
        "veto_reason": finding.veto_reason,
        "figures": [
            {
                "field": figure.field,
                "unit": figure.unit,
                "submitted": figure.submitted,
                "found": figure.found,
                "reason": figure.reason,
                "evidence": figure.evidence.digest if figure.evidence else "",
            }
            for figure in sorted(figures, key=lambda figure: figure.field)
        ],
    }


def waiting_for_checker(user: Any) -> QuerySet[Any, Any]:
    """What this person has to do on the checks they go on, by day, as `data`: the check's pk, its
    dossier's number, its day and state. A finding of another waits once the firm has been heard.
    """
    stated = SiteView.objects.filter(finding=OuterRef("pk"))
    over = Q(provisional=False, view_by__lt=clock.NOW)
    heard = Q(corrections=0, veto="") | over | Exists(stated)
    pending = SiteFinding.objects.filter(
        heard, site_check=OuterRef("pk"), state=FindingState.PENDING
    ).exclude(maker=user)
    checks = SiteCheck.objects.filter(
        Q(state=CheckState.ORDERED) | Exists(pending),
        checkers__user=user,
        state__in=OPEN_CHECKS,
        application__call__status=CallStatus.RANKED,
    )
    data = JSONObject(pk="pk", number="application__number", day="day", state="state")
    return checks.order_by("day", "pk").values(data=data)


def waiting_for_firms(firms: Collection[int]) -> QuerySet[SiteFinding]:
    """Findings that these firms may still state their view on."""
    return (
        SiteFinding.objects.filter(
            Q(corrections__gt=0) | ~Q(veto=""),
            Q(provisional=True) | Q(view_by__gte=clock.NOW),
            state=FindingState.PENDING,
            view__isnull=True,
            site_check__application__firm__in=firms,
        )
        .select_related("site_check__application")
        .order_by("view_by", "pk")
    )
