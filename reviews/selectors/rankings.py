"""What the ranking's pages read: calls on their way to a rank, entries in order, one entry's
grounds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import JSONObject

from applications.models import Application, Call, CallStatus
from applications.sheet import Sheet
from audit import clock
from reviews.models import (
    Assignment,
    AssignmentState,
    PointsStatement,
    Ranking,
    RankingEntry,
    Recusal,
    Stage,
)
from reviews.selectors.sheets import sheet_of

ORDER = {"ranked": 0, "below_floor": 1, "too_few": 2, "absent": 3, "vetoed": 4}


def calls() -> list[Call]:
    """Calls from the scoring on, newest first, each with `.latest` (its rankings, the newest first)
    and `.dossiers`.
    """
    return list(
        Call.objects.exclude(
            status__in=(
                CallStatus.DRAFT,
                CallStatus.PROPOSED,
                CallStatus.PUBLISHED,
                CallStatus.SCREENED,
            )
        )
        .annotate(dossiers=Count("panels__places", distinct=True))
        .prefetch_related(
            Prefetch(
                "rankings",
                Ranking.objects.select_related("computed_by")
                .annotate(
                    ranked=Count("entries", filter=Q(entries__rank__isnull=False)),
                    ties=Count("entries", filter=Q(entries__tied=True)),
                )
                .order_by("-version"),
                to_attr="latest",
            )
        )
        .order_by("-year", "-sequence")
    )


def latest(call: Call) -> Ranking | None:
    return call.rankings.select_related("computed_by").order_by("-version").first()


def last_version(call: Call, digest: str) -> tuple[Ranking | None, int, datetime]:
    """The ranking that stands if it has this digest, the number of the last version (0 for none),
    and the instant. One query where another ranking is to be written.
    """
    last = Ranking.objects.filter(call=OuterRef("pk")).order_by("-version")
    row = Call.objects.filter(pk=call.pk).values_list(
        Subquery(last.values("digest")[:1]), Subquery(last.values("version")[:1]), clock.NOW
    )
    standing, version, now = row.get()
    return latest(call) if standing == digest else None, version or 0, now


def entries_of(ranking: Ranking) -> list[RankingEntry]:
    """Ranked first in their order, then below the floor, too few scores, vetoed; each with
    `.decided`, the key that decided its tie, `.experts`, their sums, `.heard_by`, those of the
    hearing, `.voided`, whose signed marks a conflict found later has voided, and `.site`, what a
    site check found. One query.
    """
    rows = (
        ranking.entries.select_related(
            "application__firm",
            "application__region",
            "application__industry",
            "application__place__panel",
        )
        .annotate(
            decided=KeyTextTransform("decided_by", "details"),
            experts=KeyTransform("experts", "details"),
            heard_by=KeyTransform("experts", KeyTransform("hearing", "details")),
            voided=ArraySubquery(
                _voided(OuterRef("application")).values("expert__pseudonym").order_by("expert")
            ),
            site=KeyTransform("site", "details"),
        )
        .defer("details")
    )
    return sorted(
        rows,
        key=lambda e: (
            ORDER[e.state],
            e.rank or 0,
            -(e.total or Decimal(0)),
            e.application.number or "",
        ),
    )


def entry_of(call: Call, application: int) -> RankingEntry | None:
    """The entry of a dossier in the ranking that stands, with its panel and, as `given`, what
    `statements_of` says. One query.
    """
    statements = PointsStatement.objects.filter(entry__application=application).order_by("-pk")
    given = JSONObject(pk="pk", number="number", digest="digest", issued_at="issued_at")
    stands = Ranking.objects.filter(call=call).order_by("-version").values("pk")[:1]
    return (
        RankingEntry.objects.filter(ranking=Subquery(stands))
        .select_related(
            "ranking__call",
            "application__place__panel__call",
            "application__firm",
            "application__region",
            "application__industry",
        )
        .filter(application=application)
        .annotate(given=ArraySubquery(statements.values(given=given)))
        .first()
    )


@dataclass(frozen=True, slots=True)
class PanelMean:
    """What the experts of a panel gave on average, points; panel None: of all panels."""

    panel: int | None
    dossiers: int
    mean: Fraction


def panel_means(entries: Iterable[Any], *, heard: bool = False) -> list[PanelMean]:
    """Of all panels first, then by panel, over every complete sheet, trimmed or not.

    Takes what `entries_of` gives; `heard`: the sheets of the hearing instead of the paper review.
    """
    sums: dict[int, list[Decimal]] = {}
    dossiers: Counter[int] = Counter()
    for entry in entries:
        judges = entry.heard_by if heard else entry.experts
        given = (Decimal(row["total"]) for row in (judges or {}).values())
        dossiers[entry.panel] += not heard or bool(judges)  # who did not come was not heard
        sums.setdefault(entry.panel, []).extend(given)
    every = [value for values in sums.values() for value in values]
    if not every:
        return []
    own = [
        PanelMean(panel, dossiers[panel], Fraction(sum(values)) / len(values))
        for panel, values in sorted(sums.items())
        if values
    ]
    return [PanelMean(None, dossiers.total(), Fraction(sum(every)) / len(every)), *own]


def _voided(application: Any) -> QuerySet[Recusal]:
    """Conflicts with a dossier that the office found later, of experts who had signed."""
    signed = Assignment.objects.filter(
        expert=OuterRef("expert"), application=OuterRef("application"), sheet__isnull=False
    )
    return Recusal.objects.filter(Exists(signed), application=application, found="later")


def voided_of(application: Application) -> list[Recusal]:
    """The same of one dossier, with the experts, the oldest first. One query."""
    found = _voided(application).select_related("expert")
    return list(found.order_by("recorded_at", "pk"))


@dataclass(frozen=True, slots=True)
class Judge:
    """One expert's sums on a dossier and how much of them counts."""

    pseudonym: str
    quality: Decimal
    employment: Decimal
    total: Decimal
    share: Fraction

    @property
    def trimmed(self) -> bool:
        return self.share == 0


def judges_of(experts: Mapping[str, Any]) -> list[Judge]:
    """The experts of an entry's stage, from its details, highest sum first."""
    rows = [
        Judge(
            pseudonym=name,
            quality=Decimal(row["quality"]),
            employment=Decimal(row["employment"]),
            total=Decimal(row["total"]),
            share=Fraction(row["share"]),
        )
        for name, row in experts.items()
    ]
    return sorted(rows, key=lambda judge: (-judge.total, judge.pseudonym))


def sheet_for(application: Application) -> Sheet | None:
    """The sheet the dossier was measured by, with its panel's references."""
    place = getattr(application, "place", None)
    return sheet_of(place.panel) if place is not None else None


@dataclass(frozen=True, slots=True)
class Said:
    """What stands on the signed sheets of a dossier, by pseudonym and leaf.

    `comments`: of the locked sheets only, leaf "" is the overall comment. `marks`: also of a sheet
    voided since, because the ranking that stands may rest on it.
    """

    comments: dict[tuple[str, str], str]
    marks: dict[tuple[str, str], Decimal | None]


def said_of(application: Application) -> dict[str, Said]:
    """By stage. Two queries."""
    by_stage = {stage.value: Said({}, {}) for stage in Stage}
    for row in (
        Assignment.objects.filter(application=application, sheet__isnull=False)
        .select_related("expert")
        .prefetch_related("marks")
    ):
        said = by_stage[row.stage]
        name, locked = row.expert.pseudonym, row.state == AssignmentState.LOCKED
        if locked:
            said.comments[name, ""] = row.overall_comment
        for mark in row.marks.all():
            said.marks[name, mark.leaf] = mark.score
            if locked:
                said.comments[name, mark.leaf] = mark.comment
    return by_stage


def statements_of(entry: RankingEntry) -> list[dict[str, Any]]:
    """The statements of points that were given out for the dossier of an entry that `entry_of`
    found, the newest first."""
    given: list[dict[str, Any]] = entry.given  # type: ignore[attr-defined]  # annotated
    return [one | {"issued_at": datetime.fromisoformat(one["issued_at"])} for one in given]


def formula_rows(entry: RankingEntry, sheet: Sheet) -> list[dict[str, Any]]:
    """Formula leaves as they were computed, in the sheet's order."""
    kept = entry.details["formula"]
    return [
        {"leaf": leaf, "kind": sheet.kind_of(leaf.code), **kept[leaf.code]}
        for leaf in sheet.leaves()
        if leaf.code in kept
    ]
