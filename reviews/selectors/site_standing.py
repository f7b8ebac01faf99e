"""What stands of the site checks of a call, and what of it the ranking has taken in yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, JSONObject

from applications.models import Call
from reviews.models import (
    OPEN_CHECKS,
    FindingState,
    Ranking,
    RankingEntry,
    SiteCheck,
    SiteFigure,
    SiteFinding,
)

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


def to_rank_again() -> Exists:
    """Of a call, to annotate with: its ranking has not taken in what a site check found."""
    return is_outdated(_newest())
