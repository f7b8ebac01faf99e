"""What stands of the site checks of a call, and what of it the ranking has taken in yet."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, JSONObject

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

VETO_PREFIX = "screening:"  # a veto by one of the call's items, beside those of the formulas


@dataclass(slots=True)
class Standing:
    """What stands of one dossier: its last confirmed finding that says, or takes back, something
    else than the submission.

    corrections: field → (submitted, found) of what differs; veto: an item's code or "".
    """

    digest: str
    veto: str
    corrections: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def found(self) -> dict[str, str]:
        return {name: found for name, (_submitted, found) in self.corrections.items()}

    def to_data(self) -> dict[str, Any]:
        """As a ranking keeps it with the entry."""
        return {
            "digest": self.digest,
            "veto": self.veto,
            "corrections": {
                name: {"submitted": submitted, "found": found}
                for name, (submitted, found) in sorted(self.corrections.items())
            },
        }


def confirmed_findings(application: str) -> Case:
    """Of a row, to annotate with: the confirmed findings of its dossier, the oldest first, as data
    for `standing_of`; None where there are none, as with nearly all. `application`: the path to
    the dossier's id.
    """
    differing = SiteFigure.objects.filter(finding=OuterRef("pk")).exclude(found=F("submitted"))
    as_data = JSONObject(field="field", submitted="submitted", found="found")
    rows = _confirmed(OuterRef(application))
    data = ArraySubquery(
        rows.order_by("decided_at", "pk").values(
            data=JSONObject(
                digest="digest",
                veto="veto",
                corrections=ArraySubquery(differing.order_by("field").values(data=as_data)),
            )
        )
    )
    return Case(When(Exists(rows), then=data), default=None)


def _confirmed(application: Any) -> QuerySet[SiteFinding]:
    return SiteFinding.objects.filter(
        site_check__application=application, state=FindingState.CONFIRMED
    )


def standing_of(findings: Iterable[Mapping[str, Any]] | None) -> Standing | None:
    """What stands of a dossier's confirmed findings. One that agrees with the submission stands
    only where it takes an earlier one back.
    """
    standing: Standing | None = None
    for row in findings or ():
        if row["corrections"] or row["veto"] or standing is not None:
            corrections = {c["field"]: (c["submitted"], c["found"]) for c in row["corrections"]}
            standing = Standing(row["digest"], row["veto"], corrections)
    return standing


def open_checks(call: Any) -> QuerySet[SiteCheck]:
    """Checks that are ordered and not yet confirmed."""
    return SiteCheck.objects.filter(application__call=call, state__in=OPEN_CHECKS)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What keeps a funding list back: the number of a dossier whose check is open, or ""; whether
    a confirmed finding is missing in the ranking that stands.
    """

    open_number: str
    outdated: bool


def is_outdated(ranking: Any) -> Exists:
    """Of a row, to annotate with: whether a confirmed finding is missing in this ranking."""
    confirmed = _confirmed(OuterRef("application"))
    said = confirmed.order_by("-decided_at", "-pk").values("digest")[:1]
    taken = KeyTextTransform("digest", KeyTransform("site", "details"))
    return Exists(
        RankingEntry.objects.filter(ranking=ranking)
        .filter(Exists(confirmed.filter(Q(corrections__gt=0) | ~Q(veto=""))))
        .annotate(said=Subquery(said), taken=Coalesce(taken, Value("")))
        .exclude(said=F("taken"))
    )


def _newest() -> Subquery:
    """Of a call, inside of another query: the id of the ranking that stands."""
    rankings = Ranking.objects.filter(call=OuterRef(OuterRef("pk"))).order_by("-version")
    return Subquery(rankings.values("pk")[:1])


def _open_number(call: str) -> Subquery:
    """Of a row: the number of a dossier of the call whose check is open, the oldest."""
    checks = open_checks(OuterRef(call)).order_by("ordered_at", "pk")
    return Subquery(checks.values("application__number")[:1])


def latest_with_checks(call: Call) -> Any:
    """The ranking that stands, or None, with `.open_number` and `.outdated` as in `Unsettled`. One
    query.
    """
    rows = call.rankings.select_related("computed_by")
    checked = rows.annotate(open_number=_open_number("call"), outdated=is_outdated(OuterRef("pk")))
    return checked.order_by("-version").first()


def unsettled(call: Call) -> Unsettled:
    """One query."""
    row = Call.objects.filter(pk=call.pk).values_list(_open_number("pk"), is_outdated(_newest()))
    number, outdated = row.get()
    return Unsettled(number or "", outdated)


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


def to_rank_again() -> Exists:
    """Of a call, to annotate with: its ranking has not taken in what a site check found."""
    return is_outdated(_newest())
